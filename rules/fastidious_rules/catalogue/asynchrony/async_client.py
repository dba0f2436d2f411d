"""The fix that sends a request of `requests`, or of a synchronous function of httpx, with an asynchronous client."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fastidious_rules.api import (
    Context,
    Edit,
    ExpressionStatement,
    Fix,
    Keyword,
    NeededImport,
    Return,
    Safety,
    Starred,
    in_async_context,
)
from fastidious_rules.catalogue.asynchrony.statements import UNMOVABLE, enclosing_statement, indentation_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.api import Call, Scope, View

_WITH_BODY = frozenset({"post", "put", "patch", "request"})
_METHODS = _WITH_BODY | {"get", "delete", "head", "options"}
_ALIKE = frozenset({"url", "params", "headers", "cookies", "auth"})
_BODY = frozenset({"data", "json", "files"})
_OF_CLIENT = frozenset({"timeout", "verify"})
_REDIRECTS = {"requests": "allow_redirects", "httpx": "follow_redirects", "httpx2": "follow_redirects"}


class _Request(NamedTuple):
    """Arguments of a request, and those of the client that sends it, as they are written."""

    arguments: tuple[str, ...]
    client: tuple[str, ...]


def with_async_client(call: Call, called: str, client: str, scope: Scope) -> Iterator[Fix]:
    """Yield the fix that sends the request `called` with `client`, if that takes all its arguments."""
    library, _, method = called.rpartition(".")
    request = _request(call, library, method) if library in _REDIRECTS and method in _METHODS else None
    statement = enclosing_statement(call, ExpressionStatement, Return)
    if request is None or statement is None or not client.startswith("httpx"):
        return
    name = _free_name(scope)
    sent = f"await {name}.{method}({', '.join(request.arguments)})"
    context = Context(f"{client}({', '.join(request.client)})", name)
    text = _rewritten(call, statement, context, f"({sent})" if call.is_receiver else sent, scope)
    if name and text:
        title = f"Send it with `{client}`: redirects, timeouts and exception types differ"
        needed = NeededImport(client.partition(".")[0])
        yield Fix(title, (Edit(statement.span, text),), (needed,), Safety.UNSAFE)


def _request(call: Call, library: str, method: str) -> _Request | None:
    arguments: list[str] = []
    client: dict[str, str] = {} if library != "requests" else {"follow_redirects": "True"}
    if len(call.arguments) > (2 if method == "request" else 1):
        return None
    for each in call.all_arguments:
        if not isinstance(each, Keyword) or each.name in (_ALIKE | _BODY if method in _WITH_BODY else _ALIKE):
            arguments.append(each.text)
        elif each.name in _OF_CLIENT or each.name == _REDIRECTS[library]:
            client[_name_in_client(each, library)] = each.value.text
        else:
            return None
    if any(isinstance(each, Starred) for each in call.arguments) or client.get("timeout", "").startswith("("):
        return None
    return _Request(tuple(arguments), tuple(f"{name}={value}" for name, value in client.items() if value != "False"))


def _name_in_client(keyword: Keyword, library: str) -> str:
    return "follow_redirects" if keyword.name == _REDIRECTS[library] else keyword.name


def _rewritten(call: Call, statement: View, context: Context, sent: str, scope: Scope) -> str:
    """Return the statement inside the client's context, with `sent` in the place of `call`; empty if it cannot be moved."""
    indentation = indentation_of(statement, scope)
    text = statement.text
    if indentation is None or any(mark in text for mark in UNMOVABLE):
        return ""
    return in_async_context(text, context, call.text, sent, indentation)


def _free_name(scope: Scope) -> str:
    """Return a name for the client that means nothing else here."""
    fact = scope.environment.function
    taken: set[str] = set() if fact is None else {*fact.local, *(each.name for each in fact.parameters)}
    return next((name for name in ("client", "http_client", "async_client") if name not in taken), "")
