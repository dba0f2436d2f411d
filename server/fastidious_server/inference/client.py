"""The server's side of inference: a process that is started when it is needed and ended when it takes too long."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from fastidious_rules.engine.finding import Edit, Finding, Fix, Safety, Task
from fastidious_rules.syntax.text import Span
from fastidious_server.inference.messages import Answer, Question

if TYPE_CHECKING:
    from collections.abc import Sequence

_DEADLINE = 8.0
"""Seconds that an editor waits for the edit of an action."""
_LONGEST_LINE = 64 * 1024 * 1024
_MARKERS = ("pyproject.toml", "setup.py", ".git")
_COMMAND = (sys.executable, "-Im", "fastidious_server.inference")


class ProcessInference:
    """Inference of fixes that need the types or the references of the whole project."""

    def __init__(self, command: Sequence[str] = _COMMAND, deadline: float = _DEADLINE) -> None:
        self._command = tuple(command)
        self._deadline = deadline
        self._process: asyncio.subprocess.Process | None = None
        self._lock = asyncio.Lock()
        self._number = 0

    def title(self, finding: Finding) -> str | None:
        """Return the title of the fix that `finding` asks for, without inferring it."""
        request = finding.request
        if request is None:
            return None
        if request.task is Task.RENAME:
            return f"Rename to `{request.new_name}` in all files"
        return "Annotate with the return type that is inferred"

    async def fix(self, path: str, text: bytes, finding: Finding) -> Fix | None:
        """Infer that fix; None where nothing is certain, or not in time."""
        title, request = self.title(finding), finding.request
        if title is None or request is None:
            return None
        self._number += 1
        question = Question(
            number=self._number,
            task=request.task,
            root=root_of(path),
            path=path,
            text=text.decode("utf-8", "replace"),
            start=finding.span.start,
            new_name=request.new_name,
        )
        answer = await self._ask(question)
        edits = tuple(
            Edit(Span(each.start, each.end), each.text, "" if each.path == path else each.path)
            for each in answer.replacements
        )
        return Fix(title, edits, (), Safety.UNSAFE) if edits else None

    async def close(self) -> None:
        """End the process."""
        process, self._process = self._process, None
        if process is not None and process.returncode is None:
            process.kill()
            await process.wait()

    async def _ask(self, question: Question) -> Answer:
        async with self._lock:
            try:
                return await asyncio.wait_for(self._exchange(question), self._deadline)
            except (TimeoutError, OSError, EOFError, msgspec.DecodeError):
                await self.close()
                return Answer(question.number)

    async def _exchange(self, question: Question) -> Answer:
        process = await self._running()
        assert process.stdin is not None  # noqa: S101  it was asked for
        assert process.stdout is not None  # noqa: S101
        process.stdin.write(msgspec.json.encode(question) + b"\n")
        await process.stdin.drain()
        line = await process.stdout.readline()
        if not line:
            raise EOFError
        return msgspec.json.decode(line, type=Answer)

    async def _running(self) -> asyncio.subprocess.Process:
        if self._process is None or self._process.returncode is not None:
            pipe = asyncio.subprocess.PIPE
            self._process = await asyncio.create_subprocess_exec(
                *self._command, stdin=pipe, stdout=pipe, stderr=asyncio.subprocess.DEVNULL, limit=_LONGEST_LINE
            )
        return self._process


def root_of(path: str) -> str:
    """Return the folder of the project that a file belongs to: the nearest one that says so, else the file's own."""
    folders = Path(path).parents
    found = next((each for each in folders if any((each / marker).exists() for marker in _MARKERS)), None)
    return str(found or Path(path).parent)
