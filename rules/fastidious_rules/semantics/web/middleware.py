"""Middleware of an application: in which order it is added, and which of it may answer instead of the application."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fastidious_rules.knowledge import names
from fastidious_rules.semantics.asynchrony.execution import environment_of
from fastidious_rules.semantics.inference import callee_of
from fastidious_rules.semantics.module import BODY, SIGNATURES, key_of
from fastidious_rules.semantics.names import find_member, function_fact, resolve
from fastidious_rules.semantics.place import Place
from fastidious_rules.semantics.types import is_subclass
from fastidious_rules.syntax.terms import Apply, Awaited, Ref, Term, called_name, dotted, parts
from fastidious_rules.syntax.text import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.semantics.facts import FunctionFact, UnitFacts
    from fastidious_rules.semantics.module import Module
    from fastidious_rules.semantics.project import Asker, Project

_RESPONSE = "fastapi.Response"


class Added(NamedTuple):
    """Middleware that is added to an application. `qualified` is empty where nobody knows what it is."""

    qualified: str
    name: str
    place: Place | None = None
    """Where a function stands that is made middleware by a decorator."""


class Placed(NamedTuple):
    """What is added, the unit of the module that adds it, and where in the unit that begins."""

    added: Added
    unit: int
    start: int


def added_to(project: Project, module: str, owner: str, application: str) -> tuple[Added, ...]:
    """Return the middleware that a function adds to an application, first one first; the body of the module has no name."""
    return tuple(each.added for each in placed(project, module, owner, application))


def placed(project: Project, module: str, owner: str, application: str) -> list[Placed]:
    """Return the same with the places of all of it. For fixes only: places move with what stands above them."""
    found = project.module(module)
    if found is None:
        return []
    for name in (key_of(owner),) if owner else (BODY, SIGNATURES):
        project.read(module, name)
    everything = [
        each
        for number, unit in enumerate(found.facts.units)
        for each in _in_unit(found, unit, number, owner, application)
    ]
    return sorted(everything, key=lambda each: (each.unit, each.start))


def _in_unit(module: Module, unit: UnitFacts, number: int, owner: str, application: str) -> Iterator[Placed]:
    for fact in unit.functions:
        if fact.name == owner:
            for call in fact.calls:
                if dotted(call.term.function) == f"{application}.add_middleware" and call.term.arguments:
                    yield Placed(Added("", dotted(call.term.arguments[0])), number, call.span[0])
        if fact.name and fact.owner == owner and f"{application}.middleware" in map(_called, fact.decorators):
            place = Place(module.path, fact.name, Span(*fact.span))
            yield Placed(Added(f"{module.name}.{fact.name}", fact.name.rpartition(".")[2], place), number, fact.span[0])


def _called(decorator: Term) -> str:
    return dotted(decorator.function) if isinstance(decorator, Apply) else ""


def may_answer(asker: Asker, module: str, middleware: Added) -> bool:
    """Tell whether middleware certainly answers some requests itself, so that nothing inside it sees them."""
    qualified = _meaning(asker, module, middleware)
    return qualified in names("middleware", "answering") or bool(qualified and asker.ask(answers_itself, qualified))


def is_harmless(asker: Asker, module: str, middleware: Added) -> bool:
    """Tell whether the answers that middleware gives itself are none that a page of one's own waits for."""
    return _meaning(asker, module, middleware) in names("middleware", "harmless")


def _meaning(asker: Asker, module: str, middleware: Added) -> str:
    return middleware.qualified or resolve(asker, module, middleware.name)


def answers_itself(project: Project, qualified: str) -> bool:
    """Tell whether a function, or a class of middleware, makes a response that is not made of what comes from inside."""
    methods = (project.ask(find_member, qualified, name) for name in ("dispatch", "__call__"))
    for name in (qualified, *methods):
        found = function_fact(project, name) if name else None
        if found is not None and any(_makes_response(project, *found, call.term) for call in found[1].calls):
            return True
    return False


def _makes_response(project: Project, module: Module, fact: FunctionFact, call: Apply) -> bool:
    if not called_name(call)[:1].isupper():
        return False
    callee = callee_of(project, environment_of(project, module, fact), call)
    if not callee or not is_subclass(project, callee, _RESPONSE):
        return False
    inner = {name for name, terms in fact.local.items() if any(_comes_from_inside(each) for each in terms)}
    given = (*call.arguments, *(value for _, value in call.keywords))
    read = {part.dotted.partition(".")[0] for each in given for part in parts(each) if isinstance(part, Ref)}
    return read.isdisjoint(inner)


def _comes_from_inside(term: Term) -> bool:
    """Tell whether a value is the response that the application gave: `await call_next(request)`."""
    return isinstance(term, Awaited) and called_name(term.value) in {"call_next", "app"}
