"""Process that indexes, seen from the server."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import threading
from collections import deque
from itertools import islice
from typing import IO, TYPE_CHECKING, cast

import msgspec

from fastidious_server.workspace.frames import (
    Finished,
    Indexed,
    IndexPaths,
    IndexRoot,
    Reading,
    Total,
    read_answer,
    write_frame,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from fastidious_server.workspace.frames import Answer, IndexedFile, Request
    from fastidious_server.workspace.ports import IndexHost

_MAX_DEATHS = 10
"""A process that dies more often than this is not started again."""


class Tally:
    """Progress of the first index, over all processes."""

    def __init__(self, host: IndexHost, expected: int) -> None:
        self._host = host
        self._lock = threading.Lock()
        self._missing = expected
        self._done = self._total = 0

    def expect(self, count: int) -> None:
        """Take note that one more process has `count` files to do."""
        with self._lock:
            self._total += count
            self._missing -= 1

    def advance(self, count: int) -> None:
        """Take note that `count` files are done."""
        with self._lock:
            self._done += count
            # Not complete before the last process has said how much it has to do.
            if self._done < self._total or not self._missing:
                self._host.progress(self._done, self._total)


class Clerk:
    """Process that indexes, the thread that listens to it, and what it has been asked."""

    def __init__(self, deliver: Callable[[Sequence[IndexedFile]], None], host: IndexHost, tally: Tally) -> None:
        self._deliver = deliver
        self._host = host
        self._tally = tally
        self._lock = threading.Lock()
        self._asked: deque[_Asked] = deque()
        self._skipped: set[str] = set()
        self._suspected: set[str] = set()
        self._reading = ""
        self._deaths = 0
        self._is_stopped = self._is_dismissed = False
        self._process = _started()
        threading.Thread(target=self._listen, name="fastidious-index", daemon=True).start()

    def ask(self, request: Request) -> None:
        """Ask for `request` once all else that was asked for is done, unless it waits for its turn already."""
        with self._lock:
            if any(asked.request == request for asked in islice(self._asked, 1, None)):
                return
            if isinstance(request, IndexPaths):
                self._skipped.difference_update(request.paths)  # they changed: try them again
            self._asked.append(_Asked(request))
            if len(self._asked) == 1:
                self._send(request)

    def dismiss(self) -> None:
        """End when all that was asked for is done."""
        with self._lock:
            self._is_dismissed = True
            if not self._asked:
                cast("IO[bytes]", self._process.stdin).close()

    def stop(self) -> None:
        """End at once; nothing is delivered any more."""
        with self._lock:
            self._is_stopped = True
            self._process.kill()

    def _listen(self) -> None:
        while not self._is_stopped:
            answer = self._next_answer()
            if answer is not None:
                self._take(answer)
            elif self._is_over():
                break
        _close(self._process)

    def _next_answer(self) -> Answer | None:
        try:
            return read_answer(cast("IO[bytes]", self._process.stdout))
        except (OSError, ValueError, msgspec.MsgspecError):
            return None

    def _take(self, answer: Answer) -> None:
        match answer:
            case Total(count):
                self._expect(count)
            case Reading(path):
                self._reading = path
            case Indexed(files):
                self._host.run(lambda: self._pass_on(files))
                self._advance(files)
            case Finished():
                self._finish()

    def _pass_on(self, files: Sequence[IndexedFile]) -> None:
        if not self._is_stopped:
            self._deliver(files)

    def _expect(self, count: int) -> None:
        asked = self._asked[0]
        if isinstance(asked.request, IndexRoot) and asked.left is None:
            self._tally.expect(count)
            asked.left = count

    def _advance(self, files: Sequence[IndexedFile]) -> None:
        asked = self._asked[0]
        if asked.left is not None:
            # A process that was started again delivers some files twice: they count once.
            fresh = {file.path for file in files} - asked.delivered
            asked.delivered |= fresh
            count = min(len(fresh), asked.left)
            asked.left -= count
            self._tally.advance(count)

    def _finish(self) -> None:
        with self._lock:
            self._reading = ""
            self._settle(self._asked.popleft())
            if self._asked:
                self._send(self._asked[0].request)
            elif self._is_dismissed:
                cast("IO[bytes]", self._process.stdin).close()

    def _settle(self, asked: _Asked) -> None:
        """Let progress end, whatever became of the files that are missing."""
        if isinstance(asked.request, IndexRoot):
            if asked.left is None:
                self._tally.expect(0)
            self._tally.advance(asked.left or 0)

    def _is_over(self) -> bool:
        """Start the process again, without the file that it died of; tell whether that is not to be."""
        with self._lock:
            self._deaths += bool(self._asked)
            if self._is_stopped or (self._is_dismissed and not self._asked):
                return True
            if self._deaths > _MAX_DEATHS:
                self._is_stopped = True
                while self._asked:
                    self._settle(self._asked.popleft())
                return True
            if self._reading:
                # Somebody else may have killed it: a file is skipped when it was being read twice.
                (self._skipped if self._reading in self._suspected else self._suspected).add(self._reading)
                self._reading = ""
            _close(self._process)
            self._process = _started()
            if self._asked:
                self._send(self._asked[0].request)
            return False

    def _send(self, request: Request) -> None:
        stream = cast("IO[bytes]", self._process.stdin)
        try:
            write_frame(stream, msgspec.structs.replace(request, skipped=tuple(sorted(self._skipped))))
        except OSError:
            return  # it is dead: whoever listens to it finds out


class _Asked:
    """Request, which of its files have come, and how many are still to come, once that is known."""

    def __init__(self, request: Request) -> None:
        self.request = request
        self.left: int | None = None
        self.delivered: set[str] = set()


def _started() -> subprocess.Popen[bytes]:
    # Neither the working directory nor the workspace may lend modules to this process.
    safety = "-I" if sys.flags.isolated else "-P"
    flags = getattr(subprocess, "CREATE_NO_WINDOW", 0)
    command = [sys.executable, safety, "-m", "fastidious_server.workspace.indexer"]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, creationflags=flags)


def _close(process: subprocess.Popen[bytes]) -> None:
    for stream in (process.stdin, process.stdout):
        with contextlib.suppress(OSError):
            cast("IO[bytes]", stream).close()
    process.wait()
