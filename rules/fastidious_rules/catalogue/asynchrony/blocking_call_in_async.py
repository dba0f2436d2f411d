"""Look for calls that block the event loop in the body of a coroutine."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

from fastidious_rules.api import (
    Call,
    Function,
    Rule,
    Safety,
    Severity,
    blocking_names,
    on,
    severity_of,
)
from fastidious_rules.catalogue.asynchrony.alternatives import alternative_to, async_client, remedy_for
from fastidious_rules.catalogue.asynchrony.async_client import with_async_client
from fastidious_rules.catalogue.asynchrony.async_process import with_async_process
from fastidious_rules.catalogue.asynchrony.offloading import awaited_instead, in_thread
from fastidious_rules.catalogue.asynchrony.plain_def import plain_def
from fastidious_rules.catalogue.asynchrony.sites import HARMLESS, known_call, policy_in, reached

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from fastidious_rules.api import Blocking, Finding, Fix, Scope

_LONGEST = 40


@dataclass(frozen=True, slots=True)
class Options:
    """What to add to the table of blocking calls, and what to leave out."""

    extra: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Qualified names of other functions that block, each with what to await instead (may be empty)."""
    allow: tuple[str, ...] = ()
    """Qualified names of functions that may block."""


class BlockingCallInAsync(Rule):
    """Call that stops the event loop while a coroutine runs."""

    severity = Severity.ERROR
    message = "`{call}` blocks the event loop in async `{function}`; {remedy}"
    Options = Options
    fixable = Safety.SAFE

    @on(Call, names=blocking_names())
    def check(self, call: Call, scope: Scope) -> Iterator[Finding]:
        """Report calls of the table of blocking calls."""
        function = scope.function
        if function is not None and function.is_async and not call.is_awaited:
            yield from self._check(call, function, scope)

    @on(Function)
    def check_extra(self, function: Function, scope: Scope) -> Iterator[Finding]:
        """Report calls that only the user's settings know."""
        added = policy_in(scope).names - blocking_names() if function.is_async else None
        if not added:
            return
        for call in function.body.find(Call):
            if not call.is_awaited and call.last_name in added:
                yield from self._check(call, function, scope.at(call))

    def _check(self, call: Call, function: Function, scope: Scope) -> Iterator[Finding]:
        known = known_call(call, scope)
        if known is None or not severity_of(known.kind) or _is_done(call, known, function):
            return
        way = reached(function, scope)
        yield self.finding(
            call,
            severity=_severity(known.kind, way),
            evidence=_evidence(known, function, way),
            call=_shown(call),
            function=function.name,
            remedy=remedy_for(known, scope),
        )

    def fixes(self, view: Call | Function, finding: Finding, scope: Scope) -> Iterator[Fix]:
        """Yield, in this order: the same call awaited, `def`, an asynchronous client or process, a thread."""
        call = _call_at(view, finding)
        if call is None:
            return
        scope = scope.at(call)
        function, known = scope.function, known_call(call, scope)
        if function is None or known is None:
            return
        if known.drop_in == "safe":
            yield from awaited_instead(call, alternative_to(known, scope), Safety.SAFE)
        yield from plain_def(function, scope)
        if not known.bound:
            yield from in_thread(call, scope)
        if known.drop_in == "unsafe":
            yield from awaited_instead(call, alternative_to(known, scope), Safety.UNSAFE)
        yield from with_async_client(call, known.name, async_client(known.name, scope), scope)
        yield from with_async_process(call, known.name, scope)


def _call_at(view: Call | Function, finding: Finding) -> Call | None:
    if isinstance(view, Call):
        return view
    return next((call for call in view.body.find(Call) if call.span == finding.span), None)


def _is_done(call: Call, known: Blocking, function: Function) -> bool:
    """Tell whether the function asks a future whether it is done before it takes the result."""
    receiver = call.receiver
    return known.kind == "future" and receiver is not None and f"{receiver.text}.done()" in function.text


def _severity(kind: str, way: str) -> Severity:
    if way in HARMLESS:
        return Severity.HINT
    return Severity(severity_of(kind)) if way else Severity.WARNING


def _shown(call: Call) -> str:
    text = call.function.text
    return text if len(text) <= _LONGEST and "\n" not in text else call.last_name


def _evidence(known: Blocking, function: Function, way: str) -> str:
    where = {
        "request": "It lies on the way to a response: until it returns, this process answers no other request.",
        "startup": "It runs while the server starts or stops, when no request waits.",
        "script": "Only a script with an event loop of its own was found to run it.",
    }.get(way, "Until it returns, no other task of this event loop goes on.")
    return f"The call is `{known.name}`, and `{function.name}` runs on the event loop. {where}"
