"""Suppression comments as somebody writes them or points at them: what is there, and what belongs there."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from fastidious_rules.syntax.comments import comment_at, statement_rows
from fastidious_rules.syntax.text import Span

if TYPE_CHECKING:
    from fastidious_rules.engine.document import Document

WORDS = {
    "ignore": "Accept findings of the statement on this line or, alone on a line, below it.",
    "ignore-file": "Accept findings of the whole file.",
}
_DIRECTIVE = re.compile(rb"#[ \t]*fastidious:[ \t]*(?P<word>[\w-]*)(?:\[(?P<rules>[^\]\r\n]*))?")
_NAME = re.compile(rb"[\w-]+")
_FILE = b"ignore-file"


class Directive(NamedTuple):
    """The word of a suppression comment at one place: `ignore`, or the name of a rule. It may be empty."""

    span: Span
    word: str
    is_rule: bool
    others: frozenset[str] = frozenset()
    """The other rules that the comment names."""
    rows: range | None = None
    """What the comment covers, None for the whole file."""


def directive_at(document: Document, offset: int) -> Directive | None:
    """Return the word at `offset` if that is inside a suppression comment, finished or not."""
    tree, source = document.tree, document.source
    line = source.line_span(source.lines.row_of(offset))
    for match in _DIRECTIVE.finditer(source.text, line.start, line.end):
        comment = comment_at(tree, source, match.start()) if match.start() < offset <= match.end() else None
        if comment is None:
            continue
        if match["rules"] is not None and match.start("rules") <= offset:
            rows = None if match["word"] == _FILE else statement_rows(tree, source, comment)
            return _rule(match, offset, rows)
        if match.start("word") <= offset <= match.end("word"):
            return Directive(Span(*match.span("word")), match["word"].decode(), is_rule=False)
    return None


def _rule(match: re.Match[bytes], offset: int, rows: range | None) -> Directive:
    names = list(_NAME.finditer(match.string, *match.span("rules")))
    here = next((each for each in names if each.start() <= offset <= each.end()), None)
    span = Span(offset, offset) if here is None else Span(*here.span())
    others = frozenset(each.group().decode("utf-8", "replace") for each in names if each is not here)
    return Directive(span, "" if here is None else here.group().decode("utf-8", "replace"), True, others, rows)  # noqa: FBT003 - a tuple


def found_beneath(document: Document, directive: Directive) -> Counter[str]:
    """Return how often each rule reports something that the comment covers, suppressed or not."""
    document.check()
    found: Counter[str] = Counter()
    for state in document.states:
        for finding in state.result.findings or ():
            row = document.source.lines.row_of(state.cut.start + finding.span.start)
            if directive.rows is None or row in directive.rows:
                found[finding.rule] += 1
    return found
