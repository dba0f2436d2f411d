"""Index of the files that nobody has open, made by other processes."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections import deque
from typing import IO, TYPE_CHECKING, NamedTuple, Protocol, cast

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

_MAX_DEATHS = 5
"""A process that dies more often than this is not started again."""


class Excluded(Protocol):
    """Patterns of what a configuration leaves out below a directory, and what they are relative to."""

    def __call__(self, directory: str, /) -> tuple[str, tuple[str, ...]] | None:
        """Return them."""
        ...


class Wiring(NamedTuple):
    """What an index needs from the rest of the server."""

    deliver: Callable[[Sequence[IndexedFile]], None]
    """Called on the thread of the host."""
    excluded: Excluded
    cache: str
    """Directory of the disk cache, empty for none."""
    processes: int = 1


class BackgroundIndex:
    """Index that other processes make and keep up to date. The methods belong to one thread and never wait."""

    def __init__(self, wiring: Wiring) -> None:
        self._wiring = wiring
        self._roots: tuple[str, ...] = ()
        self._clerks: list[_Clerk] = []

    def start(self, roots: Sequence[str], host: IndexHost) -> None:
        """Index the files below `roots`; progress ends with `done == total`."""
        self.stop()
        self._roots = tuple(sorted(roots, key=len, reverse=True))
        tally = _Tally(host, expected=len(roots) * self._wiring.processes)
        for part in range(self._wiring.processes):
            clerk = _Clerk(self._wiring.deliver, host, tally)
            self._clerks.append(clerk)
            for root in roots:
                clerk.ask(IndexRoot(root, self._exclusions(root), self._wiring.cache, part, self._wiring.processes))
            if part > 0:
                clerk.dismiss()  # one process is enough for what changes later

    def refresh(self, paths: Sequence[str]) -> None:
        """Index again the files at `paths`, which changed or are gone."""
        for root in self._roots:
            below = tuple(path for path in paths if self._root_of(path) == root)
            if below and self._clerks:
                self._clerks[0].ask(IndexPaths(root, self._exclusions(root), self._wiring.cache, below))

    def stop(self) -> None:
        """Stop at once."""
        for clerk in self._clerks:
            clerk.stop()
        self._clerks.clear()

    def _root_of(self, path: str) -> str | None:
        return next((root for root in self._roots if path.startswith(f"{root.rstrip('/')}/")), None)

    def _exclusions(self, root: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
        excluded = self._wiring.excluded(root)
        return () if excluded is None else (excluded,)


class _Tally:
    """Progress of the first index, over all processes."""

    def __init__(self, host: IndexHost, expected: int) -> None:
        self._host = host
        self._lock = threading.Lock()
        self._missing = expected
        self._done = self._total = 0

    def expect(self, count: int) -> None:
        with self._lock:
            self._total += count
            self._missing -= 1

    def advance(self, count: int) -> None:
        with self._lock:
            self._done += count
            # Not complete before the last process has said how much it has to do.
            done = self._done if not self._missing else min(self._done, self._total - 1)
            if self._total:
                self._host.progress(done, self._total)


class _Clerk:
    """Process that indexes, the thread that listens to it, and what it has been asked."""

    def __init__(self, deliver: Callable[[Sequence[IndexedFile]], None], host: IndexHost, tally: _Tally) -> None:
        self._deliver = deliver
        self._host = host
        self._tally = tally
        self._lock = threading.Lock()
        self._asked: deque[_Asked] = deque()
        self._skipped: set[str] = set()
        self._reading = ""
        self._deaths = 0
        self._is_stopped = self._is_dismissed = False
        self._process = _started()
        threading.Thread(target=self._listen, name="fastidious-index", daemon=True).start()

    def ask(self, request: Request) -> None:
        """Ask for `request` once all else that was asked for is done."""
        with self._lock:
            if isinstance(request, IndexPaths):
                self._skipped.difference_update(request.paths)  # they changed: try them again
            self._asked.append(_Asked(request))
            if len(self._asked) == 1:
                self._send(request)

    def dismiss(self) -> None:
        """End when all that was asked for is done."""
        with self._lock:
            self._is_dismissed = True

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
        self._process.wait()

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
                self._advance(len(files))
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

    def _advance(self, count: int) -> None:
        asked = self._asked[0]
        if asked.left is not None:
            # A process that was started again delivers some files twice.
            count = min(count, asked.left)
            asked.left -= count
            self._tally.advance(count)

    def _finish(self) -> None:
        with self._lock:
            self._reading = ""
            asked = self._asked.popleft()
            if asked.left:
                self._tally.advance(asked.left)
            elif asked.left == 0:
                self._tally.advance(0)
            if self._asked:
                self._send(self._asked[0].request)
            elif self._is_dismissed:
                cast("IO[bytes]", self._process.stdin).close()

    def _is_over(self) -> bool:
        """Start the process again, without the file that it died of; tell whether that is not to be."""
        with self._lock:
            self._deaths += bool(self._asked)
            if self._is_stopped or (self._is_dismissed and not self._asked) or self._deaths > _MAX_DEATHS:
                return True
            if self._reading:
                self._skipped.add(self._reading)
            self._process.wait()
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
    """Request, and how many of its files are still to come, once that is known."""

    def __init__(self, request: Request) -> None:
        self.request = request
        self.left: int | None = None


def _started() -> subprocess.Popen[bytes]:
    # Neither the working directory nor the workspace may lend modules to this process.
    safety = "-I" if sys.flags.isolated else "-P"
    flags = getattr(subprocess, "CREATE_NO_WINDOW", 0)
    command = [sys.executable, safety, "-m", "fastidious_server.workspace.indexer"]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, creationflags=flags)
