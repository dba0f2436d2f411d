"""The graph of routers: which routes there are, under which paths, and in which order they are tried."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from fastidious_rules.semantics.constants import text_of
from fastidious_rules.semantics.module import ROUTING_CALLS, SIGNATURES
from fastidious_rules.semantics.names import function_fact, resolve, variable_fact
from fastidious_rules.semantics.place import Place
from fastidious_rules.semantics.types import Environment, annotated
from fastidious_rules.semantics.web.fastapi import Route, methods_of, routes
from fastidious_rules.semantics.web.path_spellings import spelling
from fastidious_rules.semantics.web.paths import template
from fastidious_rules.syntax.terms import OPAQUE, Apply, Ref, Term, called_name, dotted, receiver_of
from fastidious_rules.syntax.text import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.semantics.facts import CallFact, FunctionFact, UnitFacts
    from fastidious_rules.semantics.module import Module
    from fastidious_rules.semantics.project import Project

LOCAL = ":"
"""Between a function and the name of a router that lives in it: `app.main.create_app:app`."""
_DEEPEST = 8
_MOST_MOUNTS = 6


class Endpoint(NamedTuple):
    """A route of a router. `number` counts the decorators of the function from the top, `path` is the router's own."""

    router: str
    symbol: str
    number: int
    methods: tuple[str, ...]
    path: str | None
    types: tuple[tuple[str, str], ...]
    """The parameters of the path whose types are known, with these."""
    place: Place


class Include(NamedTuple):
    """A router that becomes a part of another one. `child` is empty where nobody knows which one it is."""

    router: str
    child: str
    prefix: str
    call: Apply
    """What the include adds for all routes of the child: dependencies, tags."""

    @property
    def dependencies(self) -> Term | None:
        """The dependencies that it adds."""
        return self.call.keyword("dependencies")


class Added(NamedTuple):
    """A route that a call adds: `router.add_api_route("/books", list_books)`. Rules look at decorators only."""

    router: str
    handler: str
    """Qualified name of its function, empty if nobody knows."""
    methods: tuple[str, ...]
    path: str | None
    call: Apply
    place: Place


class Mounted(NamedTuple):
    """An application that serves all paths below a prefix of another one: `app.mount("/admin", admin)`."""

    router: str
    child: str
    prefix: str


Entry: TypeAlias = Endpoint | Include | Added | Mounted


class Mount(NamedTuple):
    """One way from an application to a router: what stands in front of the router's own paths, and the includes on the way."""

    prefix: str
    position: tuple[Position, ...]


class Position(NamedTuple):
    """Place in the order of a router: those of different modules cannot be compared."""

    router: str
    module: str
    number: int


# What one module declares


def entries(project: Project, module: str) -> tuple[Entry, ...]:
    """Return what a module adds to routers, in the order in which it does."""
    found = project.module(module)
    if found is None:
        return ()
    project.read(module, SIGNATURES)
    return tuple(entry for unit in found.facts.units for entry in _entries_of(project, found, unit))


def _entries_of(project: Project, module: Module, unit: UnitFacts) -> Iterator[Entry]:
    found: list[tuple[int, Entry]] = []
    by_name = {each.name: each for each in unit.functions}
    for fact in unit.functions:
        around = by_name.get(fact.owner) if fact.owner else None
        place = Place(module.path, fact.name, Span(*fact.span))
        if fact.decorators:
            where = Environment(module.name, around, unit.class_name)
            found.extend((fact.span[0], each) for each in _declared(project, where, fact, place))
        for call in fact.calls:
            if called_name(call.term) in ROUTING_CALLS:
                found.extend((call.span[0], each) for each in _called(project, module, fact, call))
    return (entry for _, entry in sorted(found, key=lambda pair: pair[0]))


def _declared(project: Project, where: Environment, fact: FunctionFact, place: Place) -> Iterator[Endpoint]:
    """Yield the routes of the decorators of a function: the lowest comes first."""
    numbers = {id(decorator): number for number, decorator in enumerate(fact.decorators)}
    for route in reversed(routes(project, where, fact)):
        router = router_named(project, where.module, where.function, route.router)
        yield _endpoint(project, where.module, router, fact, route, numbers.get(id(route.call), 0), place)


def _endpoint(
    project: Project, module: str, router: str, fact: FunctionFact, route: Route, number: int, place: Place
) -> Endpoint:
    written = route.call.arguments[0] if route.call.arguments else route.call.keyword("path")
    path = text_of(project, module, written)
    wanted = template(path).parameters if path is not None else ()
    known = ((each.name, annotated(project, module, each.annotation).name) for each in fact.parameters)
    types = tuple((name, type_name) for name, type_name in known if name in wanted and type_name)
    return Endpoint(router, fact.name, number, route.methods, path, types, place)


def _called(project: Project, module: Module, around: FunctionFact, call: CallFact) -> Iterator[Entry]:
    receiver, name = receiver_of(call.term)
    if not isinstance(receiver, Ref):
        return
    inside = around if around.name else None
    router = router_named(project, module.name, inside, receiver.dotted)
    if name == "include_router":
        yield _included(project, module, inside, call, router)
    elif name == "mount":
        yield from _mounted(project, module, inside, call.term, router)
    else:
        place = Place(module.path, around.name, Span(*call.span))
        yield _added(project, module, inside, call.term, Added(router, "", (), None, call.term, place))


def _included(project: Project, module: Module, inside: FunctionFact | None, call: CallFact, router: str) -> Include:
    included = call.term.arguments[0] if call.term.arguments else call.term.keyword("router")
    is_known = isinstance(included, Ref) and not call.loops
    child = (
        router_named(project, module.name, inside, included.dotted) if is_known and isinstance(included, Ref) else ""
    )
    prefix = _prefix(project, Environment(module.name, inside), call.term, f"{module.name}:{child}")
    return Include(router, child, prefix, call.term)


def _mounted(
    project: Project, module: Module, inside: FunctionFact | None, call: Apply, router: str
) -> Iterator[Mounted]:
    prefix = text_of(project, module.name, _given(call, 0, "path"))
    child = _given(call, 1, "app")
    if isinstance(child, Ref) and prefix is not None and prefix[:1] in {"", "/"}:
        yield Mounted(router, router_named(project, module.name, inside, child.dotted), prefix.rstrip("/"))


def _added(project: Project, module: Module, inside: FunctionFact | None, call: Apply, known: Added) -> Added:
    is_websocket = called_name(call) == "add_api_websocket_route"
    return known._replace(
        handler=_function_named(project, module, inside, dotted(_given(call, 1, "endpoint") or OPAQUE)),
        methods=methods_of("websocket" if is_websocket else "api_route", call),
        path=text_of(project, module.name, _given(call, 0, "path")),
    )


def _function_named(project: Project, module: Module, inside: FunctionFact | None, written: str) -> str:
    """Return the qualified name of a function: one inside the function around the call, else of the module."""
    nested = f"{module.name}.{inside.name}.{written}" if inside is not None and written else ""
    if nested and function_fact(project, nested) is not None:
        return nested
    return resolve(project, module.name, written) if written else ""


def _given(call: Apply, position: int, name: str) -> Term | None:
    return call.arguments[position] if position < len(call.arguments) else call.keyword(name)


def router_named(project: Project, module: str, around: FunctionFact | None, written: str) -> str:
    """Return what identifies a router: its qualified name, or that of the function around it with its local name."""
    first = written.partition(".")[0]
    if around is not None and (first in around.local or any(each.name == first for each in around.parameters)):
        return f"{module}.{around.name}{LOCAL}{written}"
    return resolve(project, module, written) or f"{module}{LOCAL}{written}"


def _prefix(project: Project, where: Environment, call: Apply, unknown: str) -> str:
    """Return the `prefix` that a call gives; a name that no path contains where it is not known."""
    written = call.keyword("prefix")
    if written is None:
        return ""
    text = spelling(project, where, written)
    return f"/<{unknown}>" if text is None else text


# The whole graph


def own_prefix(project: Project, router: str) -> str:
    """Return the prefix that a router has by itself: `APIRouter(prefix="/books")`."""
    made = project.ask(router_call, router)
    return _prefix(project, Environment(made[0]), made[1], router) if made is not None else ""


def router_call(project: Project, router: str) -> tuple[str, Apply] | None:
    """Return the call that makes a router, and the module that it stands in."""
    owner, _, local = router.partition(LOCAL)
    if local:
        found = function_fact(project, owner)
        terms = found[1].local.get(local, ()) if found is not None else ()
        module, value = (found[0].name, terms[0]) if found is not None and terms else ("", None)
    else:
        variable = variable_fact(project, router)
        module, value = (variable[0].name, variable[1].value) if variable is not None else ("", None)
    return (module, value) if isinstance(value, Apply) else None


def includes(project: Project) -> tuple[tuple[Include, Position], ...]:
    """Return all includes of the project, each with its place in the order of the router that it adds to."""
    return tuple(
        (entry, Position(entry.router, module.name, number))
        for module in project.mentioning("include_router")
        for number, entry in enumerate(project.ask(entries, module.name))
        if isinstance(entry, Include)
    )


def is_complete(project: Project) -> bool:
    """Tell whether it is known for every include which router it includes: rules about the whole are silent if not."""
    return all(entry.child for entry, _ in project.ask(includes))


def mounts(project: Project, router: str) -> tuple[Mount, ...]:
    """Return the ways to a router from where nobody includes it any further."""
    return tuple(_mounts(project, router, frozenset()))[:_MOST_MOUNTS]


def _mounts(project: Project, router: str, seen: frozenset[str]) -> Iterator[Mount]:
    own = project.ask(own_prefix, router)
    parents = [(entry, position) for entry, position in project.ask(includes) if entry.child == router]
    if not parents or len(seen) > _DEEPEST:
        yield Mount(own, ())
    for entry, position in parents:
        if entry.router not in seen:
            for mount in _mounts(project, entry.router, seen | {router}):
                yield Mount(mount.prefix + entry.prefix + own, (*mount.position, position))


def routers(project: Project) -> tuple[str, ...]:
    """Return the routers that include others or are included."""
    found = (each for entry, _ in project.ask(includes) for each in (entry.router, entry.child))
    return tuple(dict.fromkeys(each for each in found if each))


def module_of(router: str) -> str:
    """Return the module whose routes a router has; those that other modules add to it are left out."""
    return router.partition(LOCAL)[0].rpartition(".")[0]


def full_paths(project: Project, endpoint: Endpoint) -> tuple[str, ...]:
    """Return the full paths of a route, one for each way to its router."""
    if endpoint.path is None:
        return ()
    return tuple(mount.prefix + endpoint.path for mount in project.ask(mounts, endpoint.router))


def comes_before(one: tuple[Position, ...], other: tuple[Position, ...]) -> bool:
    """Tell whether what is at the first position is certainly tried before what is at the second."""
    for first, second in zip(one, other, strict=False):
        if first != second:
            same = first.router == second.router and first.module == second.module
            return same and first.number < second.number
    return False
