"""What the statements of a function bind names to."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fastidious_rules.semantics.facts import (
    FOR,
    WITH,
    standing_for,
)
from fastidious_rules.syntax.nodes import (
    Assignment,
    Attribute,
    AugmentedAssignment,
    Comparison,
    ComprehensionClause,
    Display,
    For,
    If,
    Name,
    Starred,
    Subscript,
    View,
    Walrus,
    With,
    names_in,
)
from fastidious_rules.syntax.terms import OPAQUE, Apply, Literal, Ref, Term

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


_ENUMERATE = Ref("enumerate")
_ORDERING = frozenset({"<", "<=", ">", ">="})
_HOST = re.compile(r"host|netloc|domain|origin|address", re.IGNORECASE)
_PRIVILEGE = re.compile(r"admin|superuser|staff|role|permission|owner", re.IGNORECASE)


def bound_terms(body: list[View]) -> dict[str, tuple[Term, ...]]:
    """Return the terms that each name is bound to, in order: see `FunctionFact.local`."""
    found: dict[str, list[Term]] = {}
    for name, term in _bound_in(body):
        found.setdefault(name, []).append(term)
    return {name: tuple(terms) for name, terms in found.items()}


def stored_keys(body: list[View]) -> dict[str, tuple[str, ...]]:
    """Return the keys of the items that are assigned to each name: see `FunctionFact.stored`."""
    found: dict[str, tuple[str, ...]] = {}
    for view in body:
        target = view.target if isinstance(view, Assignment) else None
        if isinstance(target, Attribute) and isinstance(target.value, Name):
            name = target.value.text
            found[name] = (*found.get(name, ()), f".{target.name.text}")
        if isinstance(target, Subscript) and isinstance(target.value, Name):
            name, index = target.value.text, target.indexes[0].term if target.indexes else OPAQUE
            key = index.text if isinstance(index, Literal) and index.kind == "str" else ""
            found[name] = (*found.get(name, ()), key)
    return found


def compared_terms(body: list[View]) -> tuple[Term, ...]:
    """Return what comparisons look for, the hosts that they compare, and privileges: see `FunctionFact.compared`."""
    compared = [term for view in body if isinstance(view, Comparison) for term in _compared(view)]
    asked = [term for view in body if isinstance(view, If) for term in _privileges_in(view.condition)]
    return (*compared, *asked)


def _privileges_in(condition: View) -> Iterator[Term]:
    """Yield the attributes in a condition that say what somebody may do."""
    if _PRIVILEGE.search(condition.text):
        found = [condition] if isinstance(condition, Attribute) else condition.find(Attribute)
        yield from (each.term for each in found if _PRIVILEGE.search(each.name.text))


def _compared(view: Comparison) -> Iterator[Term]:
    operators = view.operators
    if operators[:1] in (["in"], ["not in"]):
        yield view.operands[0].term
    elif operators[:1] in (["=="], ["!="]) and _HOST.search(view.text):
        yield from (each.term for each in view.operands)


def bounded_names(body: list[View]) -> tuple[str, ...]:
    """Return the names that comparisons hold against an upper bound: see `FunctionFact.bounded`."""
    return tuple(
        name.dotted
        for view in body
        if isinstance(view, Comparison) and _ORDERING.issuperset(view.operators)
        for name in _bounded(view.operands)
    )


def _bounded(operands: list[View]) -> Iterator[Ref]:
    terms = [each.term for each in operands]
    if any(_is_upper_bound(each) for each in terms):
        yield from (each for each in terms if isinstance(each, Ref) and not _is_upper_bound(each))


def _is_upper_bound(term: Term) -> bool:
    if isinstance(term, Literal):
        return term.kind == "int" and term.text not in {"0", "1"}
    return isinstance(term, Ref) and (term.dotted.rpartition(".")[2].isupper() or "max" in term.dotted.lower())


def _bound_in(body: Iterable[View]) -> Iterator[tuple[str, Term]]:
    """Yield the names that statements of `body` bind, each with what it is bound to."""
    for view in body:
        if isinstance(view, Assignment):
            yield from _bound_by_assignment(view)
        elif isinstance(view, Walrus):
            yield view.name.text, view.value.term
        elif isinstance(view, AugmentedAssignment):
            yield from ((name.text, view.value.term) for name in names_in(view.target))
        elif isinstance(view, For | ComprehensionClause):
            yield from _bound_by_loop(view)
        elif isinstance(view, With):
            for item in view.items:
                if item.target is not None:
                    yield from _bound_by_target(item.target, standing_for(WITH, item.context.term))


def _bound_by_loop(view: For | ComprehensionClause) -> Iterator[tuple[str, Term]]:
    iterable = view.iterable.term
    names = view.target.items if isinstance(view.target, Display) else []
    if isinstance(iterable, Apply) and iterable.function == _ENUMERATE and iterable.arguments and len(names) > 1:
        yield names[0].text, Literal("int", "")
        yield from _bound_by_target(names[1], standing_for(FOR, iterable.arguments[0]))
    else:
        yield from _bound_by_target(view.target, standing_for(FOR, iterable))


def _bound_by_assignment(view: Assignment) -> Iterator[tuple[str, Term]]:
    if view.annotation is not None:
        yield from _bound_by_target(view.target, standing_for(":", view.annotation.term))
    value = view.final_value
    for target, given in paired(view.target, value) if value is not None else ():
        yield from _bound_by_target(target, given.term)


def paired(target: View, value: View) -> Iterator[tuple[View, View]]:
    """Yield what is assigned to, each with its value: `a, b = 1, 2` is taken apart, where both sides are as long."""
    if not (isinstance(target, Display) and isinstance(value, Display)):
        yield target, value
        return
    targets, values = target.items, value.items
    if len(targets) == len(values) and not any(isinstance(each, Starred) for each in (*targets, *values)):
        for one, given in zip(targets, values, strict=True):
            yield from paired(one, given)
    else:
        yield target, value


def _bound_by_target(target: View, term: Term) -> Iterator[tuple[str, Term]]:
    single = isinstance(target, Name)
    for name in names_in(target):
        yield name.text, term if single else OPAQUE
