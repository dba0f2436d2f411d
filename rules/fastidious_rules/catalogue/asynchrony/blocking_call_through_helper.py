"""Look for synchronous functions of the project that block, called by coroutines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastidious_rules.api import (
    BLOCKS,
    Call,
    Function,
    Rule,
    Safety,
    Severity,
    Span,
    blocking,
    effective_calls,
    on,
    policy_of,
    reached_from,
)
from fastidious_rules.catalogue.asynchrony.chains import chain, hops, short, short_library
from fastidious_rules.catalogue.asynchrony.offloading import in_thread
from fastidious_rules.catalogue.asynchrony.plain_def import plain_def

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.api import EffectiveCall, Finding, Fix, Scope

_HARMLESS = frozenset({"startup", "script"})


class BlockingCallThroughHelper(Rule):
    """Call of a synchronous function of the project that ends in a call which stops the event loop."""

    severity = Severity.WARNING
    message = "`{helper}` ends in `{leaf}` ({where}), which blocks the event loop in `{function}`; run it in a thread"
    fixable = Safety.SAFE

    @on(Function)
    def check(self, function: Function, scope: Scope) -> Iterator[Finding]:
        """Report each call, in a coroutine, of a function that blocks, with the way to what it ends in."""
        fact = scope.fact_of(function) if function.is_async else None
        if fact is None or not fact.calls:
            return
        policy = policy_of(scope.settings.options.get("blocking-call-in-async", {}))
        here = {call.span for call in fact.calls}
        for call in scope.ask(effective_calls, scope.qualified(function), BLOCKS, policy.word):
            if call.span in here and blocking(call.callee, policy) is None:
                yield self._finding(call, function, scope)

    def _finding(self, call: EffectiveCall, function: Function, scope: Scope) -> Finding:
        callee, effect = call.callee, call.effect
        reached = scope.ask(reached_from, scope.qualified(function))
        related = hops(call)
        return self.finding(
            Span(*call.span),
            severity=Severity.HINT if effect.cached or reached in _HARMLESS else Severity.WARNING,
            related=related,
            evidence=_evidence(call, function, reached),
            helper=short(callee),
            leaf=short_library(effect.leaf),
            where=f"{{@{len(related) - 1}}}",
            function=function.name,
        )

    def fixes(self, view: Function, finding: Finding, scope: Scope) -> Iterator[Fix]:
        """Yield `def` where FastAPI runs the function, then a thread for the call."""
        yield from plain_def(view, scope)
        for call in view.body.find(Call):
            if call.span == finding.span:
                yield from in_thread(call, scope.at(call))


def _evidence(call: EffectiveCall, function: Function, reached: str) -> str:
    way = chain(function.name, call)
    if call.effect.cached:
        return f"{way}. A cache keeps results, so only the first call with the same arguments blocks."
    if reached == "startup":
        return f"{way}. It runs while the server starts or stops, when no request waits."
    return f"{way}. Until it returns, no other task of this event loop goes on."
