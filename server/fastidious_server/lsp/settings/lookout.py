"""Looks at the disk every now and then, for clients that do not tell what changes there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

    from fastidious_server.lsp.wire.client import Client

SECONDS_BETWEEN_LOOKS: Final = 2.0


class Lookout:
    """Somebody who looks again and again, between the messages of the client."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._look: Callable[[], object] | None = None
        self._cancel: Callable[[], object] | None = None

    @property
    def is_out(self) -> bool:
        """Tell whether the disk is looked at."""
        return self._look is not None

    def start(self, look: Callable[[], object]) -> None:
        """Call `look` every two seconds from now on."""
        self.stop()
        self._look = look
        self._wait()

    def stop(self) -> None:
        """Look no more."""
        if self._cancel is not None:
            self._cancel()
        self._look = self._cancel = None

    def _wait(self) -> None:
        self._cancel = self._client.later(SECONDS_BETWEEN_LOOKS, self._turn)

    def _turn(self) -> None:
        if self._look is None:
            return
        try:
            self._look()
        finally:
            self._wait()
