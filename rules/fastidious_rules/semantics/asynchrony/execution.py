"""Where code runs: on the event loop, in a thread, on the way to a response, while the server starts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fastidious_rules.knowledge import table
from fastidious_rules.semantics.inference import callee_of, inferred
from fastidious_rules.semantics.module import IMPORTS
from fastidious_rules.semantics.names import class_shape, function_fact, resolve, signature
from fastidious_rules.semantics.types import Environment, is_subclass
from fastidious_rules.semantics.web import fastapi
from fastidious_rules.semantics.web.fastapi import Use, injection
from fastidious_rules.syntax.terms import Apply, Ref

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.semantics.facts import FunctionFact, ParameterFact
    from fastidious_rules.semantics.module import Module
    from fastidious_rules.semantics.names import Signature
    from fastidious_rules.semantics.project import Asker, Project
    from fastidious_rules.syntax.terms import Term

CACHES = frozenset(
    {"functools.lru_cache", "functools.cache", "cachetools.cached", "cachetools.func.ttl_cache", "async_lru.alru_cache"}
)
APPLICATIONS = ("fastapi.FastAPI", "starlette.applications.Starlette")
_WORDS = re.compile(r"[^\W_]+")
_COMMAND_LINES = frozenset({"asyncclick", "click", "cyclopts", "typer"})
_LIBRARIES = ("asyncio", "anyio", "trio")


def environment_of(project: Project, module: Module, fact: FunctionFact) -> Environment:
    """Return where the body of a function stands: its class, and the functions around it."""
    owner = fact.owner
    if not owner:
        return Environment(module.name, fact)
    if project.ask(class_shape, f"{module.name}.{owner}") is not None:
        return Environment(module.name, fact, owner)
    around = function_fact(project, f"{module.name}.{owner}")
    outer = environment_of(project, module, around[1]) if around is not None else None
    return Environment(module.name, fact, outer.class_name if outer is not None else "", outer)


def is_offloaded(asker: Asker, function: Signature) -> bool:
    """Tell whether a decorator moves the function to a thread, a process or a worker."""
    known: dict[str, list[str]] = table("blocking")["offloaders"]
    for name in _decorators(asker, function):
        words = {word.lower() for word in _WORDS.findall(name.rpartition(".")[2])}
        if name in known["decorators"] or not words.isdisjoint(known["words"]):
            return True
    return False


def is_cached(asker: Asker, function: Signature) -> bool:
    """Tell whether a decorator keeps the results of the function."""
    return not CACHES.isdisjoint(_decorators(asker, function))


def _decorators(asker: Asker, function: Signature) -> Iterator[str]:
    """Yield the names of a function's decorators, qualified where they are known."""
    for each in function.decorators:
        target = each.function if isinstance(each, Apply) else each
        if isinstance(target, Ref):
            yield resolve(asker, function.module, target.dotted) or target.dotted


def async_library(project: Project, module: str) -> str:
    """Return the library for asynchronous code that a module imports: asyncio, unless it imports another one only."""
    imported = project.ask(imported_modules, module)
    return next((each for each in _LIBRARIES if each in imported), "asyncio")


def imported_modules(project: Project, module: str) -> frozenset[str]:
    """Return the modules that a module imports, as written, and the packages that they are in."""
    found = project.module(module)
    project.read(module, IMPORTS)
    units = found.facts.units if found is not None else ()
    written = [each.module for unit in units for each in unit.imports]
    return frozenset(written) | {each.partition(".")[0] for each in written}


def imported_from(project: Project, module: str, name: str) -> str:
    """Return the module that a module imports `name` from, as written; empty if it does not."""
    found = project.module(module)
    project.read(module, IMPORTS)
    units = found.facts.units if found is not None else ()
    return next((each.module for unit in units for each in unit.imports if each.name == each.bound == name), "")


_SERVING = frozenset({Use.ENDPOINT, Use.DEPENDENCY, Use.MIDDLEWARE, Use.EXCEPTION_HANDLER})


def serves(asker: Asker, where: Environment, fact: FunctionFact) -> bool:
    """Tell whether FastAPI runs a function on the way to a response; `where` is where the `def` stands."""
    return not _SERVING.isdisjoint(fastapi.uses(asker, where, fact))


def is_command(asker: Asker, where: Environment, fact: FunctionFact) -> bool:
    """Tell whether the command line runs a function: a command of click or typer."""
    names = {each.rpartition(".")[2] for each in _names(fact.decorators)}
    return "command" in names and not _COMMAND_LINES.isdisjoint(asker.ask(imported_modules, where.module))


def runs_at_startup(asker: Asker, where: Environment, fact: FunctionFact) -> bool:
    """Tell whether a function runs while the server starts or stops: a lifespan, an `on_event` handler."""
    names = {each.rpartition(".")[2] for each in _names(fact.decorators)}
    if "on_event" in names:
        return True
    first = fact.parameters[0] if fact.parameters else None
    if not fact.is_generator or first is None:
        return False
    annotation = first.annotation
    written = resolve(asker, where.module, annotation.dotted) if isinstance(annotation, Ref) else ""
    if "lifespan" in fact.name or first.name == "app":
        return True
    return bool(written) and is_subclass(asker, written, *APPLICATIONS)


def _names(decorators: tuple[Term, ...]) -> Iterator[str]:
    for each in decorators:
        target = each.function if isinstance(each, Apply) else each
        if isinstance(target, Ref):
            yield target.dotted


def loop_bound_parameter(asker: Asker, where: Environment) -> str:
    """Return the name of a parameter whose value belongs to the event loop, or to one thread; empty if none does."""
    function = where.function
    for parameter in function.parameters if function is not None else ():
        known = inferred(asker, where, Ref(parameter.name))
        if any(_is_loop_bound(each.name) for each in known.members) or _is_made_by_loop(asker, where, parameter):
            return parameter.name
    return ""


def _is_loop_bound(qualified_class: str) -> bool:
    known: dict[str, list[str]] = table("blocking")["loop_bound"]
    return (
        qualified_class in known["classes"]
        or qualified_class.rpartition(".")[2].startswith("Async")
        or any(qualified_class.startswith(f"{module}.") for module in known["modules"])
    )


def _is_made_by_loop(asker: Asker, where: Environment, parameter: ParameterFact) -> bool:
    """Tell whether an asynchronous generator makes a value of which nothing else is known."""
    found = injection(asker, where.module, parameter.annotation, parameter.default)
    provider = found.arguments[0] if found is not None and found.arguments else None
    if not isinstance(provider, Ref) or inferred(asker, where, Ref(parameter.name)):
        return False
    known = asker.ask(signature, resolve(asker, where.module, provider.dotted))
    return known is not None and known.is_async and known.is_generator


def uses_event_loop(asker: Asker, where: Environment) -> bool:
    """Tell whether a function calls what needs a running event loop, or sets a context variable for its caller."""
    function = where.function
    for call in function.calls if function is not None else ():
        callee = callee_of(asker, where, call.term)
        if callee.partition(".")[0] in _LIBRARIES or callee == "contextvars.ContextVar.set":
            return True
    return False


def is_connection(asker: Asker, qualified_class: str) -> bool:
    """Tell whether a class is one of the sessions, connections and cursors that only one thread may use."""
    return is_subclass(asker, qualified_class, *table("blocking")["connections"]["classes"])
