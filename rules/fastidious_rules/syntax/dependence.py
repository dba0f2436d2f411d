"""Dependence: which values of a loop's body differ from round to round."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastidious_rules.syntax.nodes import (
    Assignment,
    AugmentedAssignment,
    ComprehensionClause,
    For,
    View,
    Walrus,
    With,
    names_in,
)
from fastidious_rules.syntax.occurrences import occurrences

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_MOST_ROUNDS = 5


def names_read(view: View) -> frozenset[str]:
    """Return the variables that an expression or a block reads."""
    found = occurrences(view.cst, view.unit.reader.text)
    return frozenset(each.name for each in found if not each.binds)


def dependents(body: View, sources: Iterable[str]) -> frozenset[str]:
    """Return `sources` and the variables that are bound in `body` to what is computed from them."""
    names = set(sources)
    bindings = list(_bindings(body))
    for _ in range(_MOST_ROUNDS):
        size = len(names)
        for targets, read in bindings:
            if not names.isdisjoint(read):
                names.update(targets)
        if len(names) == size:
            break
    return frozenset(names)


def _bindings(body: View) -> Iterator[tuple[frozenset[str], frozenset[str]]]:
    """Yield what statements bind, with what the values are computed from."""
    for kind in (Assignment, AugmentedAssignment):
        for each in body.find(kind):
            value = each.value
            if value is not None:
                yield _bound(each.target), names_read(value)
    for each in body.find(Walrus):
        yield frozenset({each.name.text}), names_read(each.value)
    for loop in (*body.find(For), *body.find(ComprehensionClause)):
        yield _bound(loop.target), names_read(loop.iterable)
    for each in body.find(With):
        for item in each.items:
            if item.target is not None:
                yield _bound(item.target), names_read(item.context)


def _bound(target: View) -> frozenset[str]:
    return frozenset(each.text for each in names_in(target))
