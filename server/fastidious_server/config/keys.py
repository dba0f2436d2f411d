"""Where the keys of a TOML document are: `tomllib` gives values without their places."""

from __future__ import annotations

import contextlib
import re
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

KeyPath: TypeAlias = "tuple[str | int, ...]"

_SPACE = re.compile(r"[ \t]*")
_FILLER = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_STRING = re.compile(
    r'"""(?:\\.|[^\\])*?"{3,5}'
    r"|'''.*?'{3,5}"
    r'|"(?:\\.|[^"\\\n])*"'
    r"|'[^'\n]*'",
    re.DOTALL,
)
_SCALAR = re.compile(r"[^,\]}#\r\n]*")
_ESCAPES = {"b": "\b", "t": "\t", "n": "\n", "f": "\f", "r": "\r", '"': '"', "\\": "\\"}
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))")


class Position(NamedTuple):
    """Place of a key or of an array's item: one-based, columns in code points, the end exclusive."""

    line: int
    column: int
    end_column: int


class _Key(NamedTuple):
    parts: tuple[str, ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]


class _Scanner:
    """Reader of a TOML document that `tomllib` accepted; it notes where each key begins."""

    def __init__(self, text: str) -> None:
        self.spans: dict[KeyPath, tuple[int, int]] = {}
        self._text = text
        self._at = 0
        self._array_sizes: dict[KeyPath, int] = {}

    def document(self) -> None:
        """Read all of it."""
        table: KeyPath = ()
        self._skip(_FILLER)
        while self._at < len(self._text):
            if self._text[self._at] == "[":
                table = self._header()
            else:
                self._pair(table)
            self._skip(_FILLER)

    def _header(self) -> KeyPath:
        is_array = self._text.startswith("[[", self._at)
        self._at += 2 if is_array else 1
        key = self._key()
        self._at += 2 if is_array else 1
        table = self._noted((), key)
        if not is_array:
            return table
        size = self._array_sizes[table] = self._array_sizes.get(table, 0) + 1
        element = (*table, size - 1)
        self.spans[element] = self.spans[table]
        return element

    def _pair(self, table: KeyPath) -> None:
        key = self._key()
        path = self._noted(table, key)
        self._at += 1  # the equals sign
        self._value(path)

    def _noted(self, table: KeyPath, key: _Key) -> KeyPath:
        """Note where the parts of `key` are; return its path, through the last items of arrays of tables."""
        path = table
        for part, start, end in zip(*key, strict=True):
            if path in self._array_sizes:
                path = (*path, self._array_sizes[path] - 1)
            path = (*path, part)
            self.spans.setdefault(path, (start, end))
        self.spans[path] = (key.starts[-1], key.ends[-1])
        return path

    def _key(self) -> _Key:
        parts: list[tuple[str, int, int]] = []
        while True:
            self._skip(_SPACE)
            start = self._at
            is_quoted = self._text[start] in "\"'"
            self._skip(_STRING if is_quoted else _BARE_KEY)
            part = self._text[start : self._at]
            parts.append((_unquoted(part) if is_quoted else part, start, self._at))
            self._skip(_SPACE)
            if self._text[self._at] != ".":
                names, starts, ends = zip(*parts, strict=True)
                return _Key(names, starts, ends)
            self._at += 1

    def _value(self, path: KeyPath) -> None:
        self._skip(_SPACE)
        opening = self._text[self._at]
        if opening == "[":
            self._array(path)
        elif opening == "{":
            self._inline_table(path)
        else:
            self._skip(_STRING if opening in "\"'" else _SCALAR)

    def _array(self, path: KeyPath) -> None:
        self._at += 1
        self._skip(_FILLER)
        index = 0
        while self._text[self._at] != "]":
            start = self._at
            self._value((*path, index))
            self.spans[(*path, index)] = (start, self._at)
            index += 1
            self._separator()
        self._at += 1

    def _inline_table(self, path: KeyPath) -> None:
        self._at += 1
        self._skip(_FILLER)
        while self._text[self._at] != "}":
            self._pair(path)
            self._separator()
        self._at += 1

    def _separator(self) -> None:
        self._skip(_FILLER)
        if self._text[self._at] == ",":
            self._at += 1
        self._skip(_FILLER)

    def _skip(self, pattern: re.Pattern[str]) -> None:
        match = pattern.match(self._text, self._at)
        if match is None:
            raise IndexError(self._at)  # not TOML after all: keep what was found so far
        self._at = match.end()


def key_positions(text: str) -> Mapping[KeyPath, Position]:
    """Return where the keys and array items of the TOML document `text` are, by their path."""
    scanner = _Scanner(text)
    with contextlib.suppress(IndexError):
        scanner.document()
    return {path: _position(text, *span) for path, span in scanner.spans.items()}


def nearest_position(positions: Mapping[KeyPath, Position], path: Sequence[str | int]) -> Position:
    """Return the place of `path`, or of the innermost key around it that the document has."""
    for length in range(len(path), 0, -1):
        found = positions.get(tuple(path[:length]))
        if found is not None:
            return found
    return Position(1, 1, 1)


def _position(text: str, start: int, end: int) -> Position:
    line_start = text.rfind("\n", 0, start) + 1
    line_end = text.find("\n", start, end)
    column = start - line_start + 1
    length = (end if line_end < 0 else line_end) - start
    return Position(text.count("\n", 0, start) + 1, column, column + length)


def _unquoted(key: str) -> str:
    if key.startswith("'"):
        return key[1:-1]
    return _ESCAPE.sub(_unescaped, key[1:-1])


def _unescaped(match: re.Match[str]) -> str:
    code = match[1] or match[2]
    return chr(int(code, 16)) if code else _ESCAPES.get(match[3], match[3])
