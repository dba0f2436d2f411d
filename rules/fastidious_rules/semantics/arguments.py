"""Arguments: what a call of a function of the project passes for its parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastidious_rules.semantics.inference import callee_of
from fastidious_rules.semantics.names import ancestry, class_shape, signature
from fastidious_rules.syntax.terms import OPAQUE, Apply, Literal, Member, Ref, Term, called_name, last_name

if TYPE_CHECKING:
    from fastidious_rules.semantics.facts import ParameterFact
    from fastidious_rules.semantics.project import Project
    from fastidious_rules.semantics.types import Environment


def call_to(project: Project, where: Environment, term: Apply, qualified: str, name: str) -> Apply | None:
    """Return the call of a function that `term` makes, or has made by handing it on: `to_thread(fetch, url)`."""
    if called_name(term) == name and _calls(project, where, term, qualified):
        return term
    for position, argument in enumerate(term.arguments):
        if last_name(argument) == name and _calls(project, where, Apply(argument), qualified):
            return Apply(argument, term.arguments[position + 1 :], term.keywords)
    return None


def _calls(project: Project, where: Environment, term: Apply, qualified: str) -> bool:
    """Tell whether a call leads to a function or a class, or to a method through a base of its class."""
    callee = callee_of(project, where, term)
    if not callee or callee == qualified:
        return bool(callee)
    owner, _, name = qualified.rpartition(".")
    is_method = callee.endswith(f".{name}") and project.ask(class_shape, owner) is not None
    return is_method and callee.rpartition(".")[0] in project.ask(ancestry, owner)


def given_for(project: Project, qualified: str, path: str, call: Apply) -> Term | None:
    """Return what a call passes for a parameter, or for the attribute of it that `path` names."""
    first, _, rest = path.partition(".")
    found = project.ask(signature, qualified)
    parameters = list(found.parameters) if found is not None else []
    if parameters and parameters[0].name in {"self", "cls"}:
        del parameters[0]
    names = [each.name for each in parameters]
    if first not in names:
        return None
    parameter = parameters[names.index(first)]
    given = _argument(parameter, names.index(first), rest, call)
    rest = rest.partition(".")[2] if parameter.stars > 1 else rest
    return _below(given, rest) if given is not None else None


def _argument(parameter: ParameterFact, position: int, rest: str, call: Apply) -> Term | None:
    if parameter.stars:
        return call.keyword(rest.partition(".")[0]) if parameter.stars > 1 and rest else None
    named = call.keyword(parameter.name)
    if named is not None:
        return named
    is_given = not parameter.keyword_only and position < len(call.arguments)
    if is_given and OPAQUE not in call.arguments[:position]:
        return call.arguments[position]
    return parameter.default if isinstance(parameter.default, Literal) and call.keyword("") is None else None


def _below(term: Term, names: str) -> Term:
    """Return the term of an attribute of what `term` gives."""
    if not names or "()" in names:
        return term
    return Ref(f"{term.dotted}.{names}") if isinstance(term, Ref) else Member(term, names)
