"""Calls of a function of the project, and what they pass for its parameters."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from fastidious_rules.semantics.asynchrony.execution import environment_of
from fastidious_rules.semantics.inference import callee_of
from fastidious_rules.semantics.place import Place
from fastidious_rules.semantics.role import Role
from fastidious_rules.syntax.terms import Apply, Term, called_name
from fastidious_rules.syntax.text import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.semantics.names import Signature
    from fastidious_rules.semantics.project import Project
    from fastidious_rules.semantics.types import Environment

_MOST_MODULES = 60


class CallOf(NamedTuple):
    """A call of a function, and where it stands."""

    place: Place
    where: Environment
    term: Apply


def calls_of(project: Project, qualified: str) -> Iterator[CallOf]:
    """Yield the calls of a function in production code; none if its name is too common. For answers only."""
    name = qualified.rpartition(".")[2]
    code = (each for each in project.mentioning(name) if project.role_of(each.path, each.name) is not Role.TEST)
    modules = list(islice(code, _MOST_MODULES + 1))
    if len(modules) > _MOST_MODULES:
        return
    for module in modules:
        for fact, calls in module.speaking_of(name):
            where = environment_of(project, module, fact)
            for call in calls:
                if called_name(call.term) == name and callee_of(project, where, call.term) == qualified:
                    yield CallOf(Place(module.path, fact.name, Span(*call.span)), where, call.term)


def is_called(project: Project, qualified: str) -> bool:
    """Tell whether production code calls something that has the name of a function."""
    name = qualified.rpartition(".")[2]
    return any(
        called_name(call.term) == name
        for module in project.mentioning(name)
        if project.role_of(module.path, module.name) is not Role.TEST
        for _, calls in module.speaking_of(name)
        for call in calls
    )


def passed_term(found: Signature, call: Apply, parameter: str) -> Term | None:
    """Return what a call passes for a parameter."""
    named = call.keyword(parameter)
    if named is not None:
        return named
    names = [each.name for each in found.parameters if not each.keyword_only and not each.stars]
    if names[:1] and names[0] in {"self", "cls"}:
        del names[0]
    position = names.index(parameter) if parameter in names else len(call.arguments)
    return call.arguments[position] if position < len(call.arguments) else None
