"""Rewriting of one simple statement as text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastidious_rules.api import Assignment, Await, BooleanOperation, Call, Conditional, Not, View

if TYPE_CHECKING:
    from fastidious_rules.api import Scope

_TRANSPARENT = (Assignment, Await, BooleanOperation, Call, Conditional, Not)


UNMOVABLE = ('"""', "'''", "\\\n", "\\\r\n")
"""Marks of statements whose lines cannot be indented further: text over several lines, and lines joined by a backslash."""


def enclosing_statement(view: View, *kinds: type[View]) -> View | None:
    """Return the simple statement that `view` is evaluated in, once; None if it is of another kind."""
    for outer in view.ancestors():
        if isinstance(outer, kinds):
            return outer
        if not isinstance(outer, _TRANSPARENT):
            return None
    return None


def indentation_of(statement: View, scope: Scope) -> str | None:
    """Return the white space in front of a statement; None if something else stands there."""
    text = scope.document_text
    start = scope.unit_span.start + statement.span.start
    before = text[text.rfind(b"\n", 0, start) + 1 : start].decode()
    return before if not before.strip() else None


def indented(opening: str, body: str, indentation: str) -> str:
    """Return a compound statement: `opening`, and `body` as its block; empty if there is no body."""
    if not body:
        return ""
    step = "\t" if "\t" in indentation else "    "
    newline = "\r\n" if "\r\n" in body else "\n"
    lines = body.split(newline)
    moved = [lines[0], *(f"{step}{line}" if line.strip() else line for line in lines[1:])]
    return f"{opening}{newline}{indentation}{step}" + newline.join(moved)
