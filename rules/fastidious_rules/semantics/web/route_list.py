"""All routes of a project, in the order in which its applications try them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from fastidious_rules.semantics.facts import FunctionFact
from fastidious_rules.semantics.names import definitions, function_fact, resolve
from fastidious_rules.semantics.place import Place
from fastidious_rules.semantics.role import Role
from fastidious_rules.semantics.types import is_subclass
from fastidious_rules.semantics.web.fastapi import ROUTER
from fastidious_rules.semantics.web.router_aliases import meant_by
from fastidious_rules.semantics.web.routing import (
    Added,
    Endpoint,
    Include,
    Mounted,
    Position,
    entries,
    is_complete,
    module_of,
    own_prefix,
    router_call,
)
from fastidious_rules.syntax.terms import Apply, dotted
from fastidious_rules.syntax.text import Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from fastidious_rules.semantics.project import Project
    from fastidious_rules.semantics.web.routing import Entry

_WORDS = ("fastapi", "starlette", "router.", "app.")
"""What a module says that declares a route: where FastAPI comes from, or the usual name of what it declares it on."""
_ADDING = ("add_api_route", "add_api_websocket_route")
_UNKNOWN = re.compile(r"/<[^>]*>")
_DEEPEST = 8
_MOST = 20_000
ELSEWHERE = "…"
"""Stands in paths for what nobody knows."""


class KnownRoute(NamedTuple):
    """A route under one full path."""

    root: str
    """The application; or the outermost router, where none is known to include it."""
    is_served: bool
    """Whether `root` is an application, as far as anybody knows."""
    methods: tuple[str, ...]
    """None for a websocket."""
    path: str | None
    """The full path. It starts with an ellipsis where its beginning is unknown, and is None where all of it is."""
    module: str
    """Where the route is declared."""
    entry: Endpoint | Added
    includes: tuple[Position, ...]
    """The includes on the way from the application."""

    @property
    def title(self) -> str:
        """What clients call it: `GET /books/{book_id}`."""
        return f"{','.join(self.methods) or 'WS'} {self.path or ELSEWHERE}"


class Handler(NamedTuple):
    """The function behind a route, and the call that declares the route: the decorator, or that of `add_api_route`."""

    module: str
    fact: FunctionFact
    place: Place
    declaration: Apply

    @property
    def qualified(self) -> str:
        """Qualified name of the function."""
        return f"{self.module}.{self.fact.name}"


def known_routes(project: Project) -> tuple[KnownRoute, ...]:
    """Return the routes of production code, application by application, each in the order in which they are tried."""
    graph = _Graph(project, {name: project.ask(entries, name) for name in project.ask(declaring_modules)})
    return tuple(each for root in graph.roots() for each in graph.below(root))[:_MOST]


def declaring_modules(project: Project) -> tuple[str, ...]:
    """Return the modules of production code that may declare routes."""
    modules = {each.name: each for word in _WORDS for each in project.holding(word)}
    return tuple(sorted(name for name, each in modules.items() if project.role_of(each.path, name) is not Role.TEST))


def adds_routes(project: Project) -> bool:
    """Tell whether any module may add routes by calls: `add_api_route`."""
    return any(project.holding(word) for word in _ADDING)


def routes_in(project: Project, module: str) -> tuple[KnownRoute, ...]:
    """Return the routes that a module declares: those of tests too, as far as they are known without other modules."""
    own = tuple(each for each in project.ask(known_routes) if each.module == module)
    if own:
        return own
    graph = _Graph(project, {module: project.ask(entries, module)})
    return tuple(each for root in graph.roots() for each in graph.below(root))


class _Entered(NamedTuple):
    """What is added to a router, in order: who adds under another name, or from another module, is taken to come later."""

    is_renamed: bool
    is_foreign: bool
    position: Position
    entry: Entry


class _Graph:
    """Routers, and what the modules add to them."""

    def __init__(self, project: Project, declared: dict[str, tuple[Entry, ...]]) -> None:
        self._project = project
        self._is_complete = project.ask(is_complete)
        self._entries: dict[str, list[_Entered]] = {}
        for module, found in declared.items():
            for number, entry in enumerate(found):
                for each in self._meant(entry):
                    position = Position(each.router, module, number)
                    entered = _Entered(each.router != entry.router, module != module_of(each.router), position, each)
                    self._entries.setdefault(each.router, []).append(entered)
        for known in self._entries.values():
            known.sort(key=lambda entered: entered[:3])

    def _meant(self, entry: Entry) -> Iterator[Entry]:
        """Yield an entry for the routers that its names stand for."""
        for router in self._project.ask(meant_by, entry.router):
            moved = entry._replace(router=router)
            if isinstance(moved, Endpoint | Added) or not moved.child:
                yield moved
            else:
                yield from (moved._replace(child=child) for child in self._project.ask(meant_by, moved.child))

    def roots(self) -> list[str]:
        """Return what nobody includes or mounts any further: applications first."""
        declared = (each.entry for known in self._entries.values() for each in known)
        inner = {entry.child for entry in declared if isinstance(entry, Include | Mounted)}
        found = (each for each in self._entries if each not in inner)
        return sorted(found, key=lambda root: (not is_application(self._project, root), root))

    def below(self, root: str) -> Iterator[KnownRoute]:
        """Yield the routes that are reached from a root."""
        is_served = is_application(self._project, root)
        start = "" if is_served or self._is_complete else ELSEWHERE
        for path, entry, position, includes in self._walked(root, start, (), frozenset()):
            module = position.module
            shown = _UNKNOWN.sub(f"/{ELSEWHERE}", path) if path is not None else None
            yield KnownRoute(root, is_served, entry.methods, shown, module, entry, includes)

    def _walked(
        self, router: str, prefix: str, includes: tuple[Position, ...], seen: frozenset[str]
    ) -> Iterator[tuple[str | None, Endpoint | Added, Position, tuple[Position, ...]]]:
        prefix += self._project.ask(own_prefix, router)
        for _, _, position, entry in self._entries.get(router, ()):
            if isinstance(entry, Endpoint | Added):
                yield None if entry.path is None else prefix + entry.path, entry, position, includes
            elif entry.child not in seen and entry.child != router and len(seen) < _DEEPEST:
                # What an application demands is not asked of those that it mounts.
                inner = (*includes, position) if isinstance(entry, Include) else ()
                yield from self._walked(entry.child, prefix + entry.prefix, inner, seen | {router})


def is_application(project: Project, router: str) -> bool:
    """Tell whether a router may be an application: it is not known to be a mere `APIRouter`."""
    made = project.ask(router_call, router)
    return made is None or not is_subclass(project, resolve(project, made[0], dotted(made[1].function)), ROUTER)


def handler_of(project: Project, route: KnownRoute) -> Handler | None:
    """Return the function behind a route, as far as the project knows it."""
    entry = route.entry
    if isinstance(entry, Added):
        found = function_fact(project, entry.handler) if entry.handler else None
        if found is None:
            return None
        module, fact = found
        return Handler(module.name, fact, Place(module.path, fact.name, Span(*fact.span)), entry.call)
    known = definitions(project, f"{route.module}.{entry.symbol}")
    facts = [each.fact for each in known[2] if isinstance(each.fact, FunctionFact)] if known is not None else []
    declared = ((fact, _declaration(fact, entry.number)) for fact in _same_place_first(facts, entry.place.span))
    return next((Handler(route.module, fact, entry.place, call) for fact, call in declared if call is not None), None)


def _same_place_first(facts: Iterable[FunctionFact], span: Span) -> list[FunctionFact]:
    """Return functions of the same name, the one that stands at `span` in its unit first."""
    return sorted(facts, key=lambda fact: fact.span != (span.start, span.end))


def _declaration(fact: FunctionFact, number: int) -> Apply | None:
    decorator = fact.decorators[number] if number < len(fact.decorators) else None
    return decorator if isinstance(decorator, Apply) else None
