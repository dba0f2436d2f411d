"""Process that indexes, seen from the server."""

from __future__ import annotations

import threading
from collections import deque
from itertools import islice
from typing import TYPE_CHECKING

import msgspec

from fastidious_server.workspace.child import ChildProcess
from fastidious_server.workspace.indexing.frames import (
    Finished,
    Indexed,
    IndexPaths,
    IndexRoot,
    Reading,
    Total,
    read_answer,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from fastidious_server.workspace.background import IndexHost
    from fastidious_server.workspace.indexing.frames import Answer, IndexedFile, Request

_MODULE = "fastidious_server.workspace.indexing.indexer"


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
    """What a process that indexes has been asked, one request at a time, and what it answers."""

    def __init__(self, deliver: Callable[[Sequence[IndexedFile]], None], host: IndexHost, tally: Tally) -> None:
        self._deliver = deliver
        self._host = host
        self._tally = tally
        self._asked: deque[_Asked] = deque()
        self._skipped: set[str] = set()
        self._suspected: set[str] = set()
        self._reading = ""
        self._is_dismissed = False
        self._child = ChildProcess(_MODULE, read_answer, self)
        self._child.listen()

    def ask(self, request: Request) -> None:
        """Ask for `request` once all else that was asked for is done, unless it waits for its turn already."""
        with self._child.lock:
            if any(asked.request == request for asked in islice(self._asked, 1, None)):
                return
            if isinstance(request, IndexPaths):
                self._skipped.difference_update(request.paths)  # they changed: try them again
            self._asked.append(_Asked(request))
            if len(self._asked) == 1:
                self._send(request)

    def dismiss(self) -> None:
        """End when all that was asked for is done."""
        with self._child.lock:
            self._is_dismissed = True
            if not self._asked:
                self._child.dismiss()

    def stop(self) -> None:
        """End at once; nothing is delivered any more."""
        self._child.stop()

    def take(self, answer: Answer) -> None:
        """Pass on what is indexed, and count it."""
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

    def is_busy(self) -> bool:
        """Tell whether anything is asked for."""
        return bool(self._asked)

    def resume(self) -> None:
        """Ask again, but for the file that the process died of."""
        if self._reading:
            # Somebody else may have killed it: a file is skipped when it was being read twice.
            (self._skipped if self._reading in self._suspected else self._suspected).add(self._reading)
            self._reading = ""
        if self._asked:
            self._send(self._asked[0].request)

    def give_up(self) -> None:
        """Let progress end."""
        while self._asked:
            self._settle(self._asked.popleft())

    def _pass_on(self, files: Sequence[IndexedFile]) -> None:
        if not self._child.is_stopped:
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
        with self._child.lock:
            self._reading = ""
            self._settle(self._asked.popleft())
            if self._asked:
                self._send(self._asked[0].request)
            elif self._is_dismissed:
                self._child.dismiss()

    def _settle(self, asked: _Asked) -> None:
        """Let progress end, whatever became of the files that are missing."""
        if isinstance(asked.request, IndexRoot):
            if asked.left is None:
                self._tally.expect(0)
            self._tally.advance(asked.left or 0)

    def _send(self, request: Request) -> None:
        self._child.send(msgspec.structs.replace(request, skipped=tuple(sorted(self._skipped))))


class _Asked:
    """Request, which of its files have come, and how many are still to come, once that is known."""

    def __init__(self, request: Request) -> None:
        self.request = request
        self.left: int | None = None
        self.delivered: set[str] = set()
