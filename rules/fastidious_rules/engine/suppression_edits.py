"""Edits that write suppression comments, and that remove them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fastidious_rules.engine.finding import Edit
from fastidious_rules.engine.suppress import Suppressions
from fastidious_rules.syntax.comments import neighbours, statement_rows
from fastidious_rules.syntax.text import Source, Span
from fastidious_rules.syntax.tree import Tree

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.engine.finding import Finding
    from fastidious_rules.engine.suppress import Suppression

_CODING_ROWS = 2
_CODING = re.compile(rb"[ \t\f]*#.*?coding[:=][ \t]*[-\w.]+")


def suppression_edit(source: Source, tree: Tree, finding: Finding) -> Edit | None:
    """Return the edit that suppresses `finding`, whose span counts from the start of the document.

    Names are added to a suppression comment that is there already. A statement of several lines, or one whose
    line end cannot carry a comment, gets a comment on a line of its own above it. None: no place is right.
    """
    row = source.lines.row_of(finding.span.start)
    for comment in Suppressions.read(tree, source).comments:
        if comment.rows is not None and row in comment.rows and comment.rules:
            return _joined(source, comment, finding.rule)
    return next((edit for edit in _places(source, tree, finding) if _is_right(source, tree, edit, finding)), None)


def file_suppression_edit(source: Source, tree: Tree, rule: str) -> Edit:
    """Return the edit that suppresses `rule` in the whole file.

    A new comment stands on top, below what has to be there: `#!`, the encoding, and the comments that go with them.
    """
    for comment in Suppressions.read(tree, source).comments:
        if comment.rows is None and comment.rules:
            return _joined(source, comment, rule)
    newline = source.newline().decode()
    row = _rows_of_header(source)
    text = f"# fastidious: ignore-file[{rule}]{newline}"
    if row < len(source.lines):
        start = source.code_span(row).start
        return Edit(Span(start, start), text)
    end = len(source.text)
    return Edit(Span(end, end), newline + text)


def removal_edit(source: Source, finding: Finding) -> Edit:
    """Return the edit that removes an unused suppression comment with the blanks before it, or its whole line."""
    start, end = finding.span
    row = source.lines.row_of(start)
    line = source.code_span(row)
    before = source.text[line.start : start]
    if before.strip():
        return Edit(Span(line.start + len(before.rstrip()), end), "")
    if row + 1 < len(source.lines):
        return Edit(Span(line.start, source.lines.start(row + 1)), "")
    return Edit(Span(source.line_span(row - 1).end if row else line.start, line.end), "")


def _joined(source: Source, comment: Suppression, rule: str) -> Edit:
    bracket = source.text.index(b"]", comment.span.start)
    return Edit(Span(bracket, bracket), f", {rule}")


def _places(source: Source, tree: Tree, finding: Finding) -> Iterator[Edit]:
    """Yield the edits that may suppress `finding`, the best first: it is to stay suppressed when the code is formatted."""
    rows = statement_rows(tree, source, Span(finding.span.start, finding.span.start))
    own = neighbours(tree, source, finding.span.start)
    if own.before or (len(rows) == 1 and not own.behind):
        yield from _at_end(source, own.rows[-1], finding.rule)
    yield _above(source, rows.start, finding.rule)
    for row in dict.fromkeys((rows[-1], rows.start)):
        yield from _at_end(source, row, finding.rule)


def _at_end(source: Source, row: int, rule: str) -> Iterator[Edit]:
    """Yield the edit that puts a comment at the end of a line, unless something is there already."""
    line = source.code_span(row)
    text = source.text[line.start : line.end]
    if b"#" not in text and not text.endswith(b"\\"):
        yield Edit(Span(line.end, line.end), f"  # fastidious: ignore[{rule}]")


def _above(source: Source, row: int, rule: str) -> Edit:
    line = source.code_span(row)
    text = source.text[line.start : line.end]
    indent = text[: len(text) - len(text.lstrip())].decode()
    return Edit(Span(line.start, line.start), f"{indent}# fastidious: ignore[{rule}]{source.newline().decode()}")


def _is_right(source: Source, tree: Tree, edit: Edit, finding: Finding) -> bool:
    """Tell whether the edit writes a comment, not a part of a string, that covers `finding` and breaks nothing."""
    lines = _surroundings(source, tree, finding.span.start)
    edited = Source(source.text[lines.start : lines.end])
    before = Tree(edited)
    edited.replace(edit.span.shifted(-lines.start), edit.replacement.encode())
    after = Tree(edited)
    start = finding.span.start - lines.start
    row = edited.lines.row_of(start + (len(edit.replacement) if edit.span.start - lines.start <= start else 0))
    comments = Suppressions.read(after, edited).comments
    is_covered = any(each.rows is not None and each.covers(finding.rule, row) for each in comments)
    return is_covered and after.root.has_error <= before.root.has_error


def _surroundings(source: Source, tree: Tree, offset: int) -> Span:
    """Return the whole lines of the statement of the module that holds `offset`: a long text takes long to parse."""
    node = tree.root.descendant_for_byte_range(offset, offset)
    while node is not None and node.parent is not None and node.parent.parent is not None:
        node = node.parent
    if node is None or node.parent is None:
        return Span(0, len(source.text))
    first = last = node
    while first.prev_sibling is not None and first.prev_sibling.end_point[0] == first.start_point[0]:
        first = first.prev_sibling
    while last.next_sibling is not None and last.next_sibling.start_point[0] == last.end_point[0]:
        last = last.next_sibling
    return Span(source.lines.start(first.start_point[0]), source.line_span(last.end_point[0]).end)


def _rows_of_header(source: Source) -> int:
    """Return how many lines on top are comments, if the first ones have to stay there; else none."""
    first = [source.text[slice(*source.code_span(row))] for row in range(min(_CODING_ROWS, len(source.lines)))]
    if not first[0].startswith(b"#!") and not any(_CODING.match(line) for line in first):
        return 0
    row = 0
    while row < len(source.lines) and source.text[slice(*source.code_span(row))].lstrip().startswith(b"#"):
        row += 1
    return row
