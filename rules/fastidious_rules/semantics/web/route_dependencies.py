"""What one route depends on, and who asks for it: its function, its decorator, a router, the application."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from fastidious_rules.semantics.names import definitions
from fastidious_rules.semantics.place import Place
from fastidious_rules.semantics.web.dependencies import (
    Dependency,
    closed_dependencies,
    injected_into,
    listed_dependencies,
)
from fastidious_rules.semantics.web.routing import Include, entries, router_call
from fastidious_rules.syntax.text import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.semantics.project import Project
    from fastidious_rules.semantics.web.route_list import Handler, KnownRoute
    from fastidious_rules.syntax.terms import Apply


class Origin(StrEnum):
    """Who asks for a dependency."""

    HANDLER = "handler"
    ROUTE = "route"
    ROUTER = "router"
    APPLICATION = "application"


class Need(NamedTuple):
    """A dependency of a route; `rests_on` is what it depends on itself, directly or not."""

    dependency: Dependency
    origin: Origin
    place: Place | None
    rests_on: tuple[Dependency, ...]

    @property
    def name(self) -> str:
        """What it is called: by its last name, empty if it has none."""
        return short_name(self.dependency)

    @property
    def everything(self) -> tuple[Dependency, ...]:
        """The dependency, and what it rests on."""
        return (self.dependency, *self.rests_on)


class Declaration(NamedTuple):
    """A call that says something for all routes below it: one that makes a router, or that includes one."""

    module: str
    call: Apply
    origin: Origin


def short_name(dependency: Dependency) -> str:
    """Return what a dependency is called."""
    return (dependency.qualified or dependency.written).rpartition(".")[2]


def declarations_above(project: Project, route: KnownRoute) -> Iterator[Declaration]:
    """Yield what is said for a route by the routers and includes on the way to it, the outermost first."""
    routers = [each.router for each in route.includes] or [route.entry.router]
    yield from _of_router(project, route, routers[0])
    for position, inner in (
        zip(route.includes, [*routers[1:], route.entry.router], strict=True) if route.includes else ()
    ):
        entry = project.ask(entries, position.module)[position.number]
        if isinstance(entry, Include):
            yield Declaration(position.module, entry.call, Origin.ROUTER)
        yield from _of_router(project, route, inner)


def _of_router(project: Project, route: KnownRoute, router: str) -> Iterator[Declaration]:
    made = project.ask(router_call, router)
    if made is not None:
        is_root = router == route.root and route.is_served
        yield Declaration(made[0], made[1], Origin.APPLICATION if is_root else Origin.ROUTER)


def needs_of(project: Project, route: KnownRoute, handler: Handler | None) -> tuple[Need, ...]:
    """Return the dependencies of a route in the order in which FastAPI runs them."""
    found: dict[Dependency, Origin] = {}
    for each in declarations_above(project, route):
        for dependency in listed_dependencies(project, each.module, each.call.keyword("dependencies")):
            found.setdefault(dependency, each.origin)
    if handler is not None:
        given = handler.declaration.keyword("dependencies")
        for dependency in listed_dependencies(project, route.module, given):
            found.setdefault(dependency, Origin.ROUTE)
        for dependency in injected_into(project, handler.module, handler.fact):
            found.setdefault(dependency, Origin.HANDLER)
    return tuple(_need(project, dependency, origin) for dependency, origin in found.items())


def _need(project: Project, dependency: Dependency, origin: Origin) -> Need:
    below = tuple(each for each in closed_dependencies(project, [dependency]) if each != dependency)
    return Need(dependency, origin, _place(project, dependency.qualified), below)


def _place(project: Project, qualified: str) -> Place | None:
    found = definitions(project, qualified) if qualified else None
    if found is None or not found[2]:
        return None
    module, symbol, known = found
    return Place(module.path, symbol, Span(*known[-1].fact.span))
