"""Look for coroutines that work with a synchronous session of SQLAlchemy or SQLModel."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fastidious_rules.api import (
    BLOCKS_SESSION,
    SESSION,
    Await,
    ComprehensionClause,
    For,
    Function,
    Related,
    Rule,
    Safety,
    Severity,
    Span,
    Use,
    Yield,
    blocking,
    blocking_names,
    called_name,
    callee_of,
    on,
)
from fastidious_rules.catalogue.asynchrony.chains import short, short_library
from fastidious_rules.catalogue.asynchrony.plain_def import plain_def
from fastidious_rules.catalogue.asynchrony.sites import HARMLESS, helper_sites, policy_in, reached

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.api import CallFact, Finding, Fix, Scope

_QUERY = "sqlalchemy.orm.Query"
_THREADED = frozenset({Use.ENDPOINT, Use.DEPENDENCY, Use.EXCEPTION_HANDLER})
"""What FastAPI runs in a thread, if it is no coroutine."""
_SERVING = frozenset({Use.ENDPOINT, Use.DEPENDENCY, Use.MIDDLEWARE, Use.EXCEPTION_HANDLER})


class _Use(NamedTuple):
    """A place where a coroutine waits for the database without giving up its turn."""

    span: Span
    message: str
    evidence: str
    related: tuple[Related, ...] = ()
    cached: bool = False


class SyncSessionInAsyncFunction(Rule):
    """Coroutine that stops the event loop by working with a synchronous database session."""

    severity = Severity.ERROR
    message = "{what} blocks the event loop in async `{function}`; {remedy}"
    fixable = Safety.SAFE

    @on(Function)
    def check(self, function: Function, scope: Scope) -> Iterator[Finding]:
        """Report a coroutine once, at the first call that waits for the database."""
        fact = scope.fact_of(function) if function.is_async else None
        if fact is None or not fact.calls:
            return
        found = sorted([*_direct(function, fact.calls, scope), *_through_helpers(function, scope)])
        if found:
            first = found[0]
            yield self.finding(
                first.span,
                severity=Severity.HINT if all(each.cached for each in found) else _severity(function, scope),
                related=first.related,
                evidence=first.evidence + _others(len(found) - 1),
                what=first.message,
                function=function.name,
                remedy=_remedy(function, scope),
            )

    def fixes(self, view: Function, finding: Finding, scope: Scope) -> Iterator[Fix]:
        """Yield `def`, with which FastAPI runs the function in a thread, where nothing in it is awaited."""
        del finding
        yield from plain_def(view, scope)


def _direct(function: Function, calls: tuple[CallFact, ...], scope: Scope) -> Iterator[_Use]:
    where, policy = scope.inside(function), policy_in(scope)
    for call in calls:
        if call.awaited or called_name(call.term) not in blocking_names(SESSION):
            continue
        callee = callee_of(scope.asker, where, call.term)
        known = blocking(callee, policy) if callee else None
        if known is not None and known.kind == SESSION:
            yield _Use(Span(*call.span), f"`{short(callee)}`", f"The call is `{callee}`, which is not awaited.")
    for loop in (*function.body.find(For), *function.body.find(ComprehensionClause)):
        if not loop.is_async and scope.at(loop.iterable).type_of(loop.iterable).name == _QUERY:
            span = loop.iterable.span
            yield _Use(span, "a loop over a `Query`", f"Iterating over a `{_QUERY}` executes it.")


def _through_helpers(function: Function, scope: Scope) -> Iterator[_Use]:
    for site in helper_sites(function, scope, BLOCKS_SESSION):
        what = f"`{short(site.callee)}` ends in `{short_library(site.leaf)}` ({site.end}), which"
        yield _Use(site.span, what, f"{site.way}.", site.related, site.cached)


def _severity(function: Function, scope: Scope) -> Severity:
    if not _SERVING.isdisjoint(scope.uses(function)):
        return Severity.ERROR
    return Severity.HINT if reached(function, scope) in HARMLESS else Severity.WARNING


def _remedy(function: Function, scope: Scope) -> str:
    is_mixed = any(True for kind in (Await, Yield) for _ in function.body.find(kind))
    can_be_plain = not is_mixed and _may_be_plain(function, scope)
    return "declare it with `def`, or await an `AsyncSession`" if can_be_plain else "await an `AsyncSession` instead"


def _may_be_plain(function: Function, scope: Scope) -> bool:
    """Tell whether `def` would do: FastAPI runs it, or a decorator takes it that FastAPI may stand behind."""
    uses = scope.uses(function)
    return uses <= _THREADED if uses else bool(function.decorators) and not scope.class_name


def _others(count: int) -> str:
    waits = " Until the database answers, no other task of this event loop goes on."
    if not count:
        return waits
    return f"{waits} {count} more {'call' if count == 1 else 'calls'} of this function do the same."
