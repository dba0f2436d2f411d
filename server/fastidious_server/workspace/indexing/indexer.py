"""Process that reads files and extracts what they define, so that the server need not."""

from __future__ import annotations

import contextlib
import os
import posixpath
import signal
import sys
import zlib
from collections import defaultdict
from pathlib import Path
from typing import IO, TYPE_CHECKING

from fastidious_rules.semantics.extract import module_facts
from fastidious_rules.semantics.facts import encode
from fastidious_server.workspace.indexing.facts_cache import FactsCache
from fastidious_server.workspace.indexing.frames import (
    Finished,
    IndexChanges,
    Indexed,
    IndexedFile,
    IndexPaths,
    IndexRoot,
    Reading,
    Total,
    read_request,
    write_frame,
)
from fastidious_server.workspace.storage.discovery import Exclusion, find_file, find_files
from fastidious_server.workspace.storage.disk import DiskCache
from fastidious_server.workspace.storage.files import UnreadableFileError, read_source
from fastidious_server.workspace.storage.modules import ModuleNames

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from fastidious_server.workspace.indexing.frames import Request
    from fastidious_server.workspace.storage.discovery import FoundFile
    from fastidious_server.workspace.storage.files import Stamp

_BATCH_FILES = 32
_BATCH_BYTES = 256_000
_PACKAGE = "/__init__.py"
_PATIENCE = 10
"""How much the index gives way to whatever else wants the processor."""


class _Indexing:
    """One request, the stream that takes its answers, and the files that were seen before, by path."""

    def __init__(self, request: Request, answers: IO[bytes], seen: dict[str, Stamp]) -> None:
        self._request = request
        self._answers = answers
        self._seen = seen
        self._modules = ModuleNames(request.root)
        self._cache = FactsCache(DiskCache(Path(request.cache) if request.cache else None))
        self._batch: list[IndexedFile] = []
        self._size = 0

    def run(self) -> None:
        """Answer the request."""
        match self._request:
            case IndexRoot() as request:
                found, gone = list(_part(request)), list[str]()
                self._seen.clear()
            case IndexChanges() as request:
                found, gone = _changed(request, self._seen)
            case IndexPaths() as request:
                found, gone = _named(request)
        self._seen.update(found)
        for path in gone:
            self._seen.pop(path, None)
        self._index(found, gone)

    def _index(self, found: Sequence[FoundFile], gone: Sequence[str]) -> None:
        write_frame(self._answers, Total(len(found) + len(gone)))
        for path in gone:
            self._add(IndexedFile(path, self._modules.name(path), None))
        directory = ""
        for file in found:
            if posixpath.dirname(file.path) != directory:
                directory = posixpath.dirname(file.path)
                self._cache.release()
            self._add(IndexedFile(file.path, self._modules.name(file.path), self._facts(file)))
        self._flush()
        self._cache.release()
        write_frame(self._answers, Finished())

    def _facts(self, file: FoundFile) -> bytes | None:
        if file.path in self._request.skipped:
            return None
        known = self._cache.get(file.path, file.stamp)
        if known is not None:
            return known
        write_frame(self._answers, Reading(file.path))
        try:
            facts = encode(module_facts(read_source(file.path).text))
        except (UnreadableFileError, RecursionError):
            return None
        self._cache.put(file.path, file.stamp, facts)
        return facts

    def _add(self, file: IndexedFile) -> None:
        self._batch.append(file)
        self._size += len(file.facts or b"")
        if len(self._batch) >= _BATCH_FILES or self._size >= _BATCH_BYTES:
            self._flush()

    def _flush(self) -> None:
        if self._batch:
            write_frame(self._answers, Indexed(self._batch))
        self._batch, self._size = [], 0


def _part(request: IndexRoot) -> Iterator[FoundFile]:
    """Yield the files of one part: directories stay together, as they do in the cache."""
    for file in find_files(request.root, _exclusions(request)):
        directory = posixpath.dirname(file.path)
        if zlib.crc32(directory.encode("utf-8", "surrogateescape")) % request.parts == request.part:
            yield file


def _named(request: IndexPaths) -> tuple[list[FoundFile], list[str]]:
    """Return the files of a request that belong to the project, and the paths where there is no such file."""
    exclusions = _exclusions(request)
    found: dict[str, FoundFile] = {}
    gone: list[str] = []
    for path in request.paths:
        file = find_file(path, request.root, exclusions)
        if file is None:
            gone.append(path)
        else:
            found[path] = file
        if path.endswith(_PACKAGE):
            # A package came or went: the modules below have other names now.
            below = find_files(posixpath.dirname(path), exclusions)
            found.update((each.path, each) for each in below if find_file(each.path, request.root, exclusions))
    return sorted(found.values()), gone


def _changed(request: IndexChanges, seen: Mapping[str, Stamp]) -> tuple[list[FoundFile], list[str]]:
    """Return the files that are not as they were seen, and the paths of those that are gone."""
    found = find_files(request.root, _exclusions(request))
    there = {file.path for file in found}
    gone = sorted(seen.keys() - there)
    packages = {f"{posixpath.dirname(path)}/" for path in (there ^ seen.keys()) if path.endswith(_PACKAGE)}
    return [file for file in found if seen.get(file.path) != file.stamp or _is_below(file.path, packages)], gone


def _is_below(path: str, packages: Collection[str]) -> bool:
    return any(path.startswith(package) for package in packages)


def _exclusions(request: Request) -> tuple[Exclusion, ...]:
    return tuple(Exclusion(directory, patterns) for directory, patterns in request.exclusions)


def main() -> None:
    """Answer requests on standard input until it ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the server decides
    if hasattr(os, "nice"):
        os.nice(_PATIENCE)
    answers = sys.stdout.buffer
    seen: defaultdict[str, dict[str, Stamp]] = defaultdict(dict)
    with contextlib.suppress(BrokenPipeError):
        while (request := read_request(sys.stdin.buffer)) is not None:
            _Indexing(request, answers, seen[request.root]).run()


if __name__ == "__main__":
    main()
