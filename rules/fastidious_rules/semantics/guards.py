"""Names that a function checks against a fixed list before it goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastidious_rules.syntax.nodes import Assert, Comparison, If

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.syntax.nodes import Function, View


def guarded_names(function: Function) -> frozenset[str]:
    """Return the texts of what the function compares with `in` or `not in` where the other outcome leaves or skips.

    `if column not in ALLOWED: raise` and `if column in ALLOWED: ...` both count.
    """
    return frozenset(name for name in _guarded(function))


def _guarded(function: Function) -> Iterator[str]:
    for comparison in function.body.find(Comparison):
        operands, operators = comparison.operands, comparison.operators
        if operators[:1] in (["in"], ["not in"]) and _decides(comparison):
            yield operands[0].text


def _decides(view: View) -> bool:
    """Tell whether control flow depends on `view`."""
    branch = view.nearest(If)
    if branch is not None and branch.condition.span.contains(view.span):
        return True
    return view.nearest(Assert) is not None
