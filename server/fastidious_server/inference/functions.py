"""The function that a finding stands on."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fastidious_rules.syntax.endings import falls_through
from fastidious_rules.syntax.nodes import Function, Return, Yield
from fastidious_rules.syntax.text import Source
from fastidious_rules.syntax.tree import Tree
from fastidious_rules.syntax.units import Unit, cut

if TYPE_CHECKING:
    from collections.abc import Iterator


class Outline(NamedTuple):
    """What is needed of a function to annotate it, in bytes of the document."""

    parameters_end: int
    returns: tuple[int, ...]
    """Where the `return` statements with a value start."""
    may_return_none: bool


def outline_at(text: bytes, offset: int) -> Outline | None:
    """Return the outline of the function whose name starts at `offset`; None for none, and for generators."""
    for function, start in _functions(text):
        if function.name_view.span.start + start == offset:
            return _outline(function, start)
    return None


def _outline(function: Function, start: int) -> Outline | None:
    if next(function.body.find(Yield), None) is not None:
        return None
    returns = list(function.body.find(Return))
    valued = tuple(each.span.start + start for each in returns if each.value is not None)
    may_return_none = len(valued) < len(returns) or falls_through(function.statements)
    return Outline(function.parameter_list.span.end + start, valued, may_return_none)


def _functions(text: bytes) -> Iterator[tuple[Function, int]]:
    for each in cut(Tree(Source(text)).root, text):
        unit = Unit(each, text)
        for view in unit.by_kind.get(Function, []):
            if isinstance(view, Function):
                yield view, unit.start
