"""Look for calls that compute for long on the event loop."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastidious_rules.api import (
    BLOCKS_PROCESSOR,
    PROCESSOR,
    Call,
    Function,
    Rule,
    Safety,
    Severity,
    blocking,
    blocking_names,
    on,
)
from fastidious_rules.catalogue.asynchrony.chains import short, short_library
from fastidious_rules.catalogue.asynchrony.offloading import in_process, in_thread
from fastidious_rules.catalogue.asynchrony.plain_def import plain_def
from fastidious_rules.catalogue.asynchrony.sites import HARMLESS, coroutine_around, helper_sites, known_call, reached

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.api import Blocking, Finding, Fix, Scope

_LOOP = "Until it returns, no other task of this event loop goes on."


class CpuBoundInAsync(Rule):
    """Call that keeps the processor, and with it the event loop, while a coroutine runs."""

    severity = Severity.WARNING
    message = "{what} keeps the processor and stops the event loop in async `{function}`; {remedy}"
    fixable = Safety.SAFE

    @on(Call, names=blocking_names(PROCESSOR))
    def check(self, call: Call, scope: Scope) -> Iterator[Finding]:
        """Report calls of the table of functions that compute for long."""
        function = coroutine_around(call, scope)
        known = _known(call, scope) if function is not None else None
        if function is None or known is None:
            return
        yield self.finding(
            call,
            severity=_severity(function, scope),
            evidence=f"The call is `{known.name}`. {_LOOP} {_reason(known)}",
            what=f"`{short_library(known.name)}`",
            function=function.name,
            remedy=_remedy(known),
        )

    @on(Function)
    def check_helpers(self, function: Function, scope: Scope) -> Iterator[Finding]:
        """Report calls of functions of the project that end in one of them."""
        for site in helper_sites(function, scope, BLOCKS_PROCESSOR):
            known = blocking(site.leaf)
            if known is None:
                continue
            yield self.finding(
                site.span,
                severity=Severity.HINT if site.cached else _severity(function, scope),
                related=site.related,
                evidence=f"{site.way}. {_LOOP} {_reason(known)}",
                what=f"`{short(site.callee)}` ends in `{short_library(site.leaf)}` ({site.end}), which",
                function=function.name,
                remedy=_remedy(known),
            )

    def fixes(self, view: Call | Function, finding: Finding, scope: Scope) -> Iterator[Fix]:
        """Yield `def` where FastAPI runs the function, then a thread or a process for the call."""
        function = view if isinstance(view, Function) else scope.function
        if function is None:
            return
        yield from plain_def(function, scope)
        for call in function.body.find(Call):
            if call.span == finding.span:
                known = _known(call, scope.at(call))
                if known is not None and not known.releases_gil:
                    yield from in_process(call)
                yield from in_thread(call, scope.at(call))


def _known(call: Call, scope: Scope) -> Blocking | None:
    known = known_call(call, scope)
    return known if known is not None and known.kind == PROCESSOR else None


def _severity(function: Function, scope: Scope) -> Severity:
    return Severity.HINT if reached(function, scope) in HARMLESS else Severity.WARNING


def _remedy(known: Blocking) -> str:
    return "run it in a thread" if known.releases_gil else "run it in a process"


def _reason(known: Blocking) -> str:
    if known.releases_gil:
        return "It releases the GIL while it computes, so in a thread it keeps nobody."
    return "It holds the GIL while it computes: in a thread it still takes turns away from the event loop."
