"""Progress of a check that takes long, on a terminal."""

# ruff: noqa: PLC0415 - imported when wanted: every command pays for what it imports

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from types import TracebackType

    from rich.progress import Progress, TaskID

_PATIENCE = 0.8
"""Seconds that nobody minds."""
_INTERVAL = 0.1


class CheckProgress:
    """Bar that appears when a check takes long, and vanishes with it."""

    def __init__(self) -> None:
        self._is_shown = sys.stderr.isatty()
        self._next = time.monotonic() + _PATIENCE
        self._bar: tuple[Progress, TaskID] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar[0].stop()

    def show(self, done: int, total: int) -> None:
        """Show that `done` of `total` steps are made."""
        now = time.monotonic()
        if not self._is_shown or now < self._next:
            return
        self._next = now + _INTERVAL
        if self._bar is None:
            self._bar = self._started(total)
        progress, task = self._bar
        progress.update(task, completed=done, total=total)
        progress.refresh()

    def _started(self, total: int) -> tuple[Progress, TaskID]:
        # Imported here: most checks are done before anybody wants to see a bar.
        from rich.console import Console
        from rich.progress import Progress

        # Not refreshed by a thread of its own: processes may still be forked.
        progress = Progress(console=Console(stderr=True), transient=True, auto_refresh=False)
        progress.start()
        return progress, progress.add_task("Checking", total=total)
