"""FastAPI's vocabulary: routes, dependencies, and who runs a function."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from fastidious_rules.semantics.inference import inferred
from fastidious_rules.semantics.module import IMPORTS, INJECTIONS
from fastidious_rules.semantics.named_arguments import named_arguments
from fastidious_rules.semantics.names import renamed, resolve
from fastidious_rules.semantics.types import alias_of, is_subclass
from fastidious_rules.syntax.terms import Apply, Collection, Literal, Ref, Term, dotted, parts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.semantics.facts import FunctionFact
    from fastidious_rules.semantics.project import Asker, Project
    from fastidious_rules.semantics.types import Environment

APPLICATION = "fastapi.FastAPI"
ROUTER = "fastapi.APIRouter"
INJECTORS = frozenset({"fastapi.Depends", "fastapi.Security"})
PARAMETER_FUNCTIONS = frozenset(
    f"fastapi.{name}" for name in ("Query", "Path", "Body", "Header", "Cookie", "Form", "File", "Depends", "Security")
)
HTTP_EXCEPTIONS = ("fastapi.HTTPException", "starlette.exceptions.HTTPException")

_DEEPEST_ALIAS = 4
_METHODS = frozenset({"get", "post", "put", "patch", "delete", "head", "options", "trace"})
_ROUTERS = (APPLICATION, ROUTER, "starlette.applications.Starlette", "starlette.routing.Router")
_ROUTER_NAMES = ("app", "router", "api", "application")


_INJECTING = ("Depends", "Security")


class Route(NamedTuple):
    """A route that a decorator declares. `path` is None where it is not a literal; `websocket` routes have no methods."""

    methods: tuple[str, ...]
    path: str | None
    router: str
    """The receiver as written in the decorator: `router`, `self.app`."""
    call: Apply
    """The decorator."""

    @property
    def is_websocket(self) -> bool:
        """Whether this is a websocket."""
        return not self.methods

    def argument(self, name: str) -> Term | None:
        """Return what the decorator says for the keyword `name`."""
        return self.call.keyword(name)


class Use(StrEnum):
    """What FastAPI uses a function for."""

    ENDPOINT = "endpoint"
    DEPENDENCY = "dependency"
    MIDDLEWARE = "middleware"
    EXCEPTION_HANDLER = "exception handler"
    LIFESPAN = "lifespan"


def routes(asker: Asker, where: Environment, fact: FunctionFact) -> tuple[Route, ...]:
    """Return the routes that the decorators of a function declare; `where` is where the `def` stands."""
    found = (_route(asker, where, decorator) for decorator in fact.decorators)
    return tuple(route for route in found if route is not None)


def _route(asker: Asker, where: Environment, decorator: Term) -> Route | None:
    if not isinstance(decorator, Apply) or not isinstance(decorator.function, Ref):
        return None
    receiver, _, method = decorator.function.dotted.rpartition(".")
    if not receiver or not (method in _METHODS or method in {"api_route", "websocket", "websocket_route"}):
        return None
    if not _is_router(asker, where, receiver, decorator):
        return None
    return Route(methods_of(method, decorator), _path(decorator), receiver, decorator)


def _is_router(asker: Asker, where: Environment, receiver: str, decorator: Apply) -> bool:
    """Tell whether a decorator's receiver is a router: by its type, else by name and path in a module that uses FastAPI."""
    known = inferred(asker, where, Ref(receiver))
    if known:
        return is_subclass(asker, known.name, *_ROUTERS)
    looks_like = receiver.rpartition(".")[2].lower().endswith(_ROUTER_NAMES)
    path = _path(decorator)
    return looks_like and path is not None and path[:1] in {"/", ""} and asker.ask(uses_fastapi, where.module)


def uses_fastapi(project: Project, module: str) -> bool:
    """Tell whether a module imports FastAPI or Starlette."""
    found = project.module(module)
    if found is None:
        return False
    project.read(module, IMPORTS)
    return any(
        each.module.partition(".")[0] in {"fastapi", "starlette"} for unit in found.facts.units for each in unit.imports
    )


def methods_of(declarer: str, call: Apply) -> tuple[str, ...]:
    """Return the methods of a route that a method of a router declares: `get`, `api_route`; a websocket has none."""
    if declarer.startswith("websocket"):
        return ()
    if declarer != "api_route":
        return (declarer.upper(),)
    listed = call.keyword("methods")
    items = listed.items if isinstance(listed, Collection) else ()
    return tuple(each.text.upper() for each in items if isinstance(each, Literal)) or ("GET",)


def _path(decorator: Apply) -> str | None:
    path = decorator.arguments[0] if decorator.arguments else decorator.keyword("path")
    return path.text if isinstance(path, Literal) and path.kind == "str" else None


def is_dependency(project: Project, qualified: str) -> bool:
    """Tell whether the project injects a function or class anywhere: `Depends(f)`, in any spelling of its name."""
    return qualified in project.ask(injected)


def injected(project: Project) -> frozenset[str]:
    """Return the functions and classes that the project injects."""
    modules = {module.name for word in _INJECTING for module in project.holding(word)}
    return frozenset[str]().union(*(project.ask(injected_by, name) for name in modules))


def injected_by(project: Project, module: str) -> frozenset[str]:
    """Return the functions and classes that a module injects."""
    found = project.module(module)
    project.read(module, INJECTIONS)
    spellings = {*_INJECTING, *(bound for bound, real in project.ask(renamed, module) if real in _INJECTING)}
    return frozenset(
        resolve(project, module, target)
        for pairs in (found.derived(named_arguments) if found is not None else ())
        for injector, target in pairs
        if injector.rpartition(".")[2] in spellings and resolve(project, module, injector) in INJECTORS
    )


def injection(asker: Asker, module: str, parameter: Term | None, default: Term | None) -> Apply | None:
    """Return the `Depends(...)` or `Security(...)` of a parameter with this annotation and default, through aliases."""
    found = injection_in(asker, module, parameter, default)
    return found[1] if found is not None else None


def injection_in(
    asker: Asker, module: str, parameter: Term | None, default: Term | None, depth: int = 0
) -> tuple[str, Apply] | None:
    """Return the `Depends(...)` of a parameter, and the module that it is written in: that of the alias, if it is in one."""
    for term in (default, parameter):
        for part in parts(term) if term is not None else ():
            name = dotted(part.function) if isinstance(part, Apply) else ""
            if isinstance(part, Apply) and name and resolve(asker, module, name) in INJECTORS:
                return module, part
    alias = asker.ask(alias_of, resolve(asker, module, parameter.dotted)) if isinstance(parameter, Ref) else None
    return injection_in(asker, *alias, None, depth + 1) if alias is not None and depth < _DEEPEST_ALIAS else None


def uses(asker: Asker, where: Environment, fact: FunctionFact) -> frozenset[Use]:
    """Return what FastAPI uses a function for."""
    found: set[Use] = set()
    if routes(asker, where, fact):
        found.add(Use.ENDPOINT)
    if asker.ask(is_dependency, f"{where.module}.{fact.name}"):
        found.add(Use.DEPENDENCY)
    for decorator in fact.decorators:
        found.update(_use_of(decorator))
    if fact.name.endswith(".dispatch") and _is_middleware_class(asker, f"{where.module}.{fact.owner}"):
        found.add(Use.MIDDLEWARE)
    return frozenset(found)


def _use_of(decorator: Term) -> Iterator[Use]:
    function = decorator.function if isinstance(decorator, Apply) else decorator
    name = function.dotted.rpartition(".")[2] if isinstance(function, Ref) else ""
    if name == "middleware":
        yield Use.MIDDLEWARE
    elif name == "exception_handler":
        yield Use.EXCEPTION_HANDLER
    elif name in {"asynccontextmanager", "on_event"}:
        yield Use.LIFESPAN


def _is_middleware_class(asker: Asker, qualified: str) -> bool:
    return is_subclass(
        asker, qualified, "starlette.middleware.base.BaseHTTPMiddleware", "fastapi.middleware.base.BaseHTTPMiddleware"
    )


def response_contract(fact: FunctionFact, route: Route) -> Term | None:
    """Return the term of a route's response contract: `response_model`, else the return annotation; None if there is none."""
    explicit = route.argument("response_model")
    if explicit is not None:
        return None if explicit == Literal("None", "None") else explicit
    return fact.returns
