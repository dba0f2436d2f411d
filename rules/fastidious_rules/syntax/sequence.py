"""Statements side by side in one block."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastidious_rules.syntax import kinds
from fastidious_rules.syntax.nodes import Block, View

if TYPE_CHECKING:
    from collections.abc import Iterator

    import tree_sitter

_BLOCKS = frozenset({"block", "module"})


def statement_of(view: View) -> View | None:
    """Return the statement of a block that `view` is, or is part of."""
    node: tree_sitter.Node = view.cst
    while node.parent is not None and node.parent.type not in _BLOCKS:
        node = node.parent
    return None if node.parent is None else view.unit.view(node, view.nearest(Block))


def following(statement: View) -> View | None:
    """Return the statement after `statement` in its block."""
    node = statement.cst.next_named_sibling
    while node is not None and node.kind_id == kinds.COMMENT:
        node = node.next_named_sibling
    return None if node is None else statement.unit.view(node, statement.parent)


def preceding(statement: View) -> Iterator[View]:
    """Yield the statements before `statement` in its block, the nearest first."""
    node = statement.cst.prev_named_sibling
    while node is not None:
        if node.kind_id != kinds.COMMENT:
            yield statement.unit.view(node, statement.parent)
        node = node.prev_named_sibling
