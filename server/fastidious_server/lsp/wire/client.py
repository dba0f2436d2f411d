"""The editor, as a session sees it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable


class Refused(NamedTuple):
    """Answer of a client that could not, or would not, do what it was asked."""

    reason: str


class Client(Protocol):
    """What a session may ask of the connection to its editor."""

    def send(self, body: bytes) -> None:
        """Send a message that is JSON already."""
        ...

    def notify(self, method: str, params: Any) -> None:
        """Send a notification."""
        ...

    def request(self, method: str, params: Any, then: Callable[[Any], object]) -> None:
        """Send a request and call `then` with its result, or with `Refused`, in the order of the messages."""
        ...

    def post(self, job: Callable[[], object]) -> None:
        """Call `job` after the messages that arrived before; callable from any thread."""
        ...

    def later(self, seconds: float, job: Callable[[], object]) -> Callable[[], object]:
        """Call `job` after `seconds` and after the messages that arrived before; what is returned prevents it."""
        ...

    def stop(self, exit_code: int) -> None:
        """End the process after the current message."""
        ...


def answer_of(client: Client, method: str, params: Any) -> Awaitable[Any]:
    """Send a request now, and return what its result, or `Refused`, can be awaited of."""
    promised: asyncio.Future[Any] = asyncio.get_running_loop().create_future()

    def take(answer: Any) -> None:
        if not promised.done():
            promised.set_result(answer)

    client.request(method, params, take)
    return promised
