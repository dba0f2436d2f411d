"""Proof of fixes, on a copy of the document."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING

from fastidious_rules.engine.crossing import edited_elsewhere
from fastidious_rules.engine.finding import SYNTAX_ERROR, Severity
from fastidious_rules.engine.suppress import UNUSED
from fastidious_rules.syntax.comments import comment_at

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from fastidious_rules.engine.document import Document
    from fastidious_rules.engine.finding import Edit, Finding, Fix
    from fastidious_rules.engine.report import Report
    from fastidious_rules.syntax.text import Span

_HASH = re.compile(rb"#")
_TABS = re.compile(rb"^\t", re.MULTILINE)
_SPACES = re.compile(r"^\t* ", re.MULTILINE)


def objection(document: Document, before: Report, finding: Finding, fix: Fix) -> str:
    """Return what speaks against `fix`, the end of a sentence, or nothing if it is proven.

    `before` is the report of the document. The project knows the copy afterwards: see `Document.restore`.
    """
    if _overlap(fix.edits):
        return "two of its edits overlap"
    if finding.rule != UNUSED and _loses_comment(document, fix.edits):
        return "a comment in the way would be lost"
    if any(_mixes(document, edit) for edit in fix.edits):
        return "the code is indented with tabs, and it would bring spaces"
    with edited_elsewhere(document, fix.edits) as stays_right:
        if not stays_right:
            return "another file that it changes cannot be read, or would have an error more"
        copy = document.fork()
        apply(copy, fix.edits)
        return _harm(before, copy.check_all(), finding)


def apply(document: Document, edits: Collection[Edit]) -> None:
    """Apply edits of the document itself; they must not overlap. Of two insertions at one place the first comes first."""
    for _, edit in sorted(enumerate(edits), key=lambda each: (each[1].span, each[0]), reverse=True):
        if not edit.path:
            document.edit(edit.span, edit.replacement.encode())


def _loses_comment(document: Document, edits: Collection[Edit]) -> bool:
    """Tell whether the edits remove a comment and write it nowhere."""
    written = "".join(edit.replacement for edit in edits).encode()
    removed = Counter(comment for edit in edits if not edit.path for comment in _comments_in(document, edit.span))
    return any(written.count(comment) < count for comment, count in removed.items())


def _comments_in(document: Document, span: Span) -> Iterator[bytes]:
    text = document.source.text
    for match in _HASH.finditer(text, span.start, span.end):
        comment = comment_at(document.tree, document.source, match.start())
        if comment is not None and comment.start == match.start():
            yield text[comment.start : comment.end].rstrip()


def _mixes(document: Document, edit: Edit) -> bool:
    """Tell whether the edit indents a line by spaces where lines are indented by tabs."""
    text = document.project.text_of(edit.path) if edit.path else document.source.text
    if text is None or not _TABS.search(text):
        return False
    begins_line = edit.span.start == 0 or text[edit.span.start - 1 : edit.span.start] in {b"\n", b"\r"}
    return _SPACES.search(edit.replacement if begins_line else f"x{edit.replacement}") is not None


def _harm(before: Report, after: Report, finding: Finding) -> str:
    old, new = _counted(before), _counted(after)
    severities = _severities(after)
    added = [each for each in severities if new[each] > old[each]]
    if any(rule == SYNTAX_ERROR for rule, _ in added):
        return "the code would not parse any more"
    if new[finding.rule, finding.message] >= old[finding.rule, finding.message]:
        return "the finding would still be there"
    bad = [rule for rule, message in added if rule == finding.rule or severities[rule, message] is Severity.ERROR]
    return f"it would bring another `{bad[0]}`" if bad else ""


def _overlap(edits: tuple[Edit, ...]) -> bool:
    ordered = sorted((edit.path, edit.span) for edit in edits)
    pairs = pairwise(ordered)
    return any(path == next_path and one.end > other.start for (path, one), (next_path, other) in pairs)


def _counted(report: Report) -> Counter[tuple[str, str]]:
    return Counter((each.rule, each.message) for unit in report.units for each in unit.findings)


def _severities(report: Report) -> dict[tuple[str, str], Severity]:
    return {(each.rule, each.message): each.severity for unit in report.units for each in unit.findings}
