"""What stands between a client and an endpoint: who may pass, and how often."""

from __future__ import annotations

from enum import IntEnum, StrEnum
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from fastidious_rules.knowledge import table
from fastidious_rules.semantics.inference import callee_of
from fastidious_rules.semantics.names import ancestry, function_fact
from fastidious_rules.semantics.values import value_type
from fastidious_rules.semantics.web.dependencies import called_for, dependencies_of
from fastidious_rules.semantics.web.exposure import words_of
from fastidious_rules.semantics.web.responses import status_of
from fastidious_rules.syntax.terms import Apply, Literal, Ref, Term, called_name, dotted, parts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.semantics.facts import FunctionFact
    from fastidious_rules.semantics.project import Asker, Project
    from fastidious_rules.semantics.types import Environment
    from fastidious_rules.semantics.web.dependencies import Dependency

LIMITER = "slowapi.Limiter"
LIMITING_METHODS = frozenset({"limit", "shared_limit"})
_ROUTE_METHODS = frozenset({"get", "post", "put", "patch", "delete", "head", "options", "trace", "api_route"})


class Strength(IntEnum):
    """How sure it is that something guards or limits."""

    NONE = 0
    POSSIBLE = 1
    """Something is there that nobody knows, or whose code speaks of it."""
    CERTAIN = 2


class Shield(StrEnum):
    """What may stand before an endpoint: the names of the sections of `protection.toml`."""

    GUARD = "guards"
    LIMITER = "limiters"


def is_limiting(asker: Asker, where: Environment, decorator: Term) -> bool:
    """Tell whether a decorator is a limit of slowapi: `@limiter.limit("5/minute")`."""
    if called_name(decorator) not in LIMITING_METHODS or not isinstance(decorator, Apply):
        return False
    owner = callee_of(asker, where, decorator).rpartition(".")[0]
    return bool(owner) and LIMITER in asker.ask(ancestry, owner)


def speaks_of(section: str, name: str) -> bool:
    """Tell whether a name contains a word, or words side by side, of a section of `protection.toml`."""
    words = words_of(name)
    known = _table(section)
    if not known.get("unless", frozenset()).isdisjoint(words):
        return False
    return not known["words"].isdisjoint(words) or any(
        f"{first} {second}" in known["phrases"] for first, second in pairwise(words)
    )


def shield_types(shield: str) -> frozenset[str]:
    """Return the classes of libraries whose objects guard or limit."""
    return _table(shield)["types"]


@cache
def _table(section: str) -> dict[str, frozenset[Any]]:
    return {key: frozenset(values) for key, values in table("protection")[section].items()}


def strength(project: Project, shield: str, module: str, symbol: str, number: str, extra: str) -> Strength:
    """Return how sure it is that a route depends on what guards or limits it.

    `extra` are names of dependencies that do, separated by commas.
    """
    names = frozenset(extra.split(",")) - {""}
    found = project.ask(dependencies_of, module, symbol, number)
    return max((dependency_strength(project, shield, each, names) for each in found), default=Strength.NONE)


def dependency_strength(
    project: Project, shield: str, dependency: Dependency, names: frozenset[str] = frozenset()
) -> Strength:
    """Return how sure it is that what an endpoint depends on guards or limits; `names` are those that are said to."""
    short = dependency.qualified.rpartition(".")[2] or dependency.written.rpartition(".")[2]
    if not short:
        return Strength.POSSIBLE
    if dependency.qualified in _table("credentials")["forms"]:
        return Strength.NONE
    if (dependency.is_security and shield == Shield.GUARD) or short in names or _is_called_so(shield, short):
        return Strength.CERTAIN
    return project.ask(strength_of, shield, dependency.qualified) if dependency.qualified else Strength.NONE


def _is_called_so(shield: str, name: str) -> bool:
    """Tell whether a name says that it guards or limits, and not that it gives something which could."""
    return speaks_of(shield, name) and words_of(name)[-1] not in _table("tools")["words"]


def strength_of(project: Project, shield: str, qualified: str) -> Strength:
    """Return how sure it is that a dependency guards or limits, by what it is and by what its code does."""
    if not shield_types(shield).isdisjoint(classes_of(project, qualified)):
        return Strength.CERTAIN
    found = (function_fact(project, each) for each in called_for(project, qualified))
    return max((acts_as(shield, each[1]) for each in found if each is not None), default=Strength.NONE)


def classes_of(project: Project, qualified: str) -> tuple[str, ...]:
    """Return the class that a dependency is, or is an object of, and its bases."""
    made = project.ask(value_type, qualified)
    return (*project.ask(ancestry, qualified), *(project.ask(ancestry, made.name) if made else ()))


def acts_as(shield: str, fact: FunctionFact) -> Strength:
    """Return how sure it is that the code of a function guards or limits: what it raises, and what it calls."""
    if any(_raises(shield, each) for each in fact.raised):
        return Strength.CERTAIN
    return Strength.POSSIBLE if any(_speaks(shield, call.term) for call in fact.calls) else Strength.NONE


def _raises(shield: str, raised: Term) -> bool:
    given = (*raised.arguments[:1], raised.keyword("status_code")) if isinstance(raised, Apply) else ()
    statuses = {status_of(each) for each in given if each is not None}
    return not statuses.isdisjoint(_table(shield)["statuses"])


def _speaks(shield: str, call: Apply) -> bool:
    """Tell whether the names in a call, or the texts given to it, speak of guarding or limiting."""
    texts = (part.text for each in call.arguments for part in parts(each) if isinstance(part, Literal))
    named = [part.dotted for part in parts(call.function) if isinstance(part, Ref)]
    single = (text for text in texts if " " not in text)
    return any(speaks_of(shield, name) for name in (*named, called_name(call), *single))


def decorators_shield(shield: str, fact: FunctionFact) -> bool:
    """Tell whether a decorator that declares no route guards or limits: `@requires("admin")`, `@limiter.limit(...)`."""
    return any(speaks_of(shield, name) for each in fact.decorators for name in _names_of(each))


def _names_of(decorator: Term) -> Iterator[str]:
    named = decorator.function if isinstance(decorator, Apply) else decorator
    name = dotted(named)
    if name.rpartition(".")[2] not in _ROUTE_METHODS:
        yield name


def middleware_shields(project: Project, shield: str) -> bool:
    """Tell whether some middleware of the project says that it guards or limits all endpoints."""
    return any(
        speaks_of(shield, name)
        for module in project.mentioning("iddleware")
        for fact in module.functions()
        for name in _middleware_in(fact)
    )


def _middleware_in(fact: FunctionFact) -> Iterator[str]:
    """Yield the names of middleware that a function adds, and its own if it is one."""
    if any(called_name(each) == "middleware" for each in fact.decorators):
        yield fact.name
    for call in fact.calls:
        if called_name(call.term) in {"add_middleware", "Middleware"} and call.term.arguments:
            yield dotted(call.term.arguments[0])
