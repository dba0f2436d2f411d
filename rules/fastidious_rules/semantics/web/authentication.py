"""Endpoints that change something without asking who is there, where the others of their application do."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fastidious_rules.knowledge import names
from fastidious_rules.semantics.names import function_fact
from fastidious_rules.semantics.pydantic.models import fields_of, is_model
from fastidious_rules.semantics.role import Role
from fastidious_rules.semantics.types import annotated, is_subclass
from fastidious_rules.semantics.web.exposure import words_of
from fastidious_rules.semantics.web.protection import (
    Shield,
    Strength,
    acts_as,
    decorators_shield,
    middleware_shields,
    speaks_of,
    strength,
)
from fastidious_rules.semantics.web.routing import Endpoint, entries, full_paths, is_complete, mounts, router_call
from fastidious_rules.syntax.terms import Apply, Collection, Literal, Ref, Term, parts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.semantics.facts import FunctionFact
    from fastidious_rules.semantics.project import Project

_MUTATING = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_DECORATORS = ("post", "put", "patch", "delete", "api_route")
_LEAST = 5
_DOMINANT = 0.8
_CONNECTION = "starlette.requests.HTTPConnection"
_REQUEST = "fastapi.Request"


class Outlier(NamedTuple):
    """A route without a guard: how many of the others have one, and its full paths."""

    guarded: int
    others: int
    method: str
    paths: tuple[str, ...]


class Guarding(NamedTuple):
    """Whether a mutating route is guarded, and the applications that it belongs to."""

    endpoint: Endpoint
    roots: tuple[str, ...]
    strength: Strength


def outliers(project: Project, module: str, symbol: str, extra: str) -> tuple[Outlier, ...]:
    """Return the mutating routes of a function that nothing guards, where nearly all others of the application are.

    It is nothing unless all of the application is known. `extra` are names of guards, separated by commas.
    """
    if not project.ask(is_complete) or project.ask(middleware_shields, Shield.GUARD):
        return ()
    own = (each for each in project.ask(guarding_in, module, extra) if each.endpoint.symbol == symbol)
    found = (_outlier(project, module, each, extra) for each in own if each.strength is Strength.NONE)
    return tuple(each for each in found if each is not None)


def _outlier(project: Project, module: str, guarding: Guarding, extra: str) -> Outlier | None:
    endpoint = guarding.endpoint
    if endpoint.path is None or _is_public(project, module, endpoint) or _asks_itself(project, module, endpoint.symbol):
        return None
    if _is_called_reading(endpoint.symbol):
        return None
    for root in guarding.roots:
        guarded, total = project.ask(coverage, root, extra)
        if total < _LEAST or guarded < _DOMINANT * total:
            return None
    guarded, total = project.ask(coverage, guarding.roots[0], extra)
    return Outlier(guarded, total - 1, endpoint.methods[0], full_paths(project, endpoint))


def coverage(project: Project, root: str, extra: str) -> tuple[int, int]:
    """Count the mutating routes of an application that are certainly guarded, and all that are not meant for everybody."""
    guarded = total = 0
    for module in routing_modules(project):
        for each in project.ask(guarding_in, module, extra):
            is_counted = root in each.roots and not _is_public(project, module, each.endpoint)
            guarded += is_counted and each.strength is Strength.CERTAIN
            total += is_counted
    return guarded, total


def routing_modules(project: Project) -> list[str]:
    """Return the modules of production code that may declare mutating routes."""
    found = {each.name: each for word in _DECORATORS for each in project.mentioning(word)}
    return sorted(name for name, each in found.items() if project.role_of(each.path, name) is Role.CODE)


def guarding_in(project: Project, module: str, extra: str) -> tuple[Guarding, ...]:
    """Return whether the mutating routes of a module are guarded."""
    endpoints = (each for each in project.ask(entries, module) if isinstance(each, Endpoint))
    return tuple(
        Guarding(each, roots_of(project, each), _strength(project, module, each, extra))
        for each in endpoints
        if not _MUTATING.isdisjoint(each.methods)
    )


def roots_of(project: Project, endpoint: Endpoint) -> tuple[str, ...]:
    """Return the routers that a route ends up in, which nobody includes any further: applications."""
    found = (
        each.position[0].router if each.position else endpoint.router for each in project.ask(mounts, endpoint.router)
    )
    return tuple(dict.fromkeys(found))


def _strength(project: Project, module: str, endpoint: Endpoint, extra: str) -> Strength:
    return project.ask(strength, Shield.GUARD, module, endpoint.symbol, str(endpoint.number), extra)


def _is_public(project: Project, module: str, endpoint: Endpoint) -> bool:
    """Tell whether a route says by its name, path or tags that it is open to everybody."""
    found = function_fact(project, f"{module}.{endpoint.symbol}")
    decorators = found[1].decorators if found is not None else ()
    tags = [text for each in decorators for text in _tags(each)]
    made = project.ask(router_call, endpoint.router)
    tags.extend(_tags(made[1]) if made is not None else ())
    paths = full_paths(project, endpoint)
    fixed = [part for path in paths for part in path.split("/") if "{" not in part and "<" not in part]
    return any(speaks_of("public", each) for each in (endpoint.symbol.rpartition(".")[2], *fixed, *tags))


def _is_called_reading(symbol: str) -> bool:
    """Tell whether a function only reads, by the first word of its name: in some APIs all requests are `POST`."""
    words = words_of(symbol.rpartition(".")[2])
    return words[:1] != () and words[0] in names("protection", "reading")


def _tags(call: Term) -> Iterator[str]:
    given = call.keyword("tags") if isinstance(call, Apply) else None
    yield from (
        each.text for each in (given.items if isinstance(given, Collection) else ()) if isinstance(each, Literal)
    )


def _asks_itself(project: Project, module: str, symbol: str) -> bool:
    """Tell whether a function may find out by itself who is there: by its parameters, calls, errors or decorators."""
    found = function_fact(project, f"{module}.{symbol}")
    if found is None:
        return True
    fact = found[1]
    return (
        acts_as(Shield.GUARD, fact) is not Strength.NONE
        or decorators_shield(Shield.GUARD, fact)
        or any(speaks_of(Shield.GUARD, each.name) for each in fact.parameters)
        or _hands_request_on(project, module, fact)
        or _takes_password(project, module, fact)
    )


def _takes_password(project: Project, module: str, fact: FunctionFact) -> bool:
    """Tell whether clients send a password: they sign up, or say who they are."""
    types = (annotated(project, module, each.annotation) for each in fact.parameters)
    fields = (field.name for each in types if is_model(project, each.name) for field in fields_of(project, each))
    return any("password" in words_of(name) for name in (*fields, *(each.name for each in fact.parameters)))


def _hands_request_on(project: Project, module: str, fact: FunctionFact) -> bool:
    """Tell whether the request goes to another function, which may read who is there."""
    types = ((each.name, annotated(project, module, each.annotation)) for each in fact.parameters)
    names = {name for name, known in types if is_subclass(project, known.name, _REQUEST, _CONNECTION)}
    given = (part for call in fact.calls for each in _arguments(call.term) for part in parts(each))
    return any(isinstance(part, Ref) and part.dotted.partition(".")[0] in names for part in given)


def _arguments(call: Apply) -> tuple[Term, ...]:
    return (*call.arguments, *(value for _, value in call.keywords))
