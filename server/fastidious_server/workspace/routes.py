"""Routes of the project, as the editor side asks for them."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from fastidious_rules.engine.route_sites import (
    calls_to,
    definitions_of,
    may_call,
    may_hold_routes,
    outline,
    route_sites,
)
from fastidious_rules.semantics.web.exception_handlers import handled_in, handling_modules
from fastidious_rules.semantics.web.raised_statuses import followed
from fastidious_rules.semantics.web.route_card import functions_of, route_card
from fastidious_rules.semantics.web.route_list import declaring_modules, handler_of, known_routes
from fastidious_rules.semantics.web.route_tests import aimed_in, calls_by_route, modules_of_tests
from fastidious_rules.semantics.web.routing import entries

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from fastidious_rules.engine.document import Document
    from fastidious_rules.engine.route_sites import OutlineItem, RouteSite
    from fastidious_rules.semantics.place import Place
    from fastidious_rules.semantics.project import Project
    from fastidious_rules.semantics.web.client_calls import ClientCall
    from fastidious_rules.semantics.web.route_card import RouteCard
    from fastidious_rules.semantics.web.route_list import KnownRoute
    from fastidious_rules.semantics.web.route_tests import Aimed
    from fastidious_rules.syntax.outline import Definition


class _Survey:
    """What was found in a document, by its text as it was and what was known of the project."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._facts = document.facts
        self._revision = _news(document)

    def is_of(self, document: Document) -> bool:
        """Tell whether this is about a document as it is."""
        is_current = self._facts is document.facts and self._revision == _news(document)
        return document is self._document and is_current

    @cached_property
    def definitions(self) -> tuple[Definition, ...]:
        return definitions_of(self._document)

    @cached_property
    def sites(self) -> tuple[RouteSite, ...]:
        return route_sites(self._document, self.definitions) if may_hold_routes(self._document) else ()

    @cached_property
    def outline(self) -> tuple[OutlineItem, ...]:
        return outline(self._document, self.definitions, self.sites)


def _news(document: Document) -> int:
    return document.project.revision - document.project.tried


class ProjectRoutes:
    """What one project knows of its routes. All answers are remembered while what they rest on stays the same."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._last: _Survey | None = None

    def everywhere(self) -> Sequence[KnownRoute]:
        """Return all routes, application by application, in the order in which they are tried."""
        return self._project.ask(known_routes)

    def concern(self, document: Document) -> bool:
        """Tell at little cost whether a document may hold functions of routes."""
        return may_hold_routes(document)

    def may_be_at(self, document: Document, offset: int) -> bool:
        """Tell at little cost whether there is the head of a function at `offset` that may be that of a route."""
        known = self._survey(document).definitions if may_hold_routes(document) else ()
        return any(each.is_headed_at(offset) for each in known)

    def sites(self, document: Document) -> Sequence[RouteSite]:
        """Return the routes whose functions stand in a document."""
        return self._survey(document).sites

    def outline(self, document: Document) -> Sequence[OutlineItem]:
        """Return what of a document has a role for FastAPI, the database or Pydantic."""
        return self._survey(document).outline

    def card(self, route: KnownRoute) -> RouteCard:
        """Return all that is known of a route."""
        return route_card(self._project, route)

    def place(self, route: KnownRoute) -> Place:
        """Return where the function of a route is, else where the route is declared."""
        handler = handler_of(self._project, route)
        return handler.place if handler is not None else route.entry.place

    def tests(self, site: RouteSite) -> Sequence[ClientCall]:
        """Return the requests of tests that the route takes."""
        found = self._project.ask(calls_by_route)
        return tuple(dict.fromkeys(call for route in site.routes for call in found.get(route.entry, ())))

    def may_call(self, document: Document, offset: int) -> bool:
        """Tell at little cost whether there is a request of a test at `offset`."""
        return may_call(document, offset)

    def called_at(self, document: Document, offset: int) -> Sequence[Aimed]:
        """Return the request of a test at `offset`, with the routes that take it."""
        return calls_to(document, offset)

    def prepare(self) -> Iterator[None]:
        """Find routes and tests, one module at a time: nobody else gets a turn while an answer is computed."""
        for module in self._project.ask(declaring_modules):
            self._project.ask(entries, module)
            yield
        self._project.ask(known_routes)
        yield
        for module in self._project.ask(modules_of_tests):
            self._project.ask(aimed_in, module)
            yield

    def prepare_card(self, route: KnownRoute) -> Iterator[None]:
        """Find what a card needs beyond that, one function at a time."""
        for module in self._project.ask(handling_modules):
            self._project.ask(handled_in, module)
            yield
        for _ in followed(self._project, functions_of(self._project, route)):
            yield

    def state(self) -> object:
        """Return what is no longer equal when routes or their tests have changed."""
        return (self._project.ask(known_routes), self._project.ask(calls_by_route))

    def _survey(self, document: Document) -> _Survey:
        if self._last is None or not self._last.is_of(document):
            self._last = _Survey(document)
        return self._last
