"""TLS: what turns off the check of who answers."""

from __future__ import annotations

from functools import cache

from fastidious_rules.knowledge import table
from fastidious_rules.semantics.asynchrony.http_calls import http_call, http_call_names, http_client, http_client_names
from fastidious_rules.semantics.web.exposure import words_of

_OFF = {"cert_reqs": "CERT_NONE"}


@cache
def checked_names() -> frozenset[str]:
    """Return the last names of the calls that may turn the check off."""
    known: dict[str, object] = table("tls")["arguments"]
    return http_call_names() | http_client_names() | {name.rpartition(".")[2] for name in known}


def switches(qualified: str) -> dict[str, str]:
    """Return the arguments of a function that turn the check off, each with the value that does."""
    listed: list[tuple[str, str]] = table("tls")["arguments"].get(qualified, [])
    known = http_call(qualified) or http_client(qualified)
    name = known.verify if known is not None else ""
    return {**({name: _OFF.get(name, "False")} if name else {}), **dict(listed)}


def tls_attributes() -> dict[str, str]:
    """Return the attributes of contexts and sessions that turn the check off, each with the value that does."""
    return dict(table("tls")["attributes"])


def is_unverified_context(qualified: str) -> bool:
    """Tell whether a function makes a context that checks nothing."""
    return qualified in table("tls")["contexts"]["unverified"]


def unverified_contexts() -> frozenset[str]:
    """Return the last names of the functions that make contexts that check nothing."""
    return frozenset(each.rpartition(".")[2] for each in table("tls")["contexts"]["unverified"])


def decides_about_checks(text: str) -> bool:
    """Tell whether a condition speaks of checking certificates."""
    return not set(words_of(text)).isdisjoint(table("tls")["decided"]["words"])


def says_unverified(name: str) -> bool:
    """Tell whether a name says that nobody checks here, and that this is known: `unverified_context`."""
    return not set(words_of(name)).isdisjoint(table("tls")["decided"]["named"])
