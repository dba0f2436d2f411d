"""Order of execution: whether one piece of a function may run after another."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import tree_sitter

    from fastidious_rules.syntax.nodes import View

_ENDS = frozenset({"return_statement", "raise_statement", "continue_statement", "break_statement"})


def follows(first: View, later: View) -> bool:
    """Tell whether `later`, which stands behind `first` in the same function, may run after it in the same call.

    What stands in another branch of the same statement does not, nor what is behind a branch that leaves.
    """
    target = later.cst
    if target.start_byte < first.cst.end_byte:
        return False
    inside, block = first.cst, first.cst.parent
    while block is not None and block.type != "function_definition":
        if block.type == "block":
            if _contains(block, target):
                return not _contains(inside, target)
            if _leaves(block):
                return False
        inside, block = block, block.parent
    return False


def _contains(outer: tree_sitter.Node, inner: tree_sitter.Node) -> bool:
    return outer.start_byte <= inner.start_byte and inner.end_byte <= outer.end_byte


def _leaves(block: tree_sitter.Node) -> bool:
    statements = [each for each in block.named_children if each.type != "comment"]
    return bool(statements) and statements[-1].type in _ENDS
