"""HTTP requests: which calls send one, with which client, to which URL, how long they wait."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from fastidious_rules.knowledge import table
from fastidious_rules.syntax.terms import OPAQUE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from fastidious_rules.semantics.project import Project
    from fastidious_rules.syntax.terms import Apply, Term


class Argument(NamedTuple):
    """An argument: its position from zero, -1 where it is given by name only, and its name; no name, no argument.

    `call.argument(*argument)` gives what a call says for it.
    """

    position: int = -1
    name: str = ""

    def __bool__(self) -> bool:
        return bool(self.name)

    def given(self, call: Apply) -> Term | None:
        """Return what `call` says for it; `Opaque` where a `*` or `**` hides that, None where it says nothing."""
        value = call.keyword(self.name) if self.name else None
        if value is not None or not self.name:
            return value
        if 0 <= self.position < len(call.arguments):
            hidden = OPAQUE in call.arguments[: self.position]
            return OPAQUE if hidden else call.arguments[self.position]
        is_starred = self.position >= 0 and OPAQUE in call.arguments
        return OPAQUE if is_starred or call.keyword("") is not None else None


NO_ARGUMENT = Argument()


class HttpClient(NamedTuple):
    """A class whose objects send requests, and what its constructor takes."""

    name: str
    is_async: bool
    url: Argument
    """Host or base URL."""
    timeout: str
    """Keyword that bounds the waiting; empty if there is none."""
    default_timeout: int
    """Seconds that a request waits where nothing is said; 0 is for ever."""
    verify: str
    """Keyword that says how certificates are checked; empty if there is none."""
    is_pooled: bool
    """Whether it keeps connections open, and is meant to be shared."""

    @property
    def library(self) -> str:
        """The library that it is of."""
        return self.name.partition(".")[0]


class HttpCall(NamedTuple):
    """A function, or a method of a client, that sends a request."""

    name: str
    client: HttpClient | None
    """The client that the method is of."""
    is_async: bool
    url: Argument
    timeout: Argument
    default_timeout: int
    """Seconds that it waits where neither it nor its client is told anything; 0 is for ever."""
    verify: str

    @property
    def library(self) -> str:
        """The library that it is of."""
        return self.name.partition(".")[0]


def http_call(qualified: str) -> HttpCall | None:
    """Return what is known of the call of `qualified`; None if it is not known to send a request."""
    return _requests().get(qualified)


def http_client(qualified: str) -> HttpClient | None:
    """Return what is known of the class `qualified`; None if it is not known to be an HTTP client."""
    return _clients().get(qualified)


@cache
def http_call_names() -> frozenset[str]:
    """Return the last names of the calls that send requests."""
    return frozenset(name.rpartition(".")[2] for name in _requests())


@cache
def http_client_names() -> frozenset[str]:
    """Return the last names of the classes of clients."""
    return frozenset(name.rpartition(".")[2] for name in _clients())


@cache
def _clients() -> dict[str, HttpClient]:
    return {name: _client(name, entry) for entry in table("http_clients")["clients"] for name in entry["names"]}


def _client(name: str, entry: Mapping[str, Any]) -> HttpClient:
    return HttpClient(
        name,
        entry["asynchronous"],
        Argument(*entry.get("url", ())),
        entry.get("timeout", ""),
        entry["default_timeout"],
        entry.get("verify", ""),
        entry.get("pooled", False),
    )


@cache
def _requests() -> dict[str, HttpCall]:
    return {each.name: each for entry in table("http_clients")["requests"] for each in _calls(entry)}


def _calls(entry: Mapping[str, Any]) -> Iterator[HttpCall]:
    for name in entry.get("names", ()):
        yield _call(name, None, entry)
    for owner in entry.get("owners", ()):
        for method in entry["methods"]:
            yield _call(f"{owner}.{method}", _clients()[owner], entry)


def _call(name: str, client: HttpClient | None, entry: Mapping[str, Any]) -> HttpCall:
    return HttpCall(
        name,
        client,
        client.is_async if client is not None else entry.get("asynchronous", False),
        Argument(*entry.get("url", ())),
        Argument(*entry.get("timeout", ())),
        client.default_timeout if client is not None else entry["default_timeout"],
        entry.get("verify", ""),
    )


def mounts_adapters(project: Project, module: str) -> bool:
    """Tell whether a module mounts transport adapters on sessions: they may bring a timeout along."""
    return any(each.name == module for each in project.mentioning("mount"))


def has_default_timeout(project: Project) -> bool:
    """Tell whether the project sets a timeout for all sockets."""
    return bool(project.mentioning("setdefaulttimeout"))
