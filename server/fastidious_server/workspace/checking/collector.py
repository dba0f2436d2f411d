"""Garbage collection of a process that does one thing and ends."""

from __future__ import annotations

import gc

_ENOUGH = 16_000_000


class Collector:
    """Collection of what is new since the last one, once there is much of it.

    Left alone, the collector walks over all trees and facts again and again, which takes a third of a check.
    """

    def __init__(self) -> None:
        self._pending = 0
        gc.disable()
        gc.freeze()

    def note(self, size: int) -> None:
        """Take note that `size` bytes of source were read or checked."""
        self._pending += size
        if self._pending >= _ENOUGH:
            self._pending = 0
            gc.collect()
            gc.freeze()
