"""Limits above the route that they are meant for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastidious_rules.api import Decorator, Edit, Fix, Function, Rule, Safety, Severity, Span, on
from fastidious_rules.catalogue.security.limiting_decorators import limiting_decorators

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.api import Finding, Scope


class RateLimitDecoratorOrder(Rule):
    """Limit above the route decorator, where no request passes through it."""

    severity = Severity.ERROR
    message = (
        "`@{limit}` never limits `{endpoint}`: `@{route}` registers the function without it; put it below the route"
    )
    fixable = Safety.SAFE

    @on(Function)
    def check(self, function: Function, scope: Scope) -> Iterator[Finding]:
        """Report limits that stand above a route."""
        if len(function.decorators) < 2:  # noqa: PLR2004  a limit and a route
            return
        for limit, route in _above_routes(function, scope):
            yield self.finding(
                limit.value,
                limit=limit.name.text,
                route=route.name.text,
                endpoint=function.name,
                evidence=(
                    f"Decorators run from the bottom: `@{route.name.text}` adds `{function.name}` to the router, "
                    f"then `@{limit.name.text}` wraps it, and nobody calls the wrapper."
                ),
            )

    def fixes(self, view: Function, finding: Finding, scope: Scope) -> Iterator[Fix]:
        """Yield the fix that moves the limit below the routes."""
        for limit, route in _above_routes(view, scope):
            if limit.value.span == finding.span:
                yield Fix(f"Move `@{limit.name.text}` below the route", _moved(view, limit, route, scope))


def _above_routes(function: Function, scope: Scope) -> Iterator[tuple[Decorator, Decorator]]:
    """Yield each limit that stands above a route, with the lowest route."""
    limits = limiting_decorators(function, scope)
    if not limits:
        return
    declared = {route.call for route in scope.routes(function)}
    routes = [each for each in function.decorators if each.value.term in declared]
    for each in limits:
        if routes and each.span.start < routes[-1].span.start:
            yield each, routes[-1]


def _moved(function: Function, limit: Decorator, route: Decorator, scope: Scope) -> tuple[Edit, ...]:
    """Return the edits that move the lines of a decorator, comments and all, behind those of another."""
    starts = [*(each.span.start for each in function.decorators), function.span.start]
    begin, end = limit.span.start, starts[starts.index(limit.span.start) + 1]
    target = starts[starts.index(route.span.start) + 1]
    unit = scope.unit_span.start
    lines = scope.document_text[unit + begin : unit + end].decode("utf-8", "surrogatepass")
    return (Edit(Span(begin, end), ""), Edit(Span(target, target), lines.replace("\r\n", "\n")))
