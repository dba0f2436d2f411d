"""Clients of tests: how they are made, in the test or by a fixture, and which application they call."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING, NamedTuple

from fastidious_rules.semantics.asynchrony.execution import environment_of
from fastidious_rules.semantics.names import function_fact, resolve, variable_fact
from fastidious_rules.semantics.types import Environment
from fastidious_rules.semantics.web.path_spellings import HOLE, spellings
from fastidious_rules.semantics.web.router_aliases import meant_by, returned_by
from fastidious_rules.syntax.terms import Apply, Ref, Term, called_name, dotted, parts

if TYPE_CHECKING:
    from fastidious_rules.semantics.project import Project

CLIENTS = (
    "fastapi.testclient.TestClient",
    "starlette.testclient.TestClient",
    "httpx.Client",
    "httpx.AsyncClient",
    "async_asgi_testclient.TestClient",
)
_MAKING = frozenset(each.rpartition(".")[2] for each in CLIENTS)
_ORIGIN = re.compile(r"\A[a-z]+://[^/]*")
_DEEPEST = 3


class RequestClient(NamedTuple):
    """What is known of a client: the application that it calls, and the path in front of all that it asks for."""

    application: str = ""
    base: str = ""


_UNKNOWN = RequestClient()


def client_behind(project: Project, where: Environment, receiver: Term) -> RequestClient:
    """Return what is known of the client that a request is sent with."""
    if isinstance(receiver, Apply):
        return _made_by(project, where, receiver)
    name = dotted(receiver)
    function = where.function
    if not name or "." in name or function is None:
        return _UNKNOWN
    made = [part for term in function.local.get(name, ()) for part in parts(term) if called_name(part) in _MAKING]
    if made and isinstance(made[0], Apply):
        return _made_by(project, where, made[0])
    if any(each.name == name for each in function.parameters):
        return project.ask(client_of_fixture, where.module, name)
    qualified = resolve(project, where.module, name)
    found = variable_fact(project, qualified) if qualified else None
    value = found[1].value if found is not None else None
    return _made_by(project, Environment(found[0].name), value) if found and isinstance(value, Apply) else _UNKNOWN


def client_of_fixture(project: Project, module: str, name: str, depth: str = "") -> RequestClient:
    """Return what is known of the client that a fixture gives to the tests of a module."""
    found = function_fact(project, project.ask(fixture, module, name) or "")
    if found is None:
        return _UNKNOWN
    where = environment_of(project, *found)
    for call in found[1].calls:
        if called_name(call.term) in _MAKING:
            return _made_by(project, where, call.term)
    if len(depth) >= _DEEPEST:
        return _UNKNOWN
    # A fixture that prepares another one: `authorized_client(client)`.
    outer = (each.name for each in found[1].parameters if "client" in each.name)
    known = (project.ask(client_of_fixture, found[0].name, each, f"{depth}+") or _UNKNOWN for each in outer)
    return next((each for each in known if each != _UNKNOWN), _UNKNOWN)


def fixture(project: Project, module: str, name: str) -> str:
    """Return the qualified name of a fixture: of the module itself, or of the nearest `conftest` above it."""
    found = project.module(module)
    if found is None or function_fact(project, f"{module}.{name}") is not None:
        return f"{module}.{name}" if found is not None else ""
    folder = posixpath.dirname(found.path)
    near = [each for each in project.holding(name) if _is_above(each.path, folder)]
    ordered = sorted(near, key=lambda each: -len(each.path))
    names = (f"{each.name}.{name}" for each in ordered)
    imported = resolve(project, module, name)
    return next((each for each in names if function_fact(project, each) is not None), imported)


def _is_above(path: str, folder: str) -> bool:
    directory, file = posixpath.split(path)
    return file == "conftest.py" and f"{folder}/".startswith(f"{directory}/")


def _made_by(project: Project, where: Environment, call: Apply) -> RequestClient:
    base = call.keyword("base_url")
    found = spellings(project, where, base) if base is not None else ("",)
    path = _ORIGIN.sub("", found[0]).rstrip("/") if len(found) == 1 else ""
    given = _application_in(call)
    application = project.ask(application_behind, where.module, _scope(where), dotted(given)) if given else ""
    return RequestClient(application or "", path if HOLE not in path and path[:1] in {"", "/"} else "")


def _scope(where: Environment) -> str:
    return where.function.name if where.function is not None else ""


def _application_in(call: Apply) -> Ref | None:
    """Return the name of the application that a client is made for: `TestClient(app)`, `ASGITransport(app=app)`."""
    terms: list[Term | None] = [call.keyword("app")]
    transport = call.keyword("transport")
    if isinstance(transport, Apply):
        terms += [transport.keyword("app"), *transport.arguments[:1]]
    if called_name(call) == "TestClient":
        terms += call.arguments[:1]
    return next((each for each in terms if isinstance(each, Ref)), None)


def application_behind(project: Project, module: str, symbol: str, name: str) -> str:
    """Return what identifies an application that a function of a test module calls `name`; empty if nobody knows."""
    found = function_fact(project, f"{module}.{symbol}") if symbol else None
    fact = found[1] if found is not None else None
    if fact is not None and name in fact.local:
        made = next((each for each in fact.local[name] if isinstance(each, Apply)), None)
        return returned_by(project, Environment(module, fact), made) if made is not None else ""
    if fact is not None and any(each.name == name for each in fact.parameters):
        return project.ask(application_of_fixture, module, name) or ""
    imported = next((each for each in fact.imports if each.bound == name), None) if fact is not None else None
    qualified = f"{imported.module}.{imported.name}" if imported is not None else resolve(project, module, name)
    return project.ask(meant_by, qualified)[0] if qualified else ""


def application_of_fixture(project: Project, module: str, name: str) -> str:
    """Return what identifies the application that a fixture gives to the tests of a module."""
    found = function_fact(project, project.ask(fixture, module, name) or "")
    if found is None:
        return ""
    where = environment_of(project, *found)
    for term in (*found[1].yielded, *found[1].returned):
        if isinstance(term, Ref):
            return project.ask(application_behind, where.module, found[1].name, term.dotted) or ""
        if isinstance(term, Apply):
            return returned_by(project, where, term)
    return ""
