"""Facts of files from earlier runs, so that a file that did not change need not be parsed to know what it defines."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

import msgspec

from fastidious_server.workspace.storage.files import Stamp

if TYPE_CHECKING:
    from fastidious_server.workspace.storage.disk import DiskCache


class KeptFacts(msgspec.Struct, frozen=True, array_like=True):
    """Encoded facts of a file, and its stamp when they were extracted."""

    stamp: Stamp
    facts: bytes


_Shelf = dict[str, KeptFacts]
_DECODER = msgspec.msgpack.Decoder(_Shelf)
_ENCODER = msgspec.msgpack.Encoder()


class FactsCache:
    """Facts by file; those of one directory are kept together."""

    def __init__(self, disk: DiskCache) -> None:
        self._disk = disk
        self._shelves: dict[str, _Shelf] = {}
        self._changed: set[str] = set()

    def get(self, path: str, stamp: Stamp) -> bytes | None:
        """Return the facts of the file at `path` if its stamp is still `stamp`."""
        kept = self._shelf(posixpath.dirname(path)).get(posixpath.basename(path))
        return kept.facts if kept is not None and kept.stamp == stamp else None

    def put(self, path: str, stamp: Stamp, facts: bytes) -> None:
        """Keep the facts of the file at `path`, unless they are kept already."""
        if self.get(path, stamp) is None:
            directory = posixpath.dirname(path)
            self._shelf(directory)[posixpath.basename(path)] = KeptFacts(stamp, facts)
            self._changed.add(directory)

    def save(self) -> None:
        """Write what is new to the disk."""
        for directory in sorted(self._changed):
            self._disk.write(_key(directory), _ENCODER.encode(self._shelves[directory]))
        self._changed.clear()

    def release(self) -> None:
        """Write what is new, and keep nothing in memory."""
        self.save()
        self._shelves.clear()

    def _shelf(self, directory: str) -> _Shelf:
        shelf = self._shelves.get(directory)
        if shelf is None:
            shelf = self._shelves[directory] = self._load(directory)
        return shelf

    def _load(self, directory: str) -> _Shelf:
        content = self._disk.read(_key(directory))
        if content is None:
            return {}
        try:
            return _DECODER.decode(content)
        except msgspec.MsgspecError:
            return {}


def _key(directory: str) -> str:
    return f"facts {directory}"
