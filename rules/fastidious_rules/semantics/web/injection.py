"""How functions declare what FastAPI gives them: in `Annotated`, or as the default of a parameter."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fastidious_rules.semantics.module import SIGNATURES
from fastidious_rules.semantics.names import resolve
from fastidious_rules.semantics.types import alias_of
from fastidious_rules.semantics.web.fastapi import PARAMETER_FUNCTIONS
from fastidious_rules.syntax.terms import Apply, Index, Ref, Term, parts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.semantics.facts import ParameterFact
    from fastidious_rules.semantics.project import Asker, Project

_LEAST = 3
_DOMINANT = 0.75


class Styles(NamedTuple):
    """How many parameters of a module are declared in either way."""

    old: int
    new: int

    @property
    def is_old(self) -> bool:
        """Whether the module is written in the old way: a consistent file is better than a mixed one."""
        return self.old >= _LEAST and self.old >= _DOMINANT * (self.old + self.new)


def marker(asker: Asker, module: str, term: Term | None) -> str:
    """Return which function of FastAPI `term` calls: `fastapi.Depends`, `fastapi.Query` ..., empty if none."""
    if not isinstance(term, Apply) or not isinstance(term.function, Ref):
        return ""
    qualified = resolve(asker, module, term.function.dotted)
    return qualified if qualified in PARAMETER_FUNCTIONS else ""


def styles(project: Project, module: str) -> Styles:
    """Count the parameters of a module that are declared in either way."""
    kinds = [kind for parameter in _parameters(project, module) if (kind := _style(project, module, parameter))]
    return Styles(kinds.count("old"), kinds.count("new"))


def injected_alike(project: Project, module: str, annotation: Term, default: Term) -> int:
    """Count the parameters of a module with this type and this dependency, in either way."""
    written = Index(Ref("Annotated"), (annotation, default))
    return sum(
        1
        for each in _parameters(project, module)
        if each.annotation == written or (each.annotation == annotation and each.default == default)
    )


def is_passed_by_position(project: Project, qualified: str) -> bool:
    """Tell whether some code of the project calls a function with arguments that have no name."""
    name = qualified.rpartition(".")[2]
    return any(
        call.term.arguments and _last(call.term.function) == name
        for found in project.mentioning(name)
        for function in found.functions()
        for call in function.calls
    )


def _last(function: Term) -> str:
    return function.dotted.rpartition(".")[2] if isinstance(function, Ref) else getattr(function, "name", "")


def _parameters(project: Project, module: str) -> Iterator[ParameterFact]:
    found = project.module(module)
    if found is not None:
        project.read(module, SIGNATURES)
        for function in found.functions():
            yield from function.parameters


def _style(project: Project, module: str, parameter: ParameterFact) -> str:
    if marker(project, module, parameter.default):
        return "old"
    term = parameter.annotation
    if isinstance(term, Ref):
        alias = project.ask(alias_of, resolve(project, module, term.dotted))
        module, term = alias if alias is not None else (module, term)
    if not isinstance(term, Index):
        return ""
    return "new" if any(marker(project, module, part) for part in parts(term)) else ""
