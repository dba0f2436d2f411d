"""References: who calls a function, and who else speaks of it."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from fastidious_rules.semantics.asynchrony.execution import environment_of, is_command, runs_at_startup, serves
from fastidious_rules.semantics.inference import callee_of
from fastidious_rules.semantics.names import function_fact, resolve
from fastidious_rules.semantics.role import Role
from fastidious_rules.semantics.types import Environment
from fastidious_rules.semantics.web.fastapi import INJECTORS
from fastidious_rules.syntax.terms import Apply, Ref, Term, called_name, inner, last_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.semantics.facts import CallFact, FunctionFact, UnitFacts
    from fastidious_rules.semantics.module import Module
    from fastidious_rules.semantics.project import Project

REQUEST = "request"
STARTUP = "startup"
SCRIPT = "script"

_MOST_MODULES = 60
_DEEPEST = 3
_RUNNERS = frozenset({"asyncio.run", "anyio.run", "trio.run", "asyncio.run_coroutine_threadsafe"})
_REGISTRARS = frozenset({"add_api_route", "add_api_websocket_route", "add_route"})


class Caller(NamedTuple):
    """A function that calls another one, or hands it on; no name for the body of a module."""

    qualified: str
    has_own_loop: bool = False
    """Whether it starts an event loop for what it calls."""


def reached_from(project: Project, qualified: str) -> str:
    """Return what leads to a coroutine function: a request, the server's start, a script; empty if nobody knows."""
    seen: set[str] = set()
    roots: set[str] = set()
    waiting: list[str] = [qualified]
    for _ in range(_DEEPEST + 1):
        level, waiting = waiting, list[str]()
        for name in level:
            if name in seen:
                continue
            seen.add(name)
            root = project.ask(root_of, name)
            if root == REQUEST:
                return REQUEST
            roots.add(root)
            found: tuple[Caller, ...] = () if root else project.ask(callers, name)
            roots.update(SCRIPT for each in found if each.has_own_loop)
            waiting.extend(each.qualified for each in found if not each.has_own_loop)
    roots.discard("")
    return roots.pop() if len(roots) == 1 else ""


def root_of(project: Project, qualified: str) -> str:
    """Return what runs a function without being a caller: a request, the start of the server, the command line."""
    found = function_fact(project, qualified)
    if found is None:
        return ""
    module, fact = found
    where = environment_of(project, module, fact)
    outside = where.outer or Environment(where.module, None, where.class_name)
    if runs_at_startup(project, outside, fact):
        return STARTUP
    if is_command(project, outside, fact):
        return SCRIPT
    return REQUEST if serves(project, outside, fact) else ""


def callers(project: Project, qualified: str) -> tuple[Caller, ...]:
    """Return the functions of production code that call a function or hand it on; none if its name is too common."""
    name = qualified.rpartition(".")[2]
    code = (each for each in project.mentioning(name) if project.role_of(each.path, each.name) is Role.CODE)
    modules = list(islice(code, _MOST_MODULES + 1))
    if len(modules) > _MOST_MODULES:
        return ()
    found = (each for module in modules for each in _callers_in(project, module, qualified, name))
    return tuple(dict.fromkeys(found))


def _callers_in(project: Project, module: Module, qualified: str, name: str) -> Iterator[Caller]:
    for fact, mentioned in module.speaking_of(name):
        where = environment_of(project, module, fact)
        if any(_leads_to(project, where, call, qualified, name) for call in mentioned):
            starts = fact.is_main or (not fact.is_async and _starts_loop(project, where, fact))
            yield Caller(f"{module.name}.{fact.name}", starts)


def _starts_loop(project: Project, where: Environment, fact: FunctionFact) -> bool:
    return any(
        called_name(call.term) == "run_until_complete" or callee_of(project, where, call.term) in _RUNNERS
        for call in fact.calls
        if called_name(call.term) in {"run", "run_until_complete", "run_coroutine_threadsafe"}
    )


def _leads_to(project: Project, where: Environment, call: CallFact, qualified: str, name: str) -> bool:
    terms = [call.term, *(Apply(each) for each in call.term.arguments if last_name(each) == name)]
    return any(called_name(each) == name and callee_of(project, where, each) == qualified for each in terms)


def is_only_injected(project: Project, qualified: str) -> bool:
    """Tell whether nobody but FastAPI calls a function: it is declared as a route or given to `Depends`, no more."""
    name = qualified.rpartition(".")[2]
    return not any(
        _is_renamed(unit, name) or _is_named_in(project, module, unit, qualified)
        for module in project.mentioning(name)
        for unit in module.facts.units
    )


def _is_renamed(unit: UnitFacts, name: str) -> bool:
    imports = (*unit.imports, *(each for function in unit.functions for each in function.imports))
    return any(each.name == name != each.bound for each in imports)


def _is_named_in(project: Project, module: Module, unit: UnitFacts, qualified: str) -> bool:
    name = qualified.rpartition(".")[2]
    return any(
        last_name(part) == name and _means(project, module, part, qualified)
        for term in _terms(unit)
        for part in _outside_injection(project, module, term)
    )


def _means(project: Project, module: Module, part: Term, qualified: str) -> bool:
    if not isinstance(part, Ref):
        return True
    meaning = resolve(project, module.name, part.dotted)
    return meaning == qualified or (not meaning and "." in part.dotted)


def _outside_injection(project: Project, module: Module, term: Term) -> Iterator[Term]:
    """Yield the parts of a term but for what is given to `Depends` and to functions that register a route."""
    function = term.function if isinstance(term, Apply) else None
    if isinstance(function, Ref) and (
        last_name(function) in _REGISTRARS or resolve(project, module.name, function.dotted) in INJECTORS
    ):
        return
    yield term
    for each in inner(term):
        yield from _outside_injection(project, module, each)


def _terms(unit: UnitFacts) -> Iterator[Term]:
    """Yield the terms of a unit in which a function can be named."""
    for variable in unit.variables:
        yield from (each for each in (variable.annotation, variable.value) if each is not None)
    for function in unit.functions:
        yield from function.decorators
        yield from (call.term for call in function.calls)
        yield from function.returned
        yield from (term for terms in function.local.values() for term in terms)
        yield from function.attributes.values()
        for parameter in function.parameters:
            yield from (each for each in (parameter.annotation, parameter.default) if each is not None)
