"""Calls that are given a name first: `Depends(get_session)`, in whatever a unit says of itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastidious_rules.syntax.terms import OPAQUE, Apply, dotted, parts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.semantics.facts import UnitFacts
    from fastidious_rules.syntax.terms import Term


def named_arguments(unit: UnitFacts) -> frozenset[tuple[str, str]]:
    """Return what a unit calls with a name as first argument where something can be injected: callee and argument."""
    found = (_named_argument(part) for term in _terms(unit) for part in parts(term) if isinstance(part, Apply))
    return frozenset(pair for pair in found if all(pair))


def _named_argument(call: Apply) -> tuple[str, str]:
    target = call.arguments[0] if call.arguments else call.keyword("dependency") or OPAQUE
    return dotted(call.function), dotted(target)


def _terms(unit: UnitFacts) -> Iterator[Term]:
    """Yield the terms of a unit in which something can be injected."""
    for variable in unit.variables:
        yield from (each for each in (variable.annotation, variable.value) if each is not None)
    for function in unit.functions:
        yield from function.decorators
        for parameter in function.parameters:
            yield from (each for each in (parameter.annotation, parameter.default) if each is not None)
        yield from (call.term for call in function.calls)
