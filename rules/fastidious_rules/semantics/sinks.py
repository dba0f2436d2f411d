"""Sinks: calls in which a value that a client sent does harm."""

from __future__ import annotations

from functools import cache

from fastidious_rules.knowledge import table
from fastidious_rules.semantics.http_calls import (
    NO_ARGUMENT,
    Argument,
    http_call,
    http_call_names,
    http_client,
    http_client_names,
)


@cache
def requesting_names() -> frozenset[str]:
    """Return the last names of the calls that take the URL of a request, or the host of a connection."""
    others: dict[str, list[object]] = table("flows")["requested"]
    return http_call_names() | http_client_names() | {name.rpartition(".")[2] for name in others}


def requested(qualified: str) -> Argument:
    """Return the argument of a call of `qualified` that says which host is talked to, none if it does not say."""
    call = http_call(qualified)
    if call is not None:
        names_host = call.client is not None and call.client.url.name == "host"
        return NO_ARGUMENT if names_host else call.url
    client = http_client(qualified)
    if client is not None:
        return client.url
    return _argument("requested", qualified)


def _argument(kind: str, qualified: str) -> Argument:
    found = table("flows")[kind].get(qualified)
    return Argument(*found) if found is not None else NO_ARGUMENT
