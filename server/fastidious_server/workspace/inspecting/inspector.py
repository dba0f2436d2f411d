"""Process that reviews the files that nobody has open, so that the server need not."""

# ruff: noqa: PLC0415 - imported when wanted: what takes requests must not wait for the rules

from __future__ import annotations

import contextlib
import gc
import os
import signal
import sys
import threading
import traceback
from collections import OrderedDict
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import IO, TYPE_CHECKING

from fastidious_server.workspace.indexing.facts_cache import FactsCache
from fastidious_server.workspace.inspecting.examiner import Examiner, FileChangedError
from fastidious_server.workspace.inspecting.inspected import InspectedFile, RuleCrash
from fastidious_server.workspace.inspecting.inspection_messages import (
    Decide,
    Hold,
    Inspect,
    Look,
    Opening,
    Release,
    Undecided,
    read_inspection_request,
)
from fastidious_server.workspace.inspecting.inspector_reports import Reports
from fastidious_server.workspace.inspecting.survey import survey
from fastidious_server.workspace.storage.disk import DiskCache
from fastidious_server.workspace.storage.files import stamp

if TYPE_CHECKING:
    from fastidious_rules.engine.registry import Registry
    from fastidious_server.workspace.inspecting.inspection_messages import InspectionRequest

_PATIENCE = 10
"""How much the inspection gives way to whatever else wants the processor."""
_DECIDED_AT_ONCE = 200
_OBJECTS_BETWEEN_COLLECTIONS = 100_000


class _Inspector:
    """What is to be done, and the stream that takes the answers."""

    def __init__(self, requests: SimpleQueue[InspectionRequest | None], answers: IO[bytes], registry: Registry) -> None:
        self._requests = requests
        self._reports = Reports(answers)
        self._examiner = Examiner(registry)
        self._cache = FactsCache(DiskCache(None))
        self._order = Inspect((), (), "")
        self._taken = self._finished = 0
        self._must_look = self._must_sweep = False
        self._unread: dict[str, None] = {}
        self._undecided: set[str] = set()
        self._waiting: OrderedDict[str, None] = OrderedDict()

    def run(self) -> None:
        """Work until nobody asks any more; requests come before all else."""
        while True:
            try:
                request = self._requests.get(block=not self._has_work)
            except Empty:
                self._step()
                continue
            if request is None:
                return
            self._taken += 1
            self._obey(request)

    @property
    def _has_work(self) -> bool:
        if self._must_look or self._unread:
            return True
        return not self._undecided and self._finished != self._taken

    def _obey(self, request: InspectionRequest) -> None:
        match request:
            case Inspect():
                self._order = request
                self._cache = FactsCache(DiskCache(Path(request.cache) if request.cache else None))
                self._undecided.clear()
                self._examiner.doubt_settings()
                self._must_look = True
            case Look():
                self._must_look = True
            case Hold(path, text):
                self._hold(path, text)
            case Release(path):
                self._release(path)
            case Decide():
                self._decide(request)

    def _hold(self, path: str, text: bytes) -> None:
        self._reports.withdraw(path)
        self._waiting.pop(path, None)
        if self._examiner.hold(path, text):
            self._unread[path] = None

    def _release(self, path: str) -> None:
        self._reports.promise(path)
        self._must_look = True  # it may have been saved, or never
        if self._examiner.release(path):
            self._unread[path] = None

    def _decide(self, decision: Decide) -> None:
        for path, number in zip(decision.paths, decision.numbers, strict=True):
            self._undecided.discard(path)
            if self._examiner.decide(path, None if number is None else decision.settings[number]):
                self._await_review(path)

    def _step(self) -> None:
        """Do one piece of work."""
        if self._must_look:
            self._look()
        elif self._unread:
            self._read(next(iter(self._unread)))
        elif self._must_sweep:
            self._sweep()
        elif self._waiting:
            self._review(next(iter(self._waiting)))
        else:
            self._rest()

    def _look(self) -> None:
        """Find out which files there are, and ask for the settings of those that are new."""
        self._must_look = False
        skipped = dict(self._order.skipped)
        found = survey(self._order.trees, self._order.asked)
        listing = {path: file for path, file in found.items() if skipped.get(path) != file.stamp}
        changed = self._examiner.take(listing)
        self._reports.keep_only(listing)
        for path in [path for path in self._waiting if path not in listing]:
            del self._waiting[path]
        self._unread = {path: None for path in self._unread if path in listing} | dict.fromkeys(changed)
        self._must_sweep = True
        wanted = [path for path in self._examiner.undecided() if path not in self._undecided]
        self._undecided.update(wanted)
        for first in range(0, len(wanted), _DECIDED_AT_ONCE):
            self._reports.write(Undecided(tuple(wanted[first : first + _DECIDED_AT_ONCE])))

    def _read(self, path: str) -> None:
        del self._unread[path]
        self._reports.write(Opening(path))
        self._examiner.read(path, self._cache)
        self._must_sweep = True
        if self._await_review(path):
            self._waiting.move_to_end(path, last=False)  # what changed comes before what only may have to be reviewed

    def _sweep(self) -> None:
        self._must_sweep = False
        self._cache.release()
        self._waiting.update(dict.fromkeys(self._examiner.doubtful()))

    def _review(self, path: str) -> None:
        del self._waiting[path]
        self._reports.write(Opening(path))
        try:
            self._reports.add(self._examiner.examine(path))
        except FileChangedError:
            self._must_look = True
        except Exception:  # noqa: BLE001 - whatever one file does, the others are reviewed
            self._reports.add(InspectedFile(path, stamp(path), (), (RuleCrash("review", traceback.format_exc()),)))
        self._reports.reach(len(self._waiting))

    def _rest(self) -> None:
        self._finished = self._taken
        self._reports.finish(self._taken)

    def _await_review(self, path: str) -> bool:
        """Have the file at `path` reviewed, if it is reviewed at all."""
        if self._examiner.is_reviewed(path):
            self._waiting[path] = None
            return True
        if not self._examiner.is_held(path):
            self._reports.end(path)
        return False


def main() -> None:
    """Answer requests on standard input until it ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the server decides
    if hasattr(os, "nice"):
        os.nice(_PATIENCE)
    requests: SimpleQueue[InspectionRequest | None] = SimpleQueue()
    threading.Thread(target=_receive, args=(sys.stdin.buffer, requests), daemon=True).start()
    answers, sys.stdout = sys.stdout.buffer, sys.stderr  # what a rule prints is no answer
    inspector = _Inspector(requests, answers, _registry())
    gc.freeze()  # modules and rules live as long as the process
    gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS)
    with contextlib.suppress(BrokenPipeError):
        inspector.run()


def _receive(stream: IO[bytes], requests: SimpleQueue[InspectionRequest | None]) -> None:
    while (request := read_inspection_request(stream)) is not None:
        requests.put(request)
    requests.put(None)


def _registry() -> Registry:
    from fastidious_rules.engine.registry import Registry
    from fastidious_server.packs import load_packs

    return Registry(load_packs().loaded)


if __name__ == "__main__":
    main()
