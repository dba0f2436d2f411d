"""Coroutine functions: what must be awaited, or nothing happens."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from fastidious_rules.knowledge import table
from fastidious_rules.semantics.asynchrony.execution import environment_of
from fastidious_rules.semantics.facts import FunctionFact
from fastidious_rules.semantics.inference import callee_of
from fastidious_rules.semantics.names import ancestry, class_shape, definitions, function_fact
from fastidious_rules.semantics.place import Place
from fastidious_rules.semantics.types import Environment
from fastidious_rules.semantics.web import fastapi
from fastidious_rules.syntax.terms import Apply, Index, Literal, Ref, Term
from fastidious_rules.syntax.text import Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from fastidious_rules.semantics.module import Module
    from fastidious_rules.semantics.project import Project

_ITERATORS = frozenset({"AsyncGenerator", "AsyncIterable", "AsyncIterator"})


class Coroutine(NamedTuple):
    """A function whose call gives a coroutine: its qualified name, and where the project declares it."""

    name: str
    place: Place | None = None


def coroutine(project: Project, qualified: str) -> Coroutine | None:
    """Return what is known of a coroutine function; None unless a call of `qualified` is proven to give a coroutine."""
    found = definitions(project, qualified)
    if found is None:
        name = _in_library(project, qualified)
        return Coroutine(name) if name else None
    module, symbol, defined = found
    facts = [each.fact for each in defined]
    declared = [
        fact for fact in facts if isinstance(fact, FunctionFact) and _is_coroutine_function(project, module, fact)
    ]
    if not declared or len(declared) < len(facts) or not _keeps_methods(project, module, symbol):
        return None
    return Coroutine(qualified, Place(module.path, declared[-1].name, Span(*declared[-1].span)))


def _in_library(project: Project, qualified: str) -> str:
    """Return the name under which a function of a library is known to give coroutines; a method also by a base of its class."""
    known = _known()
    if qualified in known:
        return qualified
    owner, _, method = qualified.rpartition(".")
    if not owner or method not in _methods():
        return ""
    return next((name for each in project.ask(ancestry, owner) if (name := f"{each}.{method}") in known), "")


@cache
def _known() -> frozenset[str]:
    return frozenset(name for entry in table("coroutines")["calls"] for name in names_of(entry))


@cache
def _methods() -> frozenset[str]:
    return frozenset(method for entry in table("coroutines")["calls"] for method in entry.get("methods", ()))


def names_of(entry: Mapping[str, Any]) -> Iterator[str]:
    """Yield the qualified names that a table of calls speaks of."""
    yield from entry.get("names", ())
    for owner in entry.get("owners", ()):
        yield from (f"{owner}.{method}" for method in entry.get("methods", ()))


def _is_coroutine_function(project: Project, module: Module, fact: FunctionFact) -> bool:
    if not fact.is_async or fact.is_generator or _stands_for_generator(fact):
        return False
    return all(_keeps(project, module, fact, each) for each in fact.decorators)


def _stands_for_generator(fact: FunctionFact) -> bool:
    """Tell whether a body without code is annotated as an asynchronous iterator: those who fill it in will yield."""
    declared = fact.returns
    returns = declared.value if isinstance(declared, Index) else declared
    written = returns.dotted if isinstance(returns, Ref) else returns.text if isinstance(returns, Literal) else ""
    name = written.partition("[")[0].rpartition(".")[2]
    return name in _ITERATORS and not fact.calls and not fact.returned


def _keeps(project: Project, module: Module, fact: FunctionFact, decorator: Term) -> bool:
    """Tell whether what a decorator makes of a coroutine function still is one."""
    call = decorator if isinstance(decorator, Apply) else Apply(decorator)
    known: dict[str, list[str]] = table("coroutines")["decorators"]
    where = environment_of(project, module, fact)
    around = where.outer or Environment(where.module, None, where.class_name)
    name = callee_of(project, around, call)
    if name in known["keeping"] or name.rpartition(".")[2] in known["registering"]:
        return True
    if name and project.ask(wraps_in_coroutine_function, name):
        return True
    return any(route.call == decorator for route in fastapi.routes(project, around, fact))


def wraps_in_coroutine_function(project: Project, qualified: str, depth: str = "2") -> bool:
    """Tell whether a decorator of the project, or one that a function of it makes, gives a coroutine function of its own."""
    found = function_fact(project, qualified)
    if found is None:
        return False
    module, fact = found
    for term in fact.returned:
        inner = function_fact(project, f"{module.name}.{fact.name}.{term.dotted}") if isinstance(term, Ref) else None
        if inner is None:
            continue
        if inner[1].is_async and not inner[1].is_generator:
            return True
        nested = f"{module.name}.{inner[1].name}"
        if depth != "1" and project.ask(wraps_in_coroutine_function, nested, "1"):
            return True
    return False


def _keeps_methods(project: Project, module: Module, symbol: str) -> bool:
    """Tell whether no decorator of the class puts something else in the place of its methods."""
    owner = symbol.rpartition(".")[0]
    shape = project.ask(class_shape, f"{module.name}.{owner}") if owner else None
    keeping: list[str] = table("coroutines")["classes"]["keeping"]
    decorators = [each if isinstance(each, Apply) else Apply(each) for each in shape.decorators] if shape else []
    return all(callee_of(project, Environment(module.name), each) in keeping for each in decorators)
