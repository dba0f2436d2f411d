"""What FastAPI runs before an endpoint: what it depends on, through aliases, and what its decorator and its routers add."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fastidious_rules.semantics.names import (
    class_shape,
    definitions,
    find_member,
    function_fact,
    resolve,
    variable_fact,
)
from fastidious_rules.semantics.types import alias_of, annotated
from fastidious_rules.semantics.values import value_type
from fastidious_rules.semantics.web.fastapi import INJECTORS
from fastidious_rules.semantics.web.routing import Endpoint, Include, entries, mounts, router_call
from fastidious_rules.syntax.terms import OPAQUE, Apply, Collection, Literal, Ref, Term, dotted, parts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from fastidious_rules.semantics.facts import FunctionFact, ParameterFact
    from fastidious_rules.semantics.project import Project

_SECURITY = "fastapi.Security"
_DEEPEST_ALIAS = 3
_DEEPEST = 6


class Dependency(NamedTuple):
    """What is injected: the qualified name of a function, a class, an object, or of what makes it; empty if unknown."""

    qualified: str
    written: str
    is_security: bool = False
    """Whether it is declared by `Security(...)`."""
    scopes: tuple[str, ...] = ()
    """The scopes that `Security(...)` demands."""


UNKNOWN = Dependency("", "")


def dependencies_of(project: Project, module: str, symbol: str, number: str) -> tuple[Dependency, ...]:
    """Return all that one route of a function depends on, directly or not, on any way from an application to it."""
    own = next(
        (each for each in _endpoints(project, module) if (each.symbol, str(each.number)) == (symbol, number)), None
    )
    if own is None:
        return ()
    found = [*project.ask(injected_by, f"{module}.{symbol}"), *_of_decorator(project, module, own)]
    for router in _routers_above(project, own):
        found.extend(router)
    return tuple(closed_dependencies(project, found))


def _endpoints(project: Project, module: str) -> list[Endpoint]:
    return [each for each in project.ask(entries, module) if isinstance(each, Endpoint)]


def closed_dependencies(project: Project, start: Iterable[Dependency]) -> Iterator[Dependency]:
    """Yield dependencies and what these depend on, each once."""
    seen: set[Dependency] = set()
    level = list(start)
    for _ in range(_DEEPEST):
        fresh = [each for each in dict.fromkeys(level) if each not in seen]
        seen.update(fresh)
        yield from fresh
        level = [inner for each in fresh if each.qualified for inner in project.ask(below, each.qualified)]


def below(project: Project, qualified: str) -> tuple[Dependency, ...]:
    """Return what a dependency itself depends on, whatever it is: a function, a class, an object that is called."""
    return tuple(inner for name in called_for(project, qualified) for inner in project.ask(injected_by, name))


def called_for(project: Project, qualified: str) -> tuple[str, ...]:
    """Return the qualified names of the functions that FastAPI runs for a dependency, and of those inside a factory."""
    if project.ask(class_shape, qualified) is not None:
        members = (project.ask(find_member, qualified, name) for name in ("__init__", "__call__"))
        return tuple(each for each in members if each)
    found = definitions(project, qualified)
    if found is not None and function_fact(project, qualified) is not None:
        module, symbol, _ = found
        return (qualified, *(f"{module.name}.{symbol}.{name}" for name, _ in project.members(module, symbol)))
    made = project.ask(value_type, qualified)
    called = project.ask(find_member, made.name, "__call__") if made else ""
    return (called,) if called else ()


# Parameters


def injected_by(project: Project, qualified: str) -> tuple[Dependency, ...]:
    """Return what the parameters of a function inject."""
    found = function_fact(project, qualified)
    if found is None:
        return ()
    module, fact = found
    return tuple(injected_into(project, module.name, fact))


def injected_into(project: Project, module: str, fact: FunctionFact) -> Iterator[Dependency]:
    """Yield what the parameters of a function of a module inject."""
    for parameter in fact.parameters:
        yield from _of_parameter(project, module, parameter)


def _of_parameter(project: Project, module: str, parameter: ParameterFact) -> Iterator[Dependency]:
    for term in (parameter.default, parameter.annotation):
        for where, call in _injections(project, module, term, 0):
            yield _dependency(project, where, call, parameter.annotation)


def _injections(project: Project, module: str, term: Term | None, depth: int) -> Iterator[tuple[str, Apply]]:
    """Yield the calls of `Depends` and `Security` in a term, through aliases, each with the module that it stands in."""
    for part in parts(term) if term is not None and depth <= _DEEPEST_ALIAS else ():
        if isinstance(part, Apply):
            if resolve(project, module, dotted(part.function)) in INJECTORS:
                yield module, part
        elif isinstance(part, Ref):
            yield from _through_alias(project, module, part, depth)


def _through_alias(project: Project, module: str, name: Ref, depth: int) -> Iterator[tuple[str, Apply]]:
    qualified = resolve(project, module, name.dotted)
    alias = project.ask(alias_of, qualified) if qualified else None
    if alias is not None:
        yield from _injections(project, alias[0], alias[1], depth + 1)
        return
    variable = variable_fact(project, qualified) if qualified else None
    if variable is not None and isinstance(variable[1].value, Apply) and depth == 0:
        yield from _injections(project, variable[0].name, variable[1].value, _DEEPEST_ALIAS)


def _dependency(project: Project, module: str, call: Apply, annotation: Term | None = None) -> Dependency:
    is_security = resolve(project, module, dotted(call.function)) == _SECURITY
    target = call.arguments[0] if call.arguments else call.keyword("dependency")
    if target is None:
        known = annotated(project, module, annotation).name if annotation is not None else ""
        return Dependency(known, known.rpartition(".")[2], is_security, _scopes(call))
    if isinstance(target, Apply) and target.arguments and _is_partial(project, module, target):
        target = target.arguments[0]
    named = target.function if isinstance(target, Apply) else target
    written = dotted(named)
    return Dependency(resolve(project, module, written) if written else "", written, is_security, _scopes(call))


def _scopes(call: Apply) -> tuple[str, ...]:
    given = call.keyword("scopes")
    items = given.items if isinstance(given, Collection) else ()
    return tuple(each.text if isinstance(each, Literal) else dotted(each) for each in items)


def _is_partial(project: Project, module: str, call: Apply) -> bool:
    return resolve(project, module, dotted(call.function)) == "functools.partial"


# Decorators and routers


def _of_decorator(project: Project, module: str, endpoint: Endpoint) -> Iterator[Dependency]:
    found = function_fact(project, f"{module}.{endpoint.symbol}")
    decorators = found[1].decorators if found is not None else ()
    decorator = decorators[endpoint.number] if endpoint.number < len(decorators) else None
    if isinstance(decorator, Apply):
        yield from listed_dependencies(project, module, decorator.keyword("dependencies"))


def _routers_above(project: Project, endpoint: Endpoint) -> Iterator[list[Dependency]]:
    """Yield what the router of an endpoint, those above it, and the includes between them add."""
    routers = [endpoint.router]
    for mount in project.ask(mounts, endpoint.router):
        for position in mount.position:
            routers.append(position.router)
            entry = project.ask(entries, position.module)[position.number]
            if isinstance(entry, Include):
                yield list(listed_dependencies(project, position.module, entry.dependencies))
    for router in dict.fromkeys(routers):
        made = project.ask(router_call, router)
        if made is not None:
            yield list(listed_dependencies(project, made[0], made[1].keyword("dependencies")))


def listed_dependencies(project: Project, module: str, given: Term | None) -> Iterator[Dependency]:
    """Yield the dependencies of a list of them; an unknown one for what cannot be read."""
    if isinstance(given, Ref):
        variable = variable_fact(project, resolve(project, module, given.dotted))
        module, given = (variable[0].name, variable[1].value) if variable is not None else (module, OPAQUE)
    if given is None:
        return
    for item in given.items if isinstance(given, Collection) else (OPAQUE,):
        found = list(_injections(project, module, item, 0))
        yield from (_dependency(project, where, call) for where, call in found)
        if not found:
            yield UNKNOWN
