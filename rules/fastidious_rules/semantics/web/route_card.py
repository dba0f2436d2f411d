"""Card of a route: all that is known of it, on one page."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fastidious_rules.semantics.web.dependencies import called_for
from fastidious_rules.semantics.web.raised_statuses import Raised, raised_below
from fastidious_rules.semantics.web.responses import status_of
from fastidious_rules.semantics.web.route_dependencies import Need, declarations_above, needs_of
from fastidious_rules.semantics.web.route_limits import limits_of
from fastidious_rules.semantics.web.route_list import Handler, KnownRoute, handler_of, known_routes
from fastidious_rules.semantics.web.route_security import Security, security_of
from fastidious_rules.semantics.web.route_tests import calls_by_route
from fastidious_rules.syntax.terms import Collection, Literal, Term
from fastidious_rules.syntax.writing import written

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.semantics.place import Place
    from fastidious_rules.semantics.project import Project
    from fastidious_rules.semantics.web.client_calls import ClientCall

UNKNOWN_STATUS = 0
"""Stands for a status that is written in a way that nobody understands."""
_OK = 200
_NO_MODEL = Literal("None", "None")


class RouteCard(NamedTuple):
    """What is known of a route. What is not known is left out, or said to be unknown."""

    methods: tuple[str, ...]
    """None for a websocket."""
    paths: tuple[str, ...]
    """The full paths, one for each way from an application."""
    is_served: bool
    """Whether some application includes the router of the route, as far as anybody knows."""
    handler: str
    """Qualified name of the function, empty if it is not known."""
    place: Place
    """Where the function is, else where the route is declared."""
    summary: str
    """First line of the function's docstring."""
    needs: tuple[Need, ...]
    security: Security
    response_model: str
    """As it is written, empty if there is none."""
    status: int
    """That of a response that is not told otherwise; 0 if nobody knows, or for a websocket."""
    raised: tuple[Raised, ...]
    limits: tuple[str, ...]
    tags: tuple[str, ...]
    is_deprecated: bool
    tests: tuple[ClientCall, ...]

    @property
    def title(self) -> str:
        """What clients call it: `GET /books/{book_id}`."""
        return f"{','.join(self.methods) or 'WS'} {self.paths[0]}"


def route_card(project: Project, route: KnownRoute) -> RouteCard:
    """Return the card of a route."""
    handler = handler_of(project, route)
    needs = needs_of(project, route, handler)
    paths = dict.fromkeys(each.path or "…" for each in _twins(project, route))
    return RouteCard(
        methods=route.methods,
        paths=tuple(paths),
        is_served=route.is_served,
        handler=handler.qualified if handler is not None else "",
        place=handler.place if handler is not None else route.entry.place,
        summary=_summary(handler.fact.docstring) if handler is not None else "",
        needs=needs,
        security=security_of(project, handler, needs),
        response_model=_response_model(handler),
        status=_status(route, handler),
        raised=raised_below(project, _functions(project, handler, needs)) if handler is not None else (),
        limits=limits_of(project, handler, needs),
        tags=tuple(dict.fromkeys(_tags(project, route, handler))),
        is_deprecated=handler is not None and handler.declaration.keyword("deprecated") == Literal("bool", "True"),
        tests=project.ask(calls_by_route).get(route.entry, ()),
    )


def _summary(docstring: str) -> str:
    """Return the first line of a docstring as it is written, quotes and all."""
    return docstring.lstrip("rRuU").strip("\"'").strip().partition("\n")[0].strip()


def _twins(project: Project, route: KnownRoute) -> tuple[KnownRoute, ...]:
    """Return a route under all its paths."""
    found = tuple(each for each in project.ask(known_routes) if each.entry == route.entry)
    return found or (route,)


def _response_model(handler: Handler | None) -> str:
    given = handler.declaration.keyword("response_model") if handler is not None else None
    if given is None:
        given = handler.fact.returns if handler is not None else None
    return written(given) if given not in (None, _NO_MODEL) else ""


def _status(route: KnownRoute, handler: Handler | None) -> int:
    if not route.methods or handler is None:
        return UNKNOWN_STATUS
    given = handler.declaration.keyword("status_code")
    return _OK if given is None else status_of(given) or UNKNOWN_STATUS


def functions_of(project: Project, route: KnownRoute) -> tuple[str, ...]:
    """Return the functions that FastAPI runs for a route: its own, and those of what it depends on."""
    handler = handler_of(project, route)
    return _functions(project, handler, needs_of(project, route, handler)) if handler is not None else ()


def _functions(project: Project, handler: Handler, needs: tuple[Need, ...]) -> tuple[str, ...]:
    known = (each.qualified for need in needs for each in need.everything if each.qualified)
    injected = (name for each in known for name in called_for(project, each))
    return (handler.qualified, *injected)


def _tags(project: Project, route: KnownRoute, handler: Handler | None) -> Iterator[str]:
    """Yield the tags of what is above a route, and its own."""
    for each in declarations_above(project, route):
        yield from _texts(each.call.keyword("tags"))
    yield from _texts(handler.declaration.keyword("tags") if handler is not None else None)


def _texts(term: Term | None) -> Iterator[str]:
    for each in term.items if isinstance(term, Collection) else ():
        yield each.text if isinstance(each, Literal) else written(each)
