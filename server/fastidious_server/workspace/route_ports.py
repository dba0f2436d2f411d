"""What the editor side needs to know of routes, as a port."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from fastidious_rules.engine.route_sites import OutlineItem, RouteSite
    from fastidious_rules.semantics.place import Place
    from fastidious_rules.semantics.web.client_calls import ClientCall
    from fastidious_rules.semantics.web.route_card import RouteCard
    from fastidious_rules.semantics.web.route_list import KnownRoute
    from fastidious_rules.semantics.web.route_tests import Aimed
    from fastidious_server.workspace.ports import Document


class Routes(Protocol):
    """Routes of the project, and the tests that call them."""

    def everywhere(self) -> Sequence[KnownRoute]:
        """Return all routes, application by application, in the order in which they are tried."""
        ...

    def concern(self, document: Document) -> bool:
        """Tell at little cost whether a document may hold functions of routes."""
        ...

    def may_be_at(self, document: Document, offset: int) -> bool:
        """Tell at little cost whether there is the head of a function at `offset` that may be that of a route."""
        ...

    def sites(self, document: Document) -> Sequence[RouteSite]:
        """Return the routes whose functions stand in a document."""
        ...

    def outline(self, document: Document) -> Sequence[OutlineItem]:
        """Return what of a document has a role for FastAPI, the database or Pydantic."""
        ...

    def card(self, route: KnownRoute) -> RouteCard:
        """Return all that is known of a route."""
        ...

    def place(self, route: KnownRoute) -> Place:
        """Return where the function of a route is, else where the route is declared."""
        ...

    def tests(self, site: RouteSite) -> Sequence[ClientCall]:
        """Return the requests of tests that the route takes."""
        ...

    def may_call(self, document: Document, offset: int) -> bool:
        """Tell at little cost whether there is a request of a test at `offset`."""
        ...

    def called_at(self, document: Document, offset: int) -> Sequence[Aimed]:
        """Return the request of a test at `offset`, with the routes that take it."""
        ...

    def prepare(self) -> Iterator[None]:
        """Find routes and tests, one module at a time: nobody else gets a turn while an answer is computed."""
        ...

    def prepare_card(self, route: KnownRoute) -> Iterator[None]:
        """Find what a card needs beyond that, one function at a time."""
        ...

    def state(self) -> object:
        """Return what is no longer equal when routes or their tests have changed."""
        ...
