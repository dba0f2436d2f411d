"""Parameters, and what is called to pass them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastidious_rules.syntax.text import Source
from fastidious_rules.syntax.tree import Tree

if TYPE_CHECKING:
    import tree_sitter


def owner_of_parameter(text: bytes, offset: int) -> str:
    """Return what is called to pass the parameter at `offset`: its function, or a class; empty if there is none."""
    tree = Tree(Source(text))
    node = tree.root.descendant_for_byte_range(offset, offset + 1)
    while node is not None and node.type not in {"parameters", "block", "module"}:
        node = node.parent
    function = node.parent if node is not None and node.type == "parameters" else None
    name = _name(function, text) if function is not None else ""
    while name == "__init__" and function is not None and function.type != "class_definition":
        function = function.parent
    return _name(function, text) if function is not None else ""


def _name(definition: tree_sitter.Node, text: bytes) -> str:
    field = definition.child_by_field_name("name")
    return text[field.start_byte : field.end_byte].decode("utf-8", "replace") if field is not None else ""
