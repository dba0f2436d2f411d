"""Which route takes a request, and which tests call a route."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fastidious_rules.semantics.role import Role
from fastidious_rules.semantics.web.client_calls import METHODS, WEBSOCKET, client_calls
from fastidious_rules.semantics.web.path_spellings import HOLE, NAMED
from fastidious_rules.semantics.web.paths import SAMPLES, template
from fastidious_rules.semantics.web.route_list import ELSEWHERE, handler_of, known_routes
from fastidious_rules.syntax.terms import Literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from fastidious_rules.semantics.project import Project
    from fastidious_rules.semantics.web.client_calls import ClientCall
    from fastidious_rules.semantics.web.route_list import KnownRoute
    from fastidious_rules.semantics.web.routing import Added, Endpoint

_WORDS = ("lient", *sorted(METHODS), "request", WEBSOCKET)
_WEBSOCKET = "WS"


class Aimed(NamedTuple):
    """A request of a test, and the routes that take it: one of each application that it may be sent to."""

    call: ClientCall
    routes: tuple[KnownRoute, ...]


def calls_by_route(project: Project) -> Mapping[Endpoint | Added, tuple[ClientCall, ...]]:
    """Return the requests of all tests, by the route that takes them."""
    found: dict[Endpoint | Added, dict[ClientCall, None]] = {}
    for module in project.ask(modules_of_tests):
        for aimed in project.ask(aimed_in, module):
            for route in aimed.routes:
                found.setdefault(route.entry, {})[aimed.call] = None
    return {entry: tuple(calls) for entry, calls in found.items()}


def modules_of_tests(project: Project) -> tuple[str, ...]:
    """Return the modules of tests that may send requests."""
    clients = {each.name for each in project.holding(_WORDS[0])}
    modules = {each.name: each for word in _WORDS[1:] for each in project.holding(word) if each.name in clients}
    return tuple(sorted(name for name, each in modules.items() if project.role_of(each.path, name) is Role.TEST))


def aimed_in(project: Project, module: str) -> tuple[Aimed, ...]:
    """Return the requests of a module that a route takes."""
    found = (Aimed(call, tuple(_routes(project, call))) for call in project.ask(client_calls, module))
    return tuple(each for each in found if each.routes)


def _routes(project: Project, call: ClientCall) -> Iterator[KnownRoute]:
    wanted = ((method, path) for method in call.methods or (_WEBSOCKET,) for path in call.paths)
    found = (route for method, path in wanted for route in project.ask(routes_taking, method, path, call.application))
    yield from dict.fromkeys(found)


def routes_taking(project: Project, method: str, path: str, application: str) -> tuple[KnownRoute, ...]:
    """Return the first route of each application that takes a request; of `application` alone if it is known.

    The path may have holes: a hole is taken by a parameter, never by fixed text.
    """
    candidates = [each for each in project.ask(known_routes) if method in (each.methods or (_WEBSOCKET,))]
    if any(each.root == application for each in candidates):
        candidates = [each for each in candidates if each.root == application]
    if path.startswith(NAMED):
        return _first_of_each(each for each in candidates if path[1:] in _names(project, each))
    if path.startswith(HOLE):
        return _ending_with(candidates, path.lstrip(HOLE))
    for asked in (path, path.removesuffix("/") if path.endswith("/") else f"{path}/"):
        found = _first_of_each(each for each in candidates if each.path is not None and _takes(each.path, asked))
        if found:
            return found
    return ()


def _first_of_each(routes: Iterable[KnownRoute]) -> tuple[KnownRoute, ...]:
    first: dict[str, KnownRoute] = {}
    for each in routes:
        first.setdefault(each.root, each)
    return tuple(first.values())


def _ending_with(candidates: list[KnownRoute], ending: str) -> tuple[KnownRoute, ...]:
    """Return the route whose path ends so, if it is known which: the beginning of the request's path is not."""
    if not ending.startswith("/") or not ending.strip("/"):
        return ()
    first: dict[str, KnownRoute] = {}
    for each in candidates:
        segments = (each.path or "").split("/")
        size = len(segments) - ending.count("/")
        if size > 0 and _takes("/".join(["", *segments[size:]]), ending):
            first.setdefault("/".join(segments[:size]), each)
    return tuple(first.values()) if len(first) == 1 else ()


def _takes(path: str, asked: str) -> bool:
    """Tell whether a route with this path takes what is asked for, whatever stands in the holes."""
    if path.startswith(ELSEWHERE):
        path = f"{{beginning:path}}{path.removeprefix(ELSEWHERE)}"
    pattern = template(path.replace(ELSEWHERE, "{unknown}")).pattern
    samples = SAMPLES.values() if HOLE in asked else ("",)
    return pattern is not None and any(pattern.fullmatch(asked.replace(HOLE, sample)) for sample in samples)


def _names(project: Project, route: KnownRoute) -> set[str]:
    """Return the names by which code looks up the path of a route: the one it is given, else that of its function."""
    handler = handler_of(project, route)
    if handler is None:
        return set()
    given = handler.declaration.keyword("name")
    return {given.text} if isinstance(given, Literal) else {handler.fact.name.rpartition(".")[2]}
