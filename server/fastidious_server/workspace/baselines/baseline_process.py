"""Writing of baselines for an editor: the command does it in a process of its own, with the texts that are not saved."""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING

import msgspec

from fastidious_server.workspace.background import BaselineError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_COMMAND = (sys.executable, "-Im", "fastidious_server", "baseline", "--unsaved")


class BaselineProcess:
    """Writer of baselines that leaves this process free for whoever types."""

    def __init__(self, command: Sequence[str] = _COMMAND) -> None:
        self._command = tuple(command)

    async def write(self, roots: Sequence[str], texts: Mapping[str, str]) -> str:
        """Write what exists below `roots`, where `texts` replace files, and return what was written in words."""
        pipe = asyncio.subprocess.PIPE
        process = await asyncio.create_subprocess_exec(*self._command, *roots, stdin=pipe, stdout=pipe, stderr=pipe)
        try:
            said, complaints = await process.communicate(msgspec.json.encode(texts))
        except asyncio.CancelledError:
            process.kill()
            raise
        if process.returncode:
            raise BaselineError(complaints.decode("utf-8", "replace").strip())
        return said.decode("utf-8", "replace").strip()
