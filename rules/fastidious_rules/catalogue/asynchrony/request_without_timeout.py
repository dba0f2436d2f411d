"""Look for HTTP requests that may wait for an answer for ever."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fastidious_rules.api import (
    Apply,
    Argument,
    Call,
    Edit,
    Fix,
    Keyword,
    Literal,
    NeededImport,
    Rule,
    Safety,
    Severity,
    With,
    dotted,
    has_default_timeout,
    http_call,
    http_call_names,
    http_client,
    http_client_names,
    mounts_adapters,
    on,
    with_argument,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.api import Finding, HttpCall, HttpClient, Scope, Term

_NONE = Literal("None", "None")
_SECONDS = "10"
_TIMEOUT = Argument(-1, "timeout")
_STREAMS = frozenset({"stream", "websocket", "ws_connect"})
_AIOHTTP = "aiohttp.ClientTimeout"
_BOUNDS = {
    _AIOHTTP: ("total", "sock_read"),
    "httpx.Timeout": ("timeout", "read"),
    "httpx2.Timeout": ("timeout", "read"),
}
"""Class of timeouts -> its first parameter, and the one that bounds the waiting for an answer."""


class _Lack(NamedTuple):
    """Why a request may wait for ever, and how bad that is."""

    why: str
    severity: Severity = Severity.WARNING


class RequestWithoutTimeout(Rule):
    """HTTP request that waits for as long as the other server likes."""

    severity = Severity.WARNING
    message = "`{call}` {why}; pass `{remedy}`"
    fixable = Safety.UNSAFE

    @on(Call, names=http_call_names() | http_client_names())
    def check(self, call: Call, scope: Scope) -> Iterator[Finding]:
        """Report requests, and clients, that nothing bounds."""
        name = scope.resolve(call)
        sent, client = http_call(name), http_client(name)
        term = call.term
        if not isinstance(term, Apply) or (sent is None and client is None):
            return
        lack = _of_request(sent, term, scope) if sent is not None else _of_client(client, term, call, scope)
        if lack is not None:
            yield self.finding(call.function, severity=lack.severity, call=name, why=lack.why, remedy=_remedy(name))

    def fixes(self, view: Call, finding: Finding, scope: Scope) -> Iterator[Fix]:
        """Yield ten seconds: in the place of `None`, or as another argument."""
        del finding
        name = scope.resolve(view)
        known = http_call(name)
        edit = _edit(view, _remedy(name)) if known is None or known.timeout else None
        if edit is not None:
            needed = (NeededImport("aiohttp"),) if name.startswith("aiohttp.") else ()
            yield Fix(f"Pass `{_remedy(name)}`: slower answers become errors", (edit,), needed, Safety.UNSAFE)


def _of_request(sent: HttpCall, call: Apply, scope: Scope) -> _Lack | None:
    given = sent.timeout.given(call)
    if given is not None:
        severity = Severity.INFORMATION if sent.name.rpartition(".")[2] in _STREAMS else Severity.WARNING
        return _Lack("is told to wait for ever", severity) if _is_endless(given, scope) else None
    if sent.default_timeout or (sent.client is not None and sent.client.timeout) or call.keyword("") is not None:
        return None
    if sent.client is not None and scope.ask(mounts_adapters, scope.module):
        return None
    is_bounded = sent.library == "urllib" and scope.ask(has_default_timeout)
    return None if is_bounded else _Lack("has no timeout, so it may wait for ever")


def _of_client(client: HttpClient | None, term: Apply, call: Call, scope: Scope) -> _Lack | None:
    given = _TIMEOUT.given(term) if client is not None and client.timeout else None
    if client is None or not client.timeout:
        return None
    if given is not None:
        return _Lack("is told to wait for ever") if _is_endless(given, scope) else None
    if client.library == "aiohttp":
        why = f"waits up to {client.default_timeout} seconds for an answer"
        return _Lack(why, Severity.INFORMATION) if _is_used_here(call, scope) else None
    is_only_place = client.library == "http" and not scope.ask(has_default_timeout)
    return _Lack("has no timeout, so its requests may wait for ever") if is_only_place else None


def _is_used_here(call: Call, scope: Scope) -> bool:
    """Tell whether the function enters the client, and bounds none of its requests."""
    function, parent = scope.function, call.parent
    entered = isinstance(parent, With) and any(item.span.contains(call.span) for item in parent.items)
    return entered and function is not None and not any("timeout" in each.keywords for each in function.body.find(Call))


def _is_endless(timeout: Term, scope: Scope) -> bool:
    """Tell whether a timeout bounds nothing: `None`, `aiohttp.ClientTimeout()`, `httpx.Timeout(None)`."""
    if timeout == _NONE:
        return True
    if not isinstance(timeout, Apply):
        return False
    made = scope.resolve_name(dotted(timeout.function)) if dotted(timeout.function) else ""
    if made not in _BOUNDS or timeout.keyword("") is not None:
        return False
    first, bound = _BOUNDS[made]
    total = Argument(0, first).given(timeout) or (_NONE if made == _AIOHTTP else None)
    return total == _NONE and timeout.keyword(bound) in {None, _NONE}


def _remedy(name: str) -> str:
    return f"timeout={_AIOHTTP}(total={_SECONDS})" if name.startswith("aiohttp.") else f"timeout={_SECONDS}"


def _edit(call: Call, argument: str) -> Edit | None:
    """Return the edit that passes the argument; None where there is no place for it."""
    for each in call.all_arguments:
        if isinstance(each, Keyword) and each.name == "timeout":
            return Edit(each.span, argument)
    return with_argument(call, argument)
