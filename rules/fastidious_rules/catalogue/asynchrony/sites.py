"""Where a coroutine stops the event loop: what the rules about it share."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fastidious_rules.api import (
    Apply,
    Function,
    Span,
    blocking,
    effective_calls,
    policy_of,
    reached_from,
    waits,
)
from fastidious_rules.catalogue.asynchrony.chains import chain, hops

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.api import Blocking, Call, Policy, Related, Scope

REQUEST = "request"
HARMLESS = frozenset({"startup", "script"})
"""What may lead to a coroutine that keeps nobody waiting."""


class Site(NamedTuple):
    """A call of a function of the project that ends in a call of a library."""

    span: Span
    callee: str
    leaf: str
    """Qualified name of the library's function."""
    related: tuple[Related, ...]
    way: str
    """The way there; `{@n}` in it are the places of `related`."""
    cached: bool

    @property
    def end(self) -> str:
        """Where the library is called, as a message says it."""
        return f"{{@{len(self.related) - 1}}}"


def policy_in(scope: Scope) -> Policy:
    """Return what the user adds to the table of calls that block, and takes from it."""
    settings = scope.settings
    return policy_of(settings.options.get("blocking-call-in-async", {}), settings.extra_blocking)


def known_call(call: Call, scope: Scope) -> Blocking | None:
    """Return what is known of a call that blocks; None if it is not known to, or does not wait."""
    known = blocking(scope.resolve(call), policy_in(scope))
    term = call.term
    return known if known is not None and isinstance(term, Apply) and waits(term, known.name) else None


def coroutine_around(call: Call, scope: Scope) -> Function | None:
    """Return the coroutine in whose own body a call runs, unless it is awaited."""
    function = scope.function
    return function if function is not None and function.is_async and not call.is_awaited else None


def helper_sites(function: Function, scope: Scope, sort: str) -> Iterator[Site]:
    """Yield the calls of functions of the project, in a coroutine, that have the effect `sort`."""
    fact = scope.fact_of(function) if function.is_async else None
    if fact is None or not fact.calls:
        return
    policy = policy_in(scope)
    here = {call.span for call in fact.calls}
    for call in scope.ask(effective_calls, scope.qualified(function), sort, policy.word):
        if call.span in here and blocking(call.callee, policy) is None:
            effect = call.effect
            way = chain(function.name, call)
            yield Site(Span(*call.span), call.callee, effect.leaf, hops(call), way, effect.cached)


def reached(function: Function, scope: Scope) -> str:
    """Return what leads to a coroutine: a request, the start of the server, a script; empty if nobody knows."""
    return scope.ask(reached_from, scope.qualified(function))
