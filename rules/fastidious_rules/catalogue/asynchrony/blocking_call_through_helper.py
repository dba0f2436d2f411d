"""Look for synchronous functions of the project that block, called by coroutines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastidious_rules.api import BLOCKS, Call, Function, Rule, Safety, Severity, on
from fastidious_rules.catalogue.asynchrony.chains import short, short_library
from fastidious_rules.catalogue.asynchrony.offloading import in_thread
from fastidious_rules.catalogue.asynchrony.plain_def import plain_def
from fastidious_rules.catalogue.asynchrony.sites import HARMLESS, helper_sites, reached

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.api import Finding, Fix, Scope
    from fastidious_rules.catalogue.asynchrony.sites import Site


class BlockingCallThroughHelper(Rule):
    """Call of a synchronous function of the project that ends in a call which stops the event loop."""

    severity = Severity.WARNING
    message = "`{helper}` ends in `{leaf}` ({where}), which blocks the event loop in `{function}`; run it in a thread"
    fixable = Safety.SAFE

    @on(Function)
    def check(self, function: Function, scope: Scope) -> Iterator[Finding]:
        """Report each call, in a coroutine, of a function that blocks, with the way to what it ends in."""
        for site in helper_sites(function, scope, BLOCKS):
            way = reached(function, scope)
            yield self.finding(
                site.span,
                severity=_severity(site, way),
                related=site.related,
                evidence=_evidence(site, way),
                helper=short(site.callee),
                leaf=short_library(site.leaf),
                where=site.end,
                function=function.name,
            )

    def fixes(self, view: Function, finding: Finding, scope: Scope) -> Iterator[Fix]:
        """Yield `def` where FastAPI runs the function, then a thread for the call."""
        yield from plain_def(view, scope)
        for call in view.body.find(Call):
            if call.span == finding.span:
                yield from in_thread(call, scope.at(call))


_NEAR = 2


def _severity(site: Site, reached_by: str) -> Severity:
    """Return how bad it is: each call more on the way is one more branch that may not be taken."""
    if site.cached or reached_by in HARMLESS or len(site.related) > _NEAR + 1:
        return Severity.HINT
    return Severity.WARNING if len(site.related) <= _NEAR else Severity.INFORMATION


def _evidence(site: Site, reached_by: str) -> str:
    if site.cached:
        return f"{site.way}. A cache keeps results, so only the first call with the same arguments blocks."
    if reached_by == "startup":
        return f"{site.way}. It runs while the server starts or stops, when no request waits."
    return f"{site.way}. Until it returns, no other task of this event loop goes on."
