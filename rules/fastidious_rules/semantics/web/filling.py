"""Fields that responses have and that nobody fills."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastidious_rules.semantics.asynchrony.execution import environment_of
from fastidious_rules.semantics.inference import callee_of
from fastidious_rules.semantics.names import function_fact
from fastidious_rules.syntax.terms import Ref

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.semantics.facts import FunctionFact
    from fastidious_rules.semantics.project import Project
    from fastidious_rules.semantics.types import Environment


def is_never_filled(project: Project, qualified: str, model: str, field: str) -> bool:
    """Tell whether a function, or one that it calls, makes objects of a model, and none with a value for a field."""
    found = function_fact(project, qualified)
    if found is None:
        return False
    module, fact = found
    where = environment_of(project, module, fact)
    callees = {callee_of(project, where, each.term) for each in fact.calls}
    made = [*project.ask(fillings, qualified, model), *(
        each for callee in sorted(callees - {"", model}) for each in project.ask(fillings, callee, model)
    )]  # fmt: skip
    return bool(made) and not any(field in each or "" in each for each in made)


def fillings(project: Project, qualified: str, model: str) -> tuple[frozenset[str], ...]:
    """Return the fields that each object of a model gets where a function makes one; an empty name for unknown ones."""
    found = function_fact(project, qualified)
    if found is None:
        return (frozenset({""}),) if qualified.rpartition(".")[0] == model else ()
    module, fact = found
    where = environment_of(project, module, fact)
    return tuple(_filled(project, where, fact, model))


def _filled(project: Project, where: Environment, fact: FunctionFact, model: str) -> Iterator[frozenset[str]]:
    is_own = f"{where.module}.{fact.owner}" == model
    assigned = {name.removeprefix(".") for names in fact.stored.values() for name in names}
    for call in fact.calls:
        if callee_of(project, where, call.term) == model or (call.term.function == Ref("cls") and is_own):
            is_open = bool(call.term.arguments)
            yield frozenset({*(name for name, _ in call.term.keywords), *assigned, *([""] if is_open else [])})
