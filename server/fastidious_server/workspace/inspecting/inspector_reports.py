"""What an inspection tells of each file, and what it has told already."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING

import msgspec

from fastidious_server.workspace.indexing.frames import write_frame
from fastidious_server.workspace.inspecting.inspected import InspectedFile
from fastidious_server.workspace.inspecting.inspection_messages import Idle, Inspected, Reached

if TYPE_CHECKING:
    from collections.abc import Container

    from fastidious_server.workspace.inspecting.inspection_messages import InspectionAnswer

_BATCH_FILES = 16
_BATCH_FINDINGS = 100


class Reports:
    """What was sent of each file, and the stream that it is sent by."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._batch: list[InspectedFile] = []
        self._findings = self._done = 0
        self._sent: dict[str, int] = {}
        """Hashes of what was sent last of each file whose findings somebody shows."""

    def write(self, answer: InspectionAnswer) -> None:
        """Send `answer`."""
        write_frame(self._stream, answer)

    def add(self, file: InspectedFile) -> None:
        """Send the findings of `file` soon, unless these are what was sent before."""
        self._done += 1
        digest = hash(msgspec.msgpack.encode(file))
        if self._sent.get(file.path) != digest:
            self._sent[file.path] = digest
            self._put(file)

    def end(self, path: str) -> None:
        """Say that the file at `path` is not reviewed any more, if somebody shows its findings."""
        if self._sent.pop(path, None) is not None:
            self._put(InspectedFile(path, None))

    def keep_only(self, paths: Container[str]) -> None:
        """Say that all other files are not reviewed any more."""
        for path in [path for path in self._sent if path not in paths]:
            self.end(path)

    def promise(self, path: str) -> None:
        """Send something of the file at `path`, whatever was sent before: somebody waits for it."""
        self._sent[path] = 0

    def withdraw(self, path: str) -> None:
        """Send nothing more of the file at `path`."""
        self._sent.pop(path, None)

    def reach(self, left: int) -> None:
        """Say how far it is, now and then."""
        if not left or self._done % _BATCH_FILES == 0:
            self.flush()
            self.write(Reached(self._done, self._done + left))

    def finish(self, requests: int) -> None:
        """Say that there is nothing left to do of so many requests."""
        self.flush()
        self._done = 0
        self.write(Idle(requests))

    def flush(self) -> None:
        """Send what waits to be sent."""
        if self._batch:
            self.write(Inspected(tuple(self._batch)))
        self._batch, self._findings = [], 0

    def _put(self, file: InspectedFile) -> None:
        self._batch.append(file)
        self._findings += len(file.findings)
        if len(self._batch) >= _BATCH_FILES or self._findings >= _BATCH_FINDINGS:
            self.flush()
