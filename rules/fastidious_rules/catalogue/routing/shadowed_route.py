"""The rule shadowed-route."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastidious_rules.api import (
    Finding,
    Fix,
    Function,
    Related,
    Rule,
    Safety,
    Scope,
    Severity,
    moved_above,
    on,
    shadows,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.api import Shadow


class ShadowedRoute(Rule):
    """Route that no request reaches, because an earlier route matches its path too."""

    severity = Severity.WARNING
    message = "`{method} {path}` is never reached: `{by_path}` is tried first and {consequence}; declare it earlier"
    fixable = Safety.UNSAFE

    @on(Function)
    def check(self, function: Function, scope: Scope) -> Iterator[Finding]:
        """Report the decorators of routes that are hidden."""
        for shadow in _shadows_of(function, scope):
            where = function.decorators[shadow.number].call
            if where is None:
                continue
            by = shadow.by.symbol.rpartition(".")[2]
            yield self.finding(
                where.arguments[0] if where.arguments else where,
                severity=Severity.ERROR if shadow.rejecting else None,
                related=(Related(shadow.by, f"`{by}` takes these requests"),),
                evidence=_evidence(shadow, by),
                method=shadow.method,
                path=shadow.path,
                by_path=shadow.by_path,
                consequence="answers 422" if shadow.rejecting else "takes it",
            )

    def fixes(self, view: Function, finding: Finding, scope: Scope) -> Iterator[Fix]:
        """Offer to move the function above the one that hides it."""
        fact = scope.fact_of(view)
        edits = moved_above(scope, fact, finding.related[0].place) if fact is not None else ()
        if edits:
            by = finding.related[0].place.symbol
            yield Fix(f"Move `{view.name}` above `{by}`, so that it gets its requests", edits, (), Safety.UNSAFE)


def _shadows_of(function: Function, scope: Scope) -> tuple[Shadow, ...]:
    fact = scope.fact_of(function) if function.decorators else None
    if fact is None or not any(each.call is not None for each in function.decorators):
        return ()
    return scope.ask(shadows, scope.module, fact.name) if scope.routes(function) else ()


def _evidence(shadow: Shadow, by: str) -> str:
    order = (
        f"Routes are tried in the order in which they are declared, and `{shadow.by_path}` of `{by}` ({{@0}}) matches."
    )
    if not shadow.rejecting:
        return order
    return f"{order} `{shadow.rejecting}` is declared as `{shadow.rejecting_type}`, so the answer is 422 Unprocessable Entity."
