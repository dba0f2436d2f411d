"""The server's side of inference: a process that is started when it is needed and ended when it takes too long."""

from __future__ import annotations

import asyncio
import contextlib
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
_LOST = (OSError, EOFError, msgspec.DecodeError)
"""What tells that the process is gone, or not what it should be."""
_COMMAND = (sys.executable, "-Im", "fastidious_server.inference")


class ProcessInference:
    """Inference of fixes that need the types or the references of the whole project."""

    def __init__(self, command: Sequence[str] = _COMMAND, deadline: float = _DEADLINE) -> None:
        self._command = tuple(command)
        self._deadline = deadline
        self._process: asyncio.subprocess.Process | None = None
        self._lock = asyncio.Lock()
        self._number = 0
        self._is_stopped = False

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

    def stop(self) -> None:
        """End the process, and start none again."""
        self._is_stopped = True
        self._kill()

    async def close(self) -> None:
        """Stop, and wait until the process has ended."""
        self._is_stopped = True
        await self._end()

    def _kill(self) -> asyncio.subprocess.Process | None:
        process, self._process = self._process, None
        if process is not None and process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
        return process

    async def _end(self) -> None:
        process = self._kill()
        if process is not None:
            await process.wait()

    async def _ask(self, question: Question) -> Answer:
        async with self._lock:
            try:
                return await asyncio.wait_for(self._answered(question), self._deadline)
            except (TimeoutError, *_LOST):
                await self._end()
                return Answer(question.number)

    async def _answered(self, question: Question) -> Answer:
        """Return the answer; a process that died since the last question is started again."""
        is_new = self._process is None
        try:
            return await self._exchange(question)
        except _LOST:
            await self._end()
            if is_new or self._is_stopped:
                raise
            return await self._exchange(question)

    async def _exchange(self, question: Question) -> Answer:
        process = await self._running()
        assert process.stdin is not None  # noqa: S101  it was asked for
        assert process.stdout is not None  # noqa: S101
        process.stdin.write(msgspec.json.encode(question) + b"\n")
        await process.stdin.drain()
        while line := await process.stdout.readline():
            answer = msgspec.json.decode(line, type=Answer)
            if answer.number == question.number:  # others belong to questions that were cancelled
                return answer
        raise EOFError

    async def _running(self) -> asyncio.subprocess.Process:
        if self._is_stopped:
            raise EOFError
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
