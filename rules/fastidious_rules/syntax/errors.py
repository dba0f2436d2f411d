"""Where the parser stumbled."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fastidious_rules.syntax import kinds
from fastidious_rules.syntax.text import Span

if TYPE_CHECKING:
    import tree_sitter

_TYPE_PARAMETER = kinds.kind("type_parameter")


class SyntaxProblem(NamedTuple):
    """A place that is not Python; the span counts from the start of the document."""

    span: Span
    message: str


def first_error(node: tree_sitter.Node) -> SyntaxProblem | None:
    """Return the first syntax error inside `node`.

    Defaults of type parameters (PEP 696), which the grammar does not know yet, are no error.
    """
    found = _first(node)
    if found is None:
        return None
    start, end = found.start_byte, found.end_byte
    if found.is_missing:
        return SyntaxProblem(Span(start, start), f"syntax error: expected `{found.type}`")
    return SyntaxProblem(
        Span(start, min(end, start + 1) if end - start > 1 else end), "syntax error: this is not valid Python"
    )


def _first(node: tree_sitter.Node) -> tree_sitter.Node | None:
    while True:
        if node.is_missing or node.is_error:
            return node
        if node.kind_id == _TYPE_PARAMETER:
            return None
        broken = [child for child in node.children if child.has_error or child.is_missing]
        if len(broken) > 1:
            return next(filter(None, map(_first, broken)), None)
        if not broken:
            return node  # what is missing has no node of its own: a line end, say
        node = broken[0]
