"""What a fix changes, line by line."""

from __future__ import annotations

import difflib
from itertools import islice
from typing import TYPE_CHECKING

from fastidious_rules.syntax.text import Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from fastidious_rules.engine.finding import Edit
    from fastidious_rules.syntax.text import Source

_HEADER_LINES = 2
_BETWEEN_PARTS = " …"


def difference(source: Source, edits: Iterable[Edit]) -> str:
    """Return what `edits` of this document do to it, as the body of a unified diff."""
    own = sorted((edit for edit in edits if not edit.path), key=lambda edit: edit.span)
    parts = ["\n".join(_changed_lines(source, group)) for group in _groups(source, own)]
    return f"\n{_BETWEEN_PARTS}\n".join(part for part in parts if part)


def _groups(source: Source, edits: Sequence[Edit]) -> Iterator[list[Edit]]:
    """Yield runs of edits that touch the same or neighbouring lines: a file is too long to compare as a whole."""
    group: list[Edit] = []
    last_row = 0
    for edit in edits:
        if group and source.lines.row_of(edit.span.start) > last_row + 1:
            yield group
            group = []
        group.append(edit)
        last_row = source.lines.row_of(edit.span.end)
    if group:
        yield group


def _changed_lines(source: Source, edits: Sequence[Edit]) -> Iterator[str]:
    first = source.lines.row_of(edits[0].span.start)
    last = source.lines.row_of(edits[-1].span.end)
    span = Span(source.lines.start(first), source.line_span(last).end)
    old = source.text[span.start : span.end]
    new = old
    for edit in reversed(edits):
        start, end = edit.span.shifted(-span.start)
        new = new[:start] + edit.replacement.encode("utf-8", "surrogatepass") + new[end:]
    lines = difflib.unified_diff(_lines(old), _lines(new), lineterm="")
    return (line for line in islice(lines, _HEADER_LINES, None) if not line.startswith("@@"))


def _lines(text: bytes) -> list[str]:
    return text.decode("utf-8", "replace").splitlines()
