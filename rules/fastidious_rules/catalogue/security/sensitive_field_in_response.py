"""Secrets in responses."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from fastidious_rules.api import (
    Function,
    Literal,
    Related,
    Rule,
    Safety,
    Severity,
    annotated,
    callee_of,
    calls_hiding,
    class_shape,
    exposed,
    hides_secrets,
    is_masked,
    is_never_filled,
    is_secret_name,
    is_text,
    on,
    parts,
    response_contract,
    says,
    words_of,
)
from fastidious_rules.catalogue.security.hidden_fields import excluding, public_model

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.api import Exposed, Finding, Fix, Route, Scope, Type, View


@dataclass(frozen=True, slots=True)
class Options:
    """What a project calls its secrets."""

    extra: tuple[str, ...] = ()
    """More names of fields that no client may see."""
    allow: tuple[str, ...] = ()
    """Names of fields that are no secrets here."""


class SensitiveFieldInResponse(Rule):
    """Field with a secret, in what an endpoint returns."""

    severity = Severity.ERROR
    message = "`{field}` is sent to every client of `{endpoint}`; exclude it, or return a model without it"
    fixable = Safety.UNSAFE
    Options = Options

    @on(Function)
    def check(self, function: Function, scope: Scope) -> Iterator[Finding]:
        """Report each secret that the models of the response show, transitively."""
        if not function.decorators:
            return
        for route in scope.routes(function):
            where, response = _response(function, route, scope)
            if where is None or not response:
                continue
            found = [
                each
                for each in self._shown(response, function, route, scope)
                if not _is_unfilled(each[0], function, scope)
            ]
            if found and not _hides(function, scope):
                yield from self._findings(where, found, function, scope)

    def _shown(
        self, response: Type, function: Function, route: Route, scope: Scope
    ) -> Iterator[tuple[Exposed, Severity]]:
        for each in exposed(scope.asker, response):
            severity = _severity(each, function, route, scope)
            if severity is not None:
                yield each, severity

    def _findings(
        self, where: View, found: list[tuple[Exposed, Severity]], function: Function, scope: Scope
    ) -> Iterator[Finding]:
        """Yield a finding for each secret; where a response has a crowd of them, one for the crowd."""
        for severity, alike in groupby(sorted(found, key=_rank), key=_rank):
            fields = [each for each, _ in alike]
            if len(fields) <= _MOST_REPORTED:
                yield from (self._finding(where, each, severity, function, scope) for each in fields)
            else:
                yield self._crowd(where, fields, severity, function)

    def _crowd(self, where: View, found: list[Exposed], severity: Severity, function: Function) -> Finding:
        return self.finding(
            where,
            severity=severity,
            message=_CROWD,
            related=tuple(Related(each.field.place, f"`{_written(each)}` is declared here") for each in found),
            field=_written(found[0]),
            others=len(found) - 1,
            endpoint=function.name,
        )

    def _finding(self, where: View, found: Exposed, severity: Severity, function: Function, scope: Scope) -> Finding:
        return self.finding(
            where,
            severity=severity,
            related=tuple(_chain(found, scope)),
            evidence=_evidence(found),
            message=_MASKED if severity is Severity.HINT else _ONCE if severity is Severity.WARNING else "",
            field=_written(found),
            endpoint=function.name,
        )

    def fixes(self, view: Function, finding: Finding, scope: Scope) -> Iterator[Fix]:
        """Yield the exclusion of the field where it is declared, and a model without it."""
        for route in scope.routes(view):
            where, response = _response(view, route, scope)
            if where is None or where.span != finding.span:
                continue
            for each, severity in self._shown(response, view, route, scope):
                if self._finding(where, each, severity, view, scope).message == finding.message:
                    yield from excluding(each, scope)
                    yield from public_model(each, where, scope)
                    return


_MASKED = "`{field}` is shown to clients of `{endpoint}` as asterisks; leave it out of the response"
_ONCE = "`{field}` is sent to clients of `{endpoint}`; make sure that it is shown only once, and never stored in clear"
_CROWD = (
    "`{field}` and {others} more fields with secrets are sent to clients of `{endpoint}`; return a model without them"
)
_MOST_REPORTED = 3


def _rank(found: tuple[Exposed, Severity]) -> Severity:
    return found[1]


def _written(found: Exposed) -> str:
    return f"{found.field.owner.rpartition('.')[2]}.{found.field.name}"


def _is_unfilled(found: Exposed, function: Function, scope: Scope) -> bool:
    """Tell whether the endpoint leaves an optional field empty in all that it makes."""
    name = scope.qualified(function)
    return found.field.has_default and scope.ask(is_never_filled, name, found.holder.name, found.field.name)


def _response(function: Function, route: Route, scope: Scope) -> tuple[View | None, Type]:
    """Return where the contract of a response is written, and its type."""
    fact = scope.fact_of(function)
    decorator = next((each.call for each in function.decorators if each.value.term == route.call), None)
    contract = response_contract(fact, route) if fact is not None else None
    written = decorator.keywords.get("response_model") if decorator is not None else None
    where = written or function.returns
    return (where if contract is not None else None), annotated(scope.asker, scope.module, contract)


def _severity(found: Exposed, function: Function, route: Route, scope: Scope) -> Severity | None:
    """Return how bad it is that a field is shown; None if it is no secret, or is left out here."""
    field, options = found.field, scope.options
    extra = (*options.extra, *scope.settings.sensitive_names)
    if not is_secret_name(field.name, extra, options.allow) or _is_left_out(found, route):
        return None
    if is_masked(field.type):
        return Severity.HINT
    if not is_text(field.type):
        return None
    said = (function.name, route.path or "", found.model.short)
    if _is_meant_for_client(words_of(field.name)[-2:], said):
        return None
    return Severity.WARNING if _is_issued(field.name, function, route, said) else Severity.ERROR


def _is_meant_for_client(last: tuple[str, ...], said: tuple[str, ...]) -> bool:
    """Tell whether such a value is made for the browser: a refresh token at sign-in, the `client_secret` of a payment."""
    if last == ("refresh", "token"):
        return says("signing_in", *said)
    return last == ("client", "secret") and says("paying", *said)


def _hides(function: Function, scope: Scope) -> bool:
    """Tell whether the endpoint, or what it calls, masks what it returns."""
    fact = scope.fact_of(function)
    if fact is None or calls_hiding(fact):
        return True
    callees = (callee_of(scope.asker, scope.inside(function), each.term) for each in fact.calls)
    return any(scope.ask(hides_secrets, callee) for callee in callees if callee)


def _is_issued(name: str, function: Function, route: Route, said: tuple[str, ...]) -> bool:
    """Tell whether the endpoint gives a new secret to a client, who cannot have it otherwise."""
    if "password" in words_of(name) or "GET" in route.methods:
        return False
    docstring = function.docstring.text if function.docstring is not None else ""
    return says("issuing", *said) or "once" in words_of(docstring)


def _is_left_out(found: Exposed, route: Route) -> bool:
    """Tell whether `response_model_exclude`, or `response_model_include`, leaves a field out."""
    excluded, included = route.argument("response_model_exclude"), route.argument("response_model_include")
    if excluded is not None:
        texts = {part.text for part in parts(excluded) if isinstance(part, Literal)}
        return not texts or not texts.isdisjoint(each.name for each in found.path)
    if included is not None:
        texts = {part.text for part in parts(included) if isinstance(part, Literal)}
        return not texts or found.path[0].name not in texts
    return False


def _chain(found: Exposed, scope: Scope) -> Iterator[Related]:
    """Yield the way from the model of the response to the field."""
    model = scope.ask(class_shape, found.model.name)
    if model is not None:
        yield Related(model.place, f"`{found.model.short}` is the response")
    for field in found.path[:-1]:
        yield Related(field.place, f"`{field.owner.rpartition('.')[2]}.{field.name}` is part of it")
    owner = found.field.owner.rpartition(".")[2]
    yield Related(found.field.place, f"`{found.field.name}` is declared here, in `{owner}`")


def _evidence(found: Exposed) -> str:
    """Say how the field gets into the response."""
    path = ".".join(each.name for each in found.path)
    owner, holder = found.field.owner, found.holder
    inherited = f", which `{holder.short}` inherits from `{owner.rpartition('.')[2]}`" if owner != holder.name else ""
    return f"The response is a `{found.model.short}` ({{@0}}): it shows `{path}` ({{@{len(found.path)}}}){inherited}."
