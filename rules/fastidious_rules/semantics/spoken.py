"""Names that functions speak of in their calls: of what they call, and of what they hand on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastidious_rules.syntax.terms import called_name, last_name

if TYPE_CHECKING:
    from typing import TypeAlias

    from fastidious_rules.semantics.facts import CallFact, FunctionFact, UnitFacts

    Spoken: TypeAlias = dict[str, dict[str, tuple[FunctionFact, list[CallFact]]]]
    """Last name -> name of a function -> the function, and its calls that speak of it."""


def spoken(unit: UnitFacts) -> Spoken:
    """Return the calls of the functions of a unit by the names that they call, or hand on as arguments."""
    found: Spoken = {}
    for fact in unit.functions:
        for call in fact.calls:
            for name in {called_name(call.term), *map(last_name, call.term.arguments)}:
                if name:
                    found.setdefault(name, {}).setdefault(fact.name, (fact, []))[1].append(call)
    return found
