"""Look for HTTP clients that are made anew for each request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastidious_rules.api import (
    Assignment,
    Attribute,
    Call,
    Function,
    Name,
    NameDeclaration,
    Ref,
    Return,
    Rule,
    Severity,
    Subscript,
    Use,
    With,
    Yield,
    http_client,
    http_client_names,
    on,
    parts,
    runs_per_request,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.api import Finding, HttpClient, Scope, View

_IN_PROCESS = frozenset({"ASGITransport", "MockTransport", "WSGITransport"})
_KEEPING = frozenset({"add", "append", "insert", "put", "put_nowait", "set", "setdefault", "update"})
_ENTERING = frozenset({"enter_async_context", "enter_context"})


class HttpClientPerRequest(Rule):
    """HTTP client that lives for one request, and connects anew for the next."""

    severity = Severity.WARNING
    message = "`{client}` is made anew for each request in `{function}`, so no connection is used twice; {remedy}"

    @on(Call, names=http_client_names())
    def check(self, call: Call, scope: Scope) -> Iterator[Finding]:
        """Report clients that a function on the way to a response makes, uses and drops."""
        function = scope.function
        client = http_client(scope.resolve(call)) if function is not None else None
        if function is None or client is None or not client.is_pooled or _is_in_process(call):
            return
        if not _is_dropped(call, function, scope) or not scope.ask(runs_per_request, scope.qualified(function)):
            return
        varies = _varying(call, scope)
        yield self.finding(
            call,
            severity=Severity.INFORMATION if varies else Severity.WARNING,
            evidence=_evidence(client, varies),
            client=client.name,
            function=function.name,
            remedy=f"pass `{varies}` with the request and share one" if varies else "share one, opened in the lifespan",
        )


def _is_in_process(call: Call) -> bool:
    transport = call.keywords.get("transport")
    return isinstance(transport, Call) and transport.last_name in _IN_PROCESS


def _is_dropped(call: Call, function: Function, scope: Scope) -> bool:
    """Tell whether the function is the only one that ever sees the client, or hands it to the request it serves."""
    if any("cache" in each.name.text.lower() for each in function.decorators):
        return False
    if call.is_receiver or _is_entered(call):
        return True
    parent = call.parent
    if isinstance(parent, Return | Yield):
        return Use.DEPENDENCY in scope.uses(function)
    if not isinstance(parent, Assignment) or parent.final_value != call or not isinstance(parent.target, Name):
        return False
    return not _is_kept(parent.target.text, function, scope)


def _is_entered(call: Call) -> bool:
    parent = call.parent
    if isinstance(parent, Call):
        return parent.last_name in _ENTERING
    return isinstance(parent, With) and any(item.span.contains(call.span) for item in parent.items)


def _is_kept(name: str, function: Function, scope: Scope) -> bool:
    """Tell whether the client called `name` is put where the next request may find it."""
    body = function.body
    if any(name in each.names for each in body.find(NameDeclaration)):
        return True
    for each in body.find(Assignment):
        value = each.final_value
        if isinstance(each.target, Attribute | Subscript) and value is not None and value.text == name:
            return True
    if any(call.last_name in _KEEPING and name in {each.text for each in call.arguments} for call in body.find(Call)):
        return True
    ends = [*body.find(Return), *body.find(Yield)]
    is_given = any(each.value is not None and each.value.text == name for each in ends)
    return is_given and Use.DEPENDENCY not in scope.uses(function)


def _varying(call: Call, scope: Scope) -> str:
    """Return the name of an argument that depends on the call of the function; empty if none does."""
    fact = scope.environment.function
    own: set[str] = set() if fact is None else {*fact.local, *(each.name for each in fact.parameters)} - {"self", "cls"}
    for name, value in call.keywords.items():
        if _mentions(value, own):
            return name
    return "base_url" if any(_mentions(each, own) for each in call.arguments) else ""


def _mentions(value: View, names: set[str]) -> bool:
    return any(isinstance(each, Ref) and each.dotted.partition(".")[0] in names for each in parts(value.term))


def _evidence(client: HttpClient, varies: str) -> str:
    text = (
        f"`{client.name}` keeps connections open for the requests that follow; this one is thrown away with them. "
        "Each request pays for the name, the connection and the TLS handshake again."
    )
    return f"{text} Its `{varies}` differs from call to call." if varies else text
