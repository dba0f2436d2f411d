"""Positions that people read, from bytes in files."""

from __future__ import annotations

from fastidious_rules.syntax.text import Source, Span
from fastidious_server.workspace.checking.results import START, Position
from fastidious_server.workspace.storage.files import UnreadableFileError, read_source

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class Texts:
    """Texts of files, for as long as somebody needs positions in them."""

    def __init__(self) -> None:
        self._sources: dict[str, Source] = {}

    def keep(self, path: str, source: Source) -> None:
        """Use `source` as the text of `path`, whatever the disk says."""
        self._sources[path] = source

    def position(self, path: str, offset: int) -> Position:
        """Return the position of byte `offset` in the file at `path`."""
        source = self._source(path)
        return START if source is None else position(source, offset)

    def range(self, path: str, span: Span) -> tuple[Position, Position]:
        """Return the positions of both ends of `span`."""
        return self.position(path, span.start), self.position(path, span.end)

    def _source(self, path: str) -> Source | None:
        if path not in self._sources:
            try:
                self.keep(path, Source(read_source(path).text))
            except UnreadableFileError:
                return None
        return self._sources[path]


def position(source: Source, offset: int) -> Position:
    """Return the position of byte `offset`; a byte order mark takes no column."""
    row, column = source.point(offset)
    line = source.text[offset - column : offset]
    if row == 0 and line.startswith(_BYTE_ORDER_MARK):
        line = line[len(_BYTE_ORDER_MARK) :]
    return Position(row + 1, len(line.decode("utf-8", "replace")) + 1)
