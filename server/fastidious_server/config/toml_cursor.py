"""What stands at a place in a TOML document that is being written, and so may be broken."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from fastidious_rules.syntax.text import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

_TOKEN = re.compile(
    r"(?P<blank>[ \t\r]+|#[^\n]*)"
    r'|(?P<text>"""(?:\\.|[^\\])*?(?:"""|$)|\'\'\'.*?(?:\'\'\'|$)|"(?:\\.|[^"\\\n])*"?|\'[^\'\n]*\'?)'
    r"|(?P<end>\n)"
    r"|(?P<mark>[\[\]{},=.])"
    r"|(?P<word>[^\s\[\]{},=.#\"']+)",
    re.DOTALL,
)


class Cursor(NamedTuple):
    """Key or value at a place: its path is that of the table, or of the key with the value."""

    path: tuple[str, ...]
    is_key: bool
    span: Span
    text: str = ""
    quote: str = ""
    others: frozenset[str] = frozenset()
    """Keys that the table has already, or items of the array."""


class _Token(NamedTuple):
    kind: str
    text: str
    start: int
    end: int


def cursor_at(text: bytes, offset: int) -> Cursor | None:
    """Return what stands at `offset`, or belongs there; None inside comments and where neither may be."""
    scanner = _Scanner()
    # One character for each byte: what counts in TOML is ASCII.
    for token in _tokens(text.decode("latin-1")):
        if token.start >= offset:
            break
        is_last = token.end == offset and (token.kind in {"text", "word"} or token.text.startswith("#"))
        if token.end > offset or is_last:
            return _touched(scanner, token, offset)
        scanner.take(token)
    return scanner.cursor(_Token("word", "", offset, offset))


def _touched(scanner: _Scanner, token: _Token, offset: int) -> Cursor | None:
    if token.kind in {"text", "word"}:
        is_closed = token.kind == "text" and len(token.text) > 1 and token.text[-1] == token.text[0]
        return None if is_closed and offset == token.end else scanner.cursor(token)
    return None if token.text.startswith("#") else scanner.cursor(_Token("word", "", offset, offset))


def _tokens(text: str) -> Iterator[_Token]:
    for match in _TOKEN.finditer(text):
        yield _Token(match.lastgroup or "", match.group(), *match.span())


class _Frame(NamedTuple):
    """Array or inline table that is open."""

    path: tuple[str, ...]
    is_array: bool
    items: list[str]


class _Scanner:
    """Reader that knows where in the document it is, whatever it has read."""

    def __init__(self) -> None:
        self._table: tuple[str, ...] = ()
        self._frames: list[_Frame] = []
        self._parts: list[str] = []
        self._value: tuple[str, ...] = ()
        self._mode = "key"
        self._seen: set[tuple[str, ...]] = set()

    def cursor(self, token: _Token) -> Cursor | None:
        """Return `token` as what stands at the cursor."""
        quote = token.text[:1] if token.kind == "text" else ""
        closed = bool(quote) and len(token.text) > 1 and token.text.endswith(quote)
        span = Span(token.start + len(quote), token.end - closed)
        text = _decoded(token.text[len(quote) : len(token.text) - closed])
        if self._mode == "value":
            items = self._frames[-1].items if self._frames and self._frames[-1].is_array else ()
            return Cursor(self._value, False, span, text, quote, frozenset(items))  # noqa: FBT003 - a tuple
        if self._mode not in {"key", "header"}:
            return None
        path = (*(() if self._mode == "header" else self._base()), *self._parts)
        others = frozenset(seen[-1] for seen in self._seen if seen[:-1] == path)
        return Cursor(path, True, span, text, quote, others)  # noqa: FBT003 - a tuple

    def take(self, token: _Token) -> None:
        """Go on behind `token`."""
        if token.kind == "end":
            self._end_line()
        elif token.kind == "mark":
            self._mark(token.text)
        elif token.kind in {"text", "word"}:
            self._word(_decoded(token.text.strip("\"'")))

    def _base(self) -> tuple[str, ...]:
        return self._frames[-1].path if self._frames else self._table

    def _end_line(self) -> None:
        if not self._frames:
            self._mode, self._parts = "key", []

    def _word(self, text: str) -> None:
        if self._mode in {"key", "header"}:
            self._parts.append(text)
        elif self._mode == "value":
            if self._frames and self._frames[-1].is_array:
                self._frames[-1].items.append(text)
            self._mode = "done"

    def _mark(self, mark: str) -> None:
        if mark == "[":
            self._open_bracket()
        elif mark == "{" and self._mode == "value":
            self._frames.append(_Frame(self._value, is_array=False, items=[]))
            self._mode, self._parts = "key", []
        elif mark == "=" and self._mode == "key" and self._parts:
            self._value = (*self._base(), *self._parts)
            self._seen.add(self._value)
            self._mode = "value"
        elif mark == "," and self._frames:
            self._mode, self._parts = ("value" if self._frames[-1].is_array else "key"), []
            self._value = self._frames[-1].path
        elif mark in "]}":
            self._close(mark)

    def _open_bracket(self) -> None:
        if self._mode == "value":
            self._frames.append(_Frame(self._value, is_array=True, items=[]))
        elif self._mode == "key" and not self._frames and not self._parts:
            self._mode = "header"

    def _close(self, mark: str) -> None:
        if self._mode == "header":
            self._table, self._mode = tuple(self._parts), "done"
        elif self._frames and self._frames[-1].is_array == (mark == "]"):
            self._frames.pop()
            self._mode = "done"


def _decoded(text: str) -> str:
    return text.encode("latin-1").decode("utf-8", "replace")
