"""Requests that tests send to an application: `client.get("/books/1")`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from fastidious_rules.semantics.asynchrony.execution import environment_of
from fastidious_rules.semantics.inference import inferred
from fastidious_rules.semantics.module import BODY, SIGNATURES, key_of
from fastidious_rules.semantics.names import resolve
from fastidious_rules.semantics.place import Place
from fastidious_rules.semantics.types import is_subclass
from fastidious_rules.semantics.web.path_spellings import HOLE, NAMED, spellings
from fastidious_rules.semantics.web.request_clients import CLIENTS, RequestClient, client_behind
from fastidious_rules.syntax.terms import Ref, Term, receiver_of
from fastidious_rules.syntax.text import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.semantics.facts import CallFact, FunctionFact
    from fastidious_rules.semantics.module import Module
    from fastidious_rules.semantics.project import Project
    from fastidious_rules.semantics.types import Environment

METHODS = frozenset({"get", "post", "put", "patch", "delete", "head", "options"})
_NAMING = frozenset({"request", "stream", "build_request"})
"""Methods of clients whose first argument is the method of the request."""
WEBSOCKET = "websocket_connect"
_ORIGIN = re.compile(r"\A(?:https?|wss?)://[^/]*")


class ClientCall(NamedTuple):
    """A request: `methods` and `paths` are those that it may have, with holes where nobody knows; none for a websocket."""

    module: str
    symbol: str
    place: Place
    methods: tuple[str, ...]
    paths: tuple[str, ...]
    application: str
    """What identifies the application that the client calls, empty if nobody knows."""

    @property
    def test(self) -> str:
        """The test, or the function that tests share."""
        return f"{self.module}.{self.symbol}"


def client_calls(project: Project, module: str) -> tuple[ClientCall, ...]:
    """Return the requests that the functions of a module send, in the order of the text."""
    found = project.module(module)
    if found is None:
        return ()
    for name in (BODY, SIGNATURES):
        project.read(module, name)
    calls: list[ClientCall] = []
    for fact in found.functions():
        if fact.name:
            project.read(module, key_of(fact.name))
            calls.extend(_calls_of(project, found, fact))
    return tuple(calls)


def _calls_of(project: Project, module: Module, fact: FunctionFact) -> Iterator[ClientCall]:
    where: Environment | None = None
    for call in fact.calls:
        receiver, name = receiver_of(call.term)
        if receiver is not None and (name in METHODS or name in _NAMING or name == WEBSOCKET):
            where = where or environment_of(project, module, fact)
            yield from _call(project, module, where, call, receiver)


def _call(project: Project, module: Module, where: Environment, call: CallFact, receiver: Term) -> Iterator[ClientCall]:
    name = receiver_of(call.term)[1]
    position = 1 if name in _NAMING else 0
    arguments = call.term.arguments
    given = arguments[position] if position < len(arguments) else call.term.keyword("url")
    if given is None or not _may_be_path(given) or not _may_be_client(project, where, receiver):
        return
    client = client_behind(project, where, receiver)
    paths = tuple(path for text in spellings(project, where, given) if (path := _path(text, client)))
    methods = spellings(project, where, arguments[0]) if position and arguments else (name,)
    if paths:
        symbol = where.function.name if where.function is not None else ""
        place = Place(module.path, symbol, Span(*call.span))
        known = () if name == WEBSOCKET else tuple(method.upper() for method in methods)
        yield ClientCall(module.name, symbol, place, known, paths, client.application)


def _may_be_path(term: Term) -> bool:
    """Tell whether an argument may be a path by the look of it: keys of dictionaries are far more common."""
    text = getattr(term, "text", None)
    return text is None or text[:1] in {"", "/"} or "://" in text or "/" in text


def _may_be_client(project: Project, where: Environment, receiver: Term) -> bool:
    """Tell whether a value may send requests: a client by its type, or anything local of which nothing is known."""
    known = inferred(project, where, receiver)
    if known:
        return any(is_subclass(project, each.name, *CLIENTS) for each in known.members)
    if not isinstance(receiver, Ref):
        return True
    first = receiver.dotted.partition(".")[0]
    function = where.function
    names = {each.name for each in function.parameters} | set(function.local) if function is not None else set[str]()
    return first in names or "client" in receiver.dotted.lower() or not resolve(project, where.module, first)


def _path(text: str, client: RequestClient) -> str:
    """Return the path of a request without origin and query; nothing where all of it is unknown."""
    if text.startswith(NAMED):
        return text
    path = _ORIGIN.sub("", text).partition("?")[0].partition("#")[0]
    if path == text.partition("?")[0] and not path.startswith((HOLE, "/")):
        path = f"/{path}"
    path = client.base + path if path.startswith("/") and not _ORIGIN.match(text) else path
    return "" if not path.replace(HOLE, "").strip("/") and HOLE in path else path or "/"
