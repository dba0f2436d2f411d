"""Statements of a module that a fix needs at its top."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastidious_rules.engine.finding import Edit
from fastidious_rules.semantics.async_tests import end_of_imports
from fastidious_rules.syntax.text import Span

if TYPE_CHECKING:
    from fastidious_rules.engine.scope import Scope


def below_imports(scope: Scope, statement: str) -> Edit | None:
    """Return the edit that puts a statement below the imports at the top of the module; None where it has none."""
    text = scope.document_text
    name_end = scope.ask(end_of_imports, scope.module)
    line_end = text.find(b"\n", name_end)
    if not name_end or line_end < 0:
        return None
    opening = text.rfind(b"import", 0, name_end)
    if b"(" in text[opening:name_end]:
        line_end = text.find(b"\n", text.find(b")", name_end))
    if line_end < 0:
        return None
    at = line_end - (text[line_end - 1 : line_end] == b"\r") - scope.unit_span.start
    return Edit(Span(at, at), f"\n\n{statement}")
