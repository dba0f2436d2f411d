"""Values that a function gives to claims of a token."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fastidious_rules.api import (
    Assignment,
    Attribute,
    Call,
    DictDisplay,
    Keyword,
    Literal,
    Name,
    Subscript,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.api import Function, View

_DEEPEST = 4


class Claim(NamedTuple):
    """A claim and the expression of its value."""

    name: str
    value: View


def claims_set(function: Function, names: frozenset[str]) -> Iterator[Claim]:
    """Yield the claims called one of `names` that a function sets: in dicts, as items, as keyword arguments."""
    for display in function.body.find(DictDisplay):
        yield from (Claim(_text(key), value) for key, value in display.pairs if _text(key) in names)
    for assignment in function.body.find(Assignment):
        target, value = assignment.target, assignment.final_value
        key = _text(target.indexes[0]) if isinstance(target, Subscript) and len(target.indexes) == 1 else ""
        if key in names and value is not None:
            yield Claim(key, value)
    for call in function.body.find(Call):
        yield from (Claim(key, value) for key, value in call.keywords.items() if key in names)


def _text(view: View) -> str:
    term = view.term
    return term.text if isinstance(term, Literal) and term.kind == "str" else ""


class Reading(NamedTuple):
    """A call of a clock that a value comes from, and the methods that are called on it on the way."""

    call: Call
    methods: frozenset[str]
    names: frozenset[str]
    """The names that it is held in on the way."""


_NO_NAMES = frozenset[str]()


def readings(value: View, function: Function, clocks: frozenset[str], depth: int = 0) -> Iterator[Reading]:
    """Yield the calls of clocks, by their last names, that a value is made of."""
    for call in _calls_in(value):
        if call.last_name in clocks:
            yield Reading(call, _methods_on(call, value), _NO_NAMES)
    for name in _names_in(value) if depth < _DEEPEST else ():
        methods = _methods_on(name, value)
        for assigned in _assigned(function, name.text):
            for found in readings(assigned, function, clocks, depth + 1):
                yield found._replace(methods=found.methods | methods, names=found.names | {name.text})


def _calls_in(value: View) -> Iterator[Call]:
    if isinstance(value, Call):
        yield value
    yield from value.find(Call)


def _names_in(view: View) -> Iterator[Name]:
    """Yield the names whose values go into the value of an expression."""
    if isinstance(view, Name):
        yield view
        return
    for child in view.children():
        if isinstance(child, Keyword):
            yield from _names_in(child.value)
        elif not (isinstance(view, Attribute) and child.span == view.name.span):
            yield from _names_in(child)


def _assigned(function: Function, name: str) -> Iterator[View]:
    for assignment in function.body.find(Assignment):
        value = assignment.final_value
        if isinstance(assignment.target, Name) and assignment.target.text == name and value is not None:
            yield value


def _methods_on(inner: View, outer: View) -> frozenset[str]:
    """Return the attributes that are taken of `inner`, or of what it is part of, up to `outer`."""
    found: set[str] = set()
    node = inner.cst.parent
    last = inner.cst
    while node is not None and node.start_byte >= outer.cst.start_byte and node.end_byte <= outer.cst.end_byte:
        name = node.child_by_field_name("attribute")
        if node.type == "attribute" and name is not None and name != last:
            found.add(inner.unit.reader.text_of(name))
        node, last = node.parent, node
    return frozenset(found)


def is_used_besides(function: Function, names: frozenset[str], values: list[View]) -> bool:
    """Tell whether one of `names` is read outside of `values` and of assignments to those names."""
    inside = [*values, *(each for name in names for each in _assigned(function, name))]
    targets = [each.target for each in function.body.find(Assignment)]
    reads = (each for each in _all_names(function.body) if each.text in names)
    return any(each not in targets and not any(value.span.contains(each.span) for value in inside) for each in reads)


def _all_names(view: View) -> Iterator[Name]:
    for child in view.children():
        if isinstance(child, Name):
            yield child
        else:
            yield from _all_names(child)
