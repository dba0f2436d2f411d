"""Endpoints where secrets can be tried as fast as the server answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fastidious_rules.api import (
    Assignment,
    Call,
    Function,
    Related,
    Rule,
    Severity,
    first_application,
    limits_somewhere,
    on,
    unlimited,
    unlimited_in,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.api import Finding, Scope, Unlimited

_NOWHERE = "nothing limits how often secrets can be tried, in {count} such as `POST {path}`; limit them by client"
_GATEWAY = "gateway"
_APPLICATION = "fastapi.FastAPI"


@dataclass(frozen=True, slots=True)
class Options:
    """Where a project limits, and with what."""

    enforced_by: str = "application"
    """`gateway` says that a proxy in front of the application limits these endpoints."""
    limiters: tuple[str, ...] = ()
    """Names of dependencies that limit, whatever they are called."""


class MissingRateLimit(Rule):
    """Endpoint that checks passwords, codes or tokens as often as somebody asks."""

    severity = Severity.INFORMATION
    message = "nothing limits how often anybody calls `{endpoint}`, to guess secrets or to flood it; limit it by client"
    Options = Options

    @on(Function)
    def check(self, function: Function, scope: Scope) -> Iterator[Finding]:
        """Report endpoints for credentials without a limit, in a project that has limits elsewhere."""
        if not function.decorators or scope.options.enforced_by == _GATEWAY or not _posts(function, scope):
            return
        fact = scope.fact_of(function)
        extra = ",".join(scope.options.limiters)
        own = [each for each in scope.ask(unlimited_in, scope.module, extra) if fact and each.symbol == fact.name]
        if not own or own[0] not in scope.ask(unlimited, extra):
            return
        if scope.ask(limits_somewhere) or _stands_for_all(own[0], scope, extra):
            evidence = f"Secrets can be guessed here: {own[0].reason}, and nothing on the way to it limits."
            yield self.finding(function.name_view, endpoint=function.name, evidence=evidence)

    @on(Call, names=frozenset({"FastAPI"}))
    def check_application(self, call: Call, scope: Scope) -> Iterator[Finding]:
        """Report, once, an application of which no endpoint for credentials is limited."""
        if scope.options.enforced_by == _GATEWAY or scope.resolve(call) != _APPLICATION:
            return
        extra = ",".join(scope.options.limiters)
        if scope.ask(limits_somewhere) or _router(call, scope) != scope.ask(first_application, extra):
            return
        found = scope.ask(unlimited, extra)
        if not found:
            return
        yield self.finding(
            call,
            message=_NOWHERE,
            count="one endpoint" if len(found) == 1 else f"{len(found)} endpoints",
            path=found[0].path,
            related=tuple(Related(each.place, f"secrets can be guessed here: {each.reason}") for each in found),
            evidence="The project imports no limiter and names none.",
        )


def _posts(function: Function, scope: Scope) -> bool:
    return any("POST" in route.methods for route in scope.routes(function))


def _router(call: Call, scope: Scope) -> str:
    """Return what identifies the application that a call makes: see `semantics.routing`."""
    around = call.parent
    target = around.target.text if isinstance(around, Assignment) else ""
    function = scope.function
    if not target:
        return ""
    return f"{scope.module}.{target}" if function is None else f"{scope.qualified(function)}:{target}"


def _stands_for_all(own: Unlimited, scope: Scope, extra: str) -> bool:
    """Tell whether this is to be reported in the place of an application that nobody sees."""
    return not scope.ask(first_application, extra) and scope.ask(unlimited, extra)[0] == own
