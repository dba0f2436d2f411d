"""Text of any file as it is now: that of the editor if it is open there, else that on the disk."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fastidious_rules.syntax.text import Source
from fastidious_server.workspace.storage.files import Stamp, UnreadableFileError, read_source, stamp
from fastidious_server.workspace.storage.identity import to_uri

if TYPE_CHECKING:
    from fastidious_server.workspace.documents import Documents

_KEPT = 64


class _ClosedFile(NamedTuple):
    stamp: Stamp
    source: Source


class CurrentTexts:
    """Texts by path; those of closed files are kept until the files change."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents
        self._closed: dict[str, _ClosedFile] = {}

    def source(self, path: str) -> Source | None:
        """Return the text of the file at `path`, or None if there is none to read."""
        document = self._documents.at(path)
        return self._read(path) if document is None else document.source

    def is_saved(self, path: str) -> bool:
        """Tell whether the file at `path` has the same text in the editor as on the disk."""
        source, saved = self.source(path), self._read(path)
        return source is not None and saved is not None and source.text == saved.text

    def uri(self, path: str) -> str:
        """Return the URI of the file at `path`, as the editor spells it."""
        document = self._documents.at(path)
        return to_uri(path) if document is None else document.uri

    def _read(self, path: str) -> Source | None:
        known, current = self._closed.pop(path, None), stamp(path)
        if current is None:
            return None
        if known is None or known.stamp != current:
            try:
                known = _ClosedFile(current, Source(read_source(path).text))
            except UnreadableFileError:
                return None
        self._closed[path] = known
        if len(self._closed) > _KEPT:
            del self._closed[next(iter(self._closed))]
        return known.source
