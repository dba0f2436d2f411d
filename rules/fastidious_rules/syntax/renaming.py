"""Renaming a variable inside the function that it lives in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastidious_rules.syntax.occurrences import occurrences
from fastidious_rules.syntax.text import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    import tree_sitter

    from fastidious_rules.syntax.nodes import Function

_REFLECTIVE = frozenset({"locals", "vars", "eval", "exec"})


def places_of(function: Function, name: str, new_name: str, *, is_parameter: bool = False) -> list[Span]:
    """Return where a local variable stands, counted from the start of the unit; nothing if it cannot be renamed for sure.

    It cannot if the new name is taken, if code may look the variable up by its name, or if the name also means
    something else in the function.
    """
    text = function.unit.reader.text
    written = list(_identifiers(function.cst, text))
    spelled = [span for span, each in written if each == name]
    found = {Span(each.start, each.end) for each in occurrences(function.body.cst, text) if each.name == name}
    if is_parameter:
        names = (each.name_view.cst for each in function.parameters if each.name == name)
        found.update(Span(each.start_byte, each.end_byte) for each in names)
    is_taken = any(each == new_name or each in _REFLECTIVE for _, each in written)
    if is_taken or found != set(spelled) or _is_special(function, name):
        return []
    start = function.unit.start
    return sorted(Span(span.start - start, span.end - start) for span in found)


def _is_special(function: Function, name: str) -> bool:
    """Tell whether the name is declared global or nonlocal, or is printed with its value: `{name=}`."""
    for node in _all(function.cst):
        if node.type in {"global_statement", "nonlocal_statement"} and name.encode() in (node.text or b""):
            return True
        if node.type == "interpolation" and any(child.type == "=" for child in node.children):
            return True
    return False


def _identifiers(node: tree_sitter.Node, text: bytes) -> Iterator[tuple[Span, str]]:
    """Yield all names that are no attributes and no keywords of calls."""
    for child in _all(node):
        if child.type == "identifier" and not _is_label(child):
            span = Span(child.start_byte, child.end_byte)
            yield span, text[span.start : span.end].decode("utf-8", "replace")


def _is_label(node: tree_sitter.Node) -> bool:
    parent = node.parent
    if parent is None:
        return False
    if parent.type == "attribute":
        return parent.child_by_field_name("attribute") == node
    return parent.type == "keyword_argument" and parent.child_by_field_name("name") == node


def _all(node: tree_sitter.Node) -> Iterator[tree_sitter.Node]:
    yield node
    for child in node.named_children:
        yield from _all(child)
