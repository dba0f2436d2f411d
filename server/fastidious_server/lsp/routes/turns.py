"""Long work in turns: messages that arrive meanwhile are handled in between."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_TURN = 0.01
"""Seconds of work before others get a turn."""


async def in_turns(steps: Iterable[object]) -> None:
    """Take all steps, and let others have a turn now and then."""
    began = time.perf_counter()
    for _ in steps:
        if time.perf_counter() - began > _TURN:
            await asyncio.sleep(0)
            began = time.perf_counter()
