"""Messages that wait for their turn, with the cancellations that overtake them."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections import deque
from typing import TYPE_CHECKING, Any, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

CANCEL_REQUEST: Final = "$/cancelRequest"


class Malformed:
    """Body of a message that is not JSON."""


Message: TypeAlias = "dict[str, Any] | list[Any] | str | float | bool | Malformed | None"
Job: TypeAlias = "Callable[[], object]"
Item: TypeAlias = "Message | Job"


def decoded(body: bytes) -> Message:
    """Return the message in `body`."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return Malformed()


class Inbox:
    """Queue that other threads fill and the event loop empties, in order."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._items: deque[Item] = deque()
        self._arrival = asyncio.Event()
        self._cancelled: set[str | int] = set()
        self.is_closed = False

    def __bool__(self) -> bool:
        return bool(self._items)

    def put(self, items: Iterable[Item]) -> None:
        """Add messages of the client, or jobs; callable from any thread."""
        for item in items:
            self._note_cancellation(item)
            self._items.append(item)
        self._wake()

    def close(self) -> None:
        """Announce that nothing will follow; callable from any thread."""
        self.is_closed = True
        self._wake()

    def take(self) -> Item:
        """Remove the oldest item and return it."""
        return self._items.popleft()

    async def wait(self) -> None:
        """Wait until there is something to take or nothing will follow."""
        self._arrival.clear()
        if not self._items and not self.is_closed:
            await self._arrival.wait()

    def is_cancelled(self, request: str | int) -> bool:
        """Tell whether the cancellation of a request waits behind it, and drop that."""
        if request in self._cancelled:
            self._cancelled.discard(request)
            return True
        return False

    def _note_cancellation(self, item: Item) -> None:
        match item:
            case {"method": "$/cancelRequest", "params": {"id": str() | int() as request}}:
                self._cancelled.add(request)
            case _:
                pass

    def _wake(self) -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
            self._loop.call_soon_threadsafe(self._arrival.set)
