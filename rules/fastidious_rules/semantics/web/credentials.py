"""Endpoints where somebody can try secrets until one fits, and what keeps them from trying too often."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fastidious_rules.knowledge import table
from fastidious_rules.semantics.names import function_fact, resolve
from fastidious_rules.semantics.role import Role
from fastidious_rules.semantics.types import annotated
from fastidious_rules.semantics.web.authentication import roots_of, routing_modules
from fastidious_rules.semantics.web.exposure import words_of
from fastidious_rules.semantics.web.fastapi import APPLICATION
from fastidious_rules.semantics.web.protection import (
    Shield,
    Strength,
    acts_as,
    decorators_shield,
    middleware_shields,
    speaks_of,
    strength,
)
from fastidious_rules.semantics.web.routing import Endpoint, entries, router_call
from fastidious_rules.syntax.terms import called_name, dotted

if TYPE_CHECKING:
    from fastidious_rules.semantics.facts import FunctionFact, UnitFacts
    from fastidious_rules.semantics.place import Place
    from fastidious_rules.semantics.project import Project

_TRACES = ("imit", "hrottl")
"""What is part of every word that a module uses which limits."""


class Unlimited(NamedTuple):
    """An endpoint that takes secrets as often as somebody sends them."""

    symbol: str
    number: int
    path: str
    place: Place
    roots: tuple[str, ...]
    reason: str
    """Why it is one where secrets can be guessed, as the end of a sentence."""


def unlimited_in(project: Project, module: str, extra: str) -> tuple[Unlimited, ...]:
    """Return the endpoints of a module that check secrets and that nothing limits."""
    endpoints = (each for each in project.ask(entries, module) if isinstance(each, Endpoint) and "POST" in each.methods)
    found = (_unlimited(project, module, each, extra) for each in endpoints)
    return tuple(each for each in found if each is not None)


def _unlimited(project: Project, module: str, endpoint: Endpoint, extra: str) -> Unlimited | None:
    found = function_fact(project, f"{module}.{endpoint.symbol}")
    if found is None or endpoint.path is None:
        return None
    fact = found[1]
    reason = _reason(project, module, endpoint, fact)
    route = (module, endpoint.symbol, str(endpoint.number))
    if not reason or _is_limited(project, fact, route, extra) or _is_for_users(project, route):
        return None
    roots = roots_of(project, endpoint)
    return Unlimited(endpoint.symbol, endpoint.number, endpoint.path, endpoint.place, roots, reason)


def _reason(project: Project, module: str, endpoint: Endpoint, fact: FunctionFact) -> str:
    forms = _credentials("forms")
    if any(annotated(project, module, each.annotation).name in forms for each in fact.parameters):
        return "it takes an `OAuth2PasswordRequestForm`"
    check = project.ask(credential_check, f"{module}.{endpoint.symbol}")
    if check:
        return f"it calls `{check}`"
    if not _credentials("unless").isdisjoint(words_of(fact.name)):
        return ""
    fixed = [part for part in (endpoint.path or "").split("/") if part and "{" not in part]
    return f"its path ends with `/{fixed[-1]}`" if fixed and _is_for_secrets(fixed[-1]) else ""


def credential_check(project: Project, qualified: str) -> str:
    """Return the name of the function that a function calls to check a secret, empty if it calls none."""
    found = function_fact(project, qualified)
    names = (called_name(each.term) for each in found[1].calls) if found is not None else ()
    return next((each for each in names if " ".join(words_of(each)) in _credentials("checks")), "")


def _is_for_secrets(segment: str) -> bool:
    """Tell whether the last part of a path is a word for proving who one is, and nothing more: `login`, not `login-history`."""
    words = words_of(segment)
    return " ".join(words) in _credentials("words") | _credentials("phrases")


def _credentials(key: str) -> frozenset[str]:
    return frozenset(table("protection")["credentials"][key])


def _is_limited(project: Project, fact: FunctionFact, route: tuple[str, str, str], extra: str) -> bool:
    if decorators_shield(Shield.LIMITER, fact) or acts_as(Shield.LIMITER, fact) is not Strength.NONE:
        return True
    return project.ask(strength, Shield.LIMITER, *route, extra) is not Strength.NONE


def _is_for_users(project: Project, route: tuple[str, str, str]) -> bool:
    """Tell whether only somebody who is signed in already gets to a route."""
    return project.ask(strength, Shield.GUARD, *route, "") is Strength.CERTAIN


# The whole project


def unlimited(project: Project, extra: str) -> tuple[Unlimited, ...]:
    """Return the endpoints of the project that check secrets and that nothing limits; none if middleware limits all."""
    if project.ask(middleware_shields, Shield.LIMITER):
        return ()
    return tuple(each for module in routing_modules(project) for each in project.ask(unlimited_in, module, extra))


def limits_somewhere(project: Project) -> bool:
    """Tell whether production code has anything that limits: then it is a matter of single endpoints."""
    found = {each.name: each for word in _TRACES for each in project.mentioning(word)}
    modules = (each for each in found.values() if project.role_of(each.path, each.name) is Role.CODE)
    return any(limiting for each in modules for limiting in each.derived(_limits))


def _limits(unit: UnitFacts) -> bool:
    """Tell whether a unit imports a library that limits, or defines or calls something that says so."""
    packages = table("protection")["limiting"]["packages"]
    if any(each.module.partition(".")[0] in packages for each in unit.imports):
        return True
    functions = (each for each in unit.functions if each.name)
    defined = [each.name for each in (*functions, *unit.classes)]
    called = (called_name(call.term) for function in unit.functions for call in function.calls)
    return any(speaks_of(Shield.LIMITER, name) for name in (*defined, *called))


def first_application(project: Project, extra: str) -> str:
    """Return the router that is to say that nothing limits: the first application with such endpoints; empty if none is one."""
    found = sorted({root for each in project.ask(unlimited, extra) for root in each.roots})
    return next((each for each in found if _is_application(project, each)), "")


def _is_application(project: Project, router: str) -> bool:
    made = project.ask(router_call, router)
    return made is not None and resolve(project, made[0], dotted(made[1].function)) == APPLICATION
