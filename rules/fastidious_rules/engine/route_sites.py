"""Routes where they stand in a document, and what else of it FastAPI sees."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from fastidious_rules.semantics.names import function_fact
from fastidious_rules.semantics.orm.entities import is_entity
from fastidious_rules.semantics.pydantic.models import is_model
from fastidious_rules.semantics.types import Environment
from fastidious_rules.semantics.web.client_calls import client_calls
from fastidious_rules.semantics.web.fastapi import Use, uses
from fastidious_rules.semantics.web.route_list import KnownRoute, adds_routes, handler_of, known_routes, routes_in
from fastidious_rules.semantics.web.route_tests import aimed_in
from fastidious_rules.semantics.web.routing import Added, Endpoint, entries
from fastidious_rules.syntax.outline import DecoratorSite, Definition, calls_at, definitions

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from fastidious_rules.engine.document import Document
    from fastidious_rules.semantics.project import Project
    from fastidious_rules.semantics.web.route_tests import Aimed


class RouteSite(NamedTuple):
    """A route of a document: its function, the decorator that declares it (None: a call elsewhere does), and its paths."""

    definition: Definition
    decorator: DecoratorSite | None
    routes: tuple[KnownRoute, ...]

    @property
    def title(self) -> str:
        """What clients call it: `GET /books/{book_id}`, and how many more paths it has."""
        first, *others = self.routes
        return f"{first.title} (and {len(others)} more)" if others else first.title

    def is_at(self, offset: int) -> bool:
        """Tell whether a pointer means the route: it is on the decorator, or between `def` and the end of the name."""
        head, decorator = self.definition.head, self.decorator
        return head.start <= offset <= head.end or (
            decorator is not None and decorator.span.start <= offset <= decorator.span.end
        )

    def is_named_at(self, offset: int) -> bool:
        """Tell whether a pointer is on what names the route: the name of the function, or the path in the decorator."""
        name, decorator = self.definition.name, self.decorator
        return name.start <= offset <= name.end or (
            decorator is not None and decorator.path.start <= offset <= decorator.path.end != decorator.path.start
        )


class Role(StrEnum):
    """What FastAPI, the database or Pydantic sees in a definition."""

    ROUTE = "route"
    DEPENDENCY = "dependency"
    MIDDLEWARE = "middleware"
    EXCEPTION_HANDLER = "exception handler"
    LIFESPAN = "lifespan"
    TABLE = "table"
    MODEL = "model"
    AROUND = ""
    """Nothing, but something inside it has a role."""


class OutlineItem(NamedTuple):
    """A definition with a role; a route is called as clients call it, and `detail` is then its function."""

    title: str
    detail: str
    role: Role
    definition: Definition
    inner: tuple[OutlineItem, ...]


def may_hold_routes(document: Document) -> bool:
    """Tell whether some function of a document may be that of a route, without looking at the whole project."""
    declared = document.project.ask(entries, document.module)
    return any(isinstance(each, Endpoint) for each in declared) or document.project.ask(adds_routes)


def definitions_of(document: Document) -> tuple[Definition, ...]:
    """Return the functions and classes of a document."""
    return definitions(document.tree.root, document.source.text)


def route_sites(document: Document, known: tuple[Definition, ...]) -> tuple[RouteSite, ...]:
    """Return the routes whose functions stand in a document with these definitions, in the order of the text."""
    found: dict[str, list[Definition]] = {}
    for each in known:
        found.setdefault(each.symbol, []).append(each)
    added = _added(document, found) if document.project.ask(adds_routes) else ()
    return tuple(
        sorted(
            (*_decorated(document, found), *added), key=lambda site: (site.definition.span.start, site.decorator or ())
        )
    )


def _decorated(document: Document, found: dict[str, list[Definition]]) -> Iterator[RouteSite]:
    project, module = document.project, document.module
    declared = [each for each in project.ask(entries, module) if isinstance(each, Endpoint)]
    by_entry: dict[Endpoint, list[KnownRoute]] = {}
    for route in project.ask(routes_in, module) if declared else ():
        if isinstance(route.entry, Endpoint):
            by_entry.setdefault(route.entry._replace(router=""), []).append(route)
    for endpoint, definition in _matched(declared, found):
        routes = tuple(by_entry.get(endpoint._replace(router=""), ()))
        if routes and endpoint.place.path == document.path and endpoint.number < len(definition.decorators):
            yield RouteSite(definition, definition.decorators[endpoint.number], routes)


def _matched(declared: Sequence[Endpoint], found: dict[str, list[Definition]]) -> Iterator[tuple[Endpoint, Definition]]:
    """Yield routes with their functions, also where several functions have the same name.

    The decorators of a function come from the lowest to the highest: one that is not above the last begins the next function.
    """
    at: dict[str, int] = {}
    last: dict[str, int] = {}
    for endpoint in declared:
        symbol = endpoint.symbol
        known = [each for each in found.get(symbol, ()) if each.decorators]
        if known:
            at[symbol] = at.get(symbol, 0) + (endpoint.number >= last.get(symbol, endpoint.number + 1))
            last[symbol] = endpoint.number
            yield endpoint, known[min(at[symbol], len(known) - 1)]


def _added(document: Document, found: dict[str, list[Definition]]) -> Iterator[RouteSite]:
    by_entry: dict[Added, list[KnownRoute]] = {}
    for route in document.project.ask(known_routes):
        if isinstance(route.entry, Added) and route.entry.handler.startswith(f"{document.module}."):
            by_entry.setdefault(route.entry, []).append(route)
    for routes in by_entry.values():
        handler = handler_of(document.project, routes[0])
        known = found.get(handler.fact.name, ()) if handler is not None and handler.module == document.module else ()
        if known:
            yield RouteSite(known[-1], None, tuple(routes))


def may_call(document: Document, offset: int) -> bool:
    """Tell whether a pointer means a request, without looking at the whole project."""
    spans = calls_at(document.tree.root, offset)
    calls = document.project.ask(client_calls, document.module) if spans else ()
    return any(document.project.locate(each.place) in spans for each in calls)


def calls_to(document: Document, offset: int) -> tuple[Aimed, ...]:
    """Return the request of a test that a pointer into a document means, with the routes that take it."""
    spans = calls_at(document.tree.root, offset)
    aimed = document.project.ask(aimed_in, document.module) if spans else ()
    found = ((document.project.locate(each.call.place), each) for each in aimed)
    return tuple(each for span, each in found if span in spans)


# Outline


def outline(
    document: Document, known: tuple[Definition, ...], routes: tuple[RouteSite, ...]
) -> tuple[OutlineItem, ...]:
    """Return the definitions of a document that have a role, those around them included."""
    sites: dict[Definition, list[RouteSite]] = {}
    for site in routes:
        sites.setdefault(site.definition, []).append(site)
    inside: dict[str, list[Definition]] = {}
    for each in known:
        inside.setdefault(each.symbol.rpartition(".")[0], []).append(each)
    return tuple(each for top in inside.get("", ()) for each in _items(document, top, inside, sites))


def _items(
    document: Document,
    definition: Definition,
    inside: dict[str, list[Definition]],
    sites: dict[Definition, list[RouteSite]],
) -> Iterator[OutlineItem]:
    span = definition.span
    below = (each for each in inside.get(definition.symbol, ()) if span.start <= each.span.start < span.end)
    inner = tuple(item for each in below for item in _items(document, each, inside, sites))
    if definition in sites:
        yield from (_route_item(site, inner) for site in sites[definition])
        return
    role = _role(document.project, document.module, definition)
    if role is not Role.AROUND or inner:
        yield OutlineItem(definition.symbol.rpartition(".")[2], role.value, role, definition, inner)


def _route_item(site: RouteSite, inner: tuple[OutlineItem, ...]) -> OutlineItem:
    return OutlineItem(site.title, site.definition.symbol, Role.ROUTE, site.definition, inner)


_ROLES = {
    Use.DEPENDENCY: Role.DEPENDENCY,
    Use.MIDDLEWARE: Role.MIDDLEWARE,
    Use.EXCEPTION_HANDLER: Role.EXCEPTION_HANDLER,
    Use.LIFESPAN: Role.LIFESPAN,
}


def _role(project: Project, module: str, definition: Definition) -> Role:
    qualified = f"{module}.{definition.symbol}"
    if definition.is_class:
        if project.ask(is_entity, qualified):
            return Role.TABLE
        return Role.MODEL if is_model(project, qualified) else Role.AROUND
    found = function_fact(project, qualified)
    if found is None:
        return Role.AROUND
    owner = definition.symbol.rpartition(".")[0]
    known = uses(project, Environment(module, None, owner), found[1])
    return next((role for use, role in _ROLES.items() if use in known), Role.AROUND)
