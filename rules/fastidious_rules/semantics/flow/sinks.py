"""Sinks: calls in which a value that a client sent does harm."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from fastidious_rules.knowledge import table
from fastidious_rules.semantics.asynchrony.http_calls import (
    NO_ARGUMENT,
    Argument,
    http_call,
    http_call_names,
    http_client,
    http_client_names,
)

if TYPE_CHECKING:
    from collections.abc import Iterable


@cache
def requesting_names() -> frozenset[str]:
    """Return the last names of the calls that take the URL of a request, or the host of a connection."""
    return http_call_names() | http_client_names() | _last_names(table("flows")["requested"])


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


@cache
def command_names() -> frozenset[str]:
    """Return the last names of the calls that run commands."""
    known = table("flows")
    return _last_names([*known["shells"], *known["optional_shells"], *known["programs"]])


def shell_text(qualified: str) -> Argument:
    """Return the argument of a call of `qualified` that a shell always reads, none if there is no such."""
    return _argument("shells", qualified)


def optional_shell_text(qualified: str) -> Argument:
    """Return the argument of a call of `qualified` that a shell reads with `shell=True`, none if there is no such."""
    return _argument("optional_shells", qualified)


def program_arguments(qualified: str) -> int | None:
    """Return where a call of `qualified` takes a program and its arguments: the position of a list, -1 if they are no list."""
    return table("flows")["programs"].get(qualified)


def is_shell(program: str) -> bool:
    """Tell whether a program is a shell."""
    return program in table("flows")["shell_programs"]["names"]


def is_quoting(qualified: str) -> bool:
    """Tell whether a function makes one word of a command out of a value."""
    return qualified in table("flows")["quoting"]["names"]


@cache
def redirecting_names() -> frozenset[str]:
    """Return the last names of the calls that can send a browser elsewhere."""
    return _last_names([*table("flows")["redirecting"], *table("flows")["answering"]])


def redirected(qualified: str) -> Argument:
    """Return the argument of a call of `qualified` that says where a browser is sent, none if it sends nobody anywhere."""
    return _argument("redirecting", qualified)


def answered(qualified: str) -> Argument:
    """Return the argument of a call of `qualified` that says the status of an answer, none if it is none."""
    return _argument("answering", qualified)


def _last_names(qualified: Iterable[str]) -> frozenset[str]:
    return frozenset(name.rpartition(".")[2] for name in qualified)


def _argument(kind: str, qualified: str) -> Argument:
    found = table("flows")[kind].get(qualified)
    return Argument(*found) if found is not None else NO_ARGUMENT
