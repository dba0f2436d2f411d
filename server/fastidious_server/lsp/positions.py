"""Positions in the units that the client counts in: the only place that converts them."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from fastidious_rules.syntax.text import Span

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from fastidious_rules.syntax.text import Source
    from fastidious_server.workspace.inspecting.inspected import Mark


class Encoding(StrEnum):
    """What a client counts columns in."""

    UTF_8 = "utf-8"
    UTF_16 = "utf-16"
    UTF_32 = "utf-32"

    @classmethod
    def preferred(cls, offered: Sequence[str] | None, wanted: str | None = None) -> Encoding:
        """Return what the user wants, else the first that we know, of those that the client offers or always knows."""
        known = [name for name in (*(offered or ()), cls.UTF_16) if name in {member.value for member in cls}]
        return cls(wanted if wanted in known else known[0])


class Position(NamedTuple):
    """Row and column, zero-based, the column in the client's units."""

    line: int
    character: int


class Range(NamedTuple):
    """Half-open range of positions."""

    start: Position
    end: Position


def width(text: bytes, encoding: Encoding) -> int:
    """Return the length of `text` in the client's units."""
    if encoding is Encoding.UTF_8 or text.isascii():
        return len(text)
    characters = _decoded(text)
    if encoding is Encoding.UTF_32:
        return len(characters)
    return sum(_units(character, encoding) for character in characters)


def to_position(source: Source, offset: int, encoding: Encoding) -> Position:
    """Return the client's position of `offset`; an offset inside a line end is the end of its line."""
    row = source.lines.row_of(offset)
    start, end = source.line_span(row)
    return Position(row, width(source.text[start : min(offset, end)], encoding))


def to_range(source: Source, span: Span, encoding: Encoding) -> Range:
    """Return the client's range of `span`."""
    row = source.lines.row_of(span.start)
    start, end = source.line_span(row)
    first = Position(row, width(source.text[start : min(span.start, end)], encoding))
    if span.end <= end:
        return Range(first, Position(row, width(source.text[start : span.end], encoding)))
    return Range(first, to_position(source, span.end, encoding))


def from_mark(mark: Mark, encoding: Encoding) -> Position:
    """Return the client's position of a place in a text that is not here."""
    return Position(mark.row, width(mark.wide, encoding) if mark.wide else mark.column)


def from_position(source: Source, position: Position, encoding: Encoding) -> int:
    """Return the offset of `position`, which need not exist.

    A row beyond the text means its end, a column beyond the line the end of that line, and a
    column inside a character the start of it.
    """
    if position.line >= len(source.lines):
        return len(source.text)
    if position.line < 0:
        return 0
    start, end = source.line_span(position.line)
    return start + _bytes_before(source.text[start:end], position.character, encoding)


def from_range(source: Source, start: Position, end: Position, encoding: Encoding) -> Span:
    """Return the span from `start` to `end`; it is empty where the end comes first."""
    first = from_position(source, start, encoding)
    return Span(first, max(first, from_position(source, end, encoding)))


def read_position(data: Mapping[str, int]) -> Position:
    """Return the position that `data` describes as JSON."""
    line, character = data["line"], data["character"]
    if type(line) is not int or type(character) is not int:
        message = "line and character must be whole numbers"
        raise TypeError(message)
    return Position(line, character)


def _bytes_before(line: bytes, column: int, encoding: Encoding) -> int:
    if encoding is not Encoding.UTF_8 and not line.isascii():
        return _bytes_of_units(line, column, encoding)
    column = max(0, min(column, len(line)))
    while 0 < column < len(line) and line[column] & 0xC0 == 0x80:  # noqa: PLR2004 - UTF-8
        column -= 1
    return column


def _bytes_of_units(line: bytes, column: int, encoding: Encoding) -> int:
    size = 0
    for character in _decoded(line):
        column -= _units(character, encoding)
        if column < 0:
            break
        size += len(character.encode("utf-8", "surrogatepass"))
    return size


def _units(character: str, encoding: Encoding) -> int:
    return 2 if encoding is Encoding.UTF_16 and character > "\uffff" else 1


def _decoded(text: bytes) -> str:
    try:
        return text.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return text.decode("utf-8", "replace")
