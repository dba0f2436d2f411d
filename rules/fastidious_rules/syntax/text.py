"""Text of one document: UTF-8 bytes, spans and lines."""

from __future__ import annotations

import re
from typing import NamedTuple

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_LINE_END = re.compile(rb"\r\n|\n|\r")
_LONE_CARRIAGE_RETURN = re.compile(rb"\r(?!\n)")


class Span(NamedTuple):
    """Half-open range of byte offsets into UTF-8 text."""

    start: int
    end: int

    def shifted(self, delta: int) -> Span:
        """Return this span moved by `delta` bytes."""
        return Span(self.start + delta, self.end + delta)

    def contains(self, other: Span) -> bool:
        """Tell whether `other` lies inside this span."""
        return self.start <= other.start and other.end <= self.end

    def overlaps(self, other: Span) -> bool:
        """Tell whether the two spans share a byte, or one is an insertion point inside the other."""
        return self.start < other.end and other.start < self.end


class Point(NamedTuple):
    """Row and column of a byte: both zero-based, the column in bytes."""

    row: int
    column: int


class Lines:
    """Starts of the lines of a text, cheap to keep through edits.

    Lines end with LF, CR LF or CR, as LSP and CPython have it, and with nothing else.
    Starts before the last edit are kept from the front of the text and those after it from its end,
    so that an edit moves none of them.
    """

    __slots__ = ("_head", "_size", "_tail")

    def __init__(self, text: bytes) -> None:
        self._size = len(text)
        self._head: list[int] = [0]
        self._head.extend(match.end() for match in _LINE_END.finditer(text))
        self._tail: list[int] = []  # distances from the end of the text, last line first

    def __len__(self) -> int:
        return len(self._head) + len(self._tail)

    def copy(self) -> Lines:
        """Return a table that can be edited on its own."""
        twin = Lines.__new__(Lines)
        twin._size, twin._head, twin._tail = self._size, list(self._head), list(self._tail)
        return twin

    def start(self, row: int) -> int:
        """Return the offset of the first byte of line `row`."""
        if row < len(self._head):
            return self._head[row]
        return self._size - self._tail[len(self) - 1 - row]

    def row_of(self, offset: int) -> int:
        """Return the line that holds `offset`."""
        low, high = 0, len(self)
        while high - low > 1:
            middle = (low + high) // 2
            if self.start(middle) <= offset:
                low = middle
            else:
                high = middle
        return low

    def replace(self, text: bytes, span: Span, inserted: int) -> None:
        """Follow an edit: `text` is the new text, `span` what it replaced, by `inserted` bytes."""
        # A \r at the edge may gain or lose its \n: look again at one line on either side.
        first = max(self.row_of(span.start) - 1, 0)
        last = min(self.row_of(span.end) + 1, len(self) - 1)
        begin = self.start(first)
        old_end = self.start(last + 1) if last + 1 < len(self) else self._size
        new_end = old_end + inserted - (span.end - span.start)
        self._move_gap(first + 1, last + 1)
        self._size = len(text)
        self._head.extend(match.end() for match in _LINE_END.finditer(text, begin, new_end))
        if self._tail and self._head[-1] == new_end:
            self._head.pop()  # the first line of the tail

    def _move_gap(self, keep: int, drop_until: int) -> None:
        """Leave lines before `keep` in the head and those from `drop_until` on in the tail."""
        total, size = len(self), self._size
        wanted_tail = total - drop_until
        if wanted_tail <= len(self._tail):
            moved = self._tail[wanted_tail:]
            del self._tail[wanted_tail:]
            self._head.extend(size - distance for distance in reversed(moved))
        else:
            moved = self._head[drop_until:]
            self._tail.extend(size - start for start in reversed(moved))
        del self._head[keep:]


class Source:
    """Text of a document as UTF-8 bytes with its line table; offsets everywhere are bytes.

    A byte order mark, line ends and bytes that are not UTF-8 stay as they are: `text` is
    what will be written back.
    """

    __slots__ = ("lines", "text")

    def __init__(self, text: bytes) -> None:
        self.text = text
        self.lines = Lines(text)

    @classmethod
    def from_str(cls, text: str) -> Source:
        """Return the source of `text`; lone surrogates survive the way there and back."""
        return cls(text.encode("utf-8", "surrogatepass"))

    def __str__(self) -> str:
        return self.text.decode("utf-8", "surrogatepass")

    def copy(self) -> Source:
        """Return a source of the same text that can be edited on its own."""
        twin = Source.__new__(Source)
        twin.text = self.text
        twin.lines = self.lines.copy()
        return twin

    def replace(self, span: Span, replacement: bytes) -> None:
        """Replace the bytes of `span`."""
        self.text = self.text[: span.start] + replacement + self.text[span.end :]
        self.lines.replace(self.text, span, len(replacement))

    def point(self, offset: int) -> Point:
        """Return row and byte column of `offset`."""
        row = self.lines.row_of(offset)
        return Point(row, offset - self.lines.start(row))

    def line_span(self, row: int) -> Span:
        """Return the span of line `row` without its line end."""
        start = self.lines.start(row)
        end = self.lines.start(row + 1) if row + 1 < len(self.lines) else len(self.text)
        while end > start and self.text[end - 1] in b"\r\n":
            end -= 1
        return Span(start, end)

    def line(self, row: int) -> bytes:
        """Return the text of line `row` without its line end."""
        start, end = self.line_span(row)
        return self.text[start:end]

    def code_span(self, row: int) -> Span:
        """Return the span of line `row` without its line end, and without a byte order mark before it."""
        start, end = self.line_span(row)
        marked = row == 0 and self.text.startswith(BYTE_ORDER_MARK)
        return Span(start + len(BYTE_ORDER_MARK), end) if marked else Span(start, end)

    def newline(self) -> bytes:
        """Return the line end that this text uses: that of its first line, else LF."""
        match = _LINE_END.search(self.text)
        return match.group() if match else b"\n"


def with_unix_rows(text: bytes) -> bytes:
    """Return `text`, as long as before, with each lone CR made an LF: a parser counts the latter only."""
    if b"\r" not in text:
        return text
    return _LONE_CARRIAGE_RETURN.sub(b"\n", text)
