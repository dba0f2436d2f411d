"""Resources of a request: what FastAPI injects and closes again, by a dependency that yields."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fastidious_rules.semantics.asynchrony.effects import body_of
from fastidious_rules.semantics.inference import inferred
from fastidious_rules.semantics.names import class_shape, find_member, resolve, signature
from fastidious_rules.semantics.types import alias_of, is_subclass
from fastidious_rules.semantics.web.fastapi import injection
from fastidious_rules.syntax.terms import Apply, Index, Literal, Ref, Term, dotted

if TYPE_CHECKING:
    from fastidious_rules.semantics.facts import ParameterFact
    from fastidious_rules.semantics.place import Place
    from fastidious_rules.semantics.project import Asker
    from fastidious_rules.semantics.types import Environment

SESSIONS = (
    "sqlalchemy.orm.Session",
    "sqlalchemy.engine.Connection",
    "sqlalchemy.ext.asyncio.AsyncSession",
    "sqlalchemy.ext.asyncio.AsyncConnection",
    "asyncpg.Connection",
    "psycopg.Connection",
    "psycopg.AsyncConnection",
)


_FUNCTION = "function"
"""The scope of a dependency that is left when the endpoint returns: only one that yields may have it."""


class _Injected(NamedTuple):
    """The dependency that a parameter is given the result of."""

    provider: str
    scope: str
    is_shared: bool


class Resource(NamedTuple):
    """A session that a dependency opens and closes: the dependency, and how long it keeps the session open."""

    provider: str
    place: Place | None
    """Where the dependency is declared; None for one of a library."""
    scope: str
    """`request` or `function`."""
    is_shared: bool = True
    """Whether all that ask for it in one request are given the same session."""


def is_session(asker: Asker, where: Environment, term: Term) -> bool:
    """Tell whether a value is a session or connection of a database."""
    known = inferred(asker, where, term)
    return bool(known) and is_subclass(asker, known.name, *SESSIONS)


def resource_of(asker: Asker, where: Environment, name: str) -> Resource | None:
    """Return what opens and closes the session that a parameter is given; None if no dependency is known to."""
    parameter = _parameter(where, name)
    found = _injected(asker, where.module, parameter) if parameter is not None else None
    if found is None or not is_session(asker, where, Ref(name)):
        return None
    known = asker.ask(signature, found.provider)
    yields = known.is_generator if known is not None else found.scope == _FUNCTION
    place = known.place if known is not None else None
    return Resource(found.provider, place, found.scope, found.is_shared) if yields else None


def resource_behind(asker: Asker, where: Environment, name: str) -> Resource | None:
    """Return what opens and closes the session that the dependency behind a parameter is given in its turn."""
    parameter = _parameter(where, name)
    found = _injected(asker, where.module, parameter) if parameter is not None else None
    if found is None:
        return None
    provider = found.provider
    if asker.ask(class_shape, provider) is not None:
        provider = asker.ask(find_member, provider, "__init__")
    body = asker.ask(body_of, provider) if provider else None
    if body is None or body.fact.is_generator:
        return None
    resources = (resource_of(asker, body.environment, each.name) for each in body.fact.parameters)
    return next((each for each in resources if each is not None), None)


def identity(asker: Asker, where: Environment, path: str) -> str:
    """Return what tells the session of a path (see `sessions`) from others: the dependency that several get it from."""
    root, _, rest = path.partition(".")
    resource = resource_behind(asker, where, root) if rest else resource_of(asker, where, root)
    return f"&{resource.provider}" if resource is not None and resource.is_shared else path


def _parameter(where: Environment, name: str) -> ParameterFact | None:
    function = where.function
    if function is None or name in function.local:
        return None
    return next((each for each in function.parameters if each.name == name), None)


def _injected(asker: Asker, module: str, parameter: ParameterFact) -> _Injected | None:
    """Return the dependency that a parameter is given."""
    annotation = parameter.annotation
    if isinstance(annotation, Ref):
        alias = asker.ask(alias_of, resolve(asker, module, annotation.dotted))
        module, annotation = alias if alias is not None else (module, annotation)
    found = injection(asker, module, annotation, parameter.default)
    if found is None:
        return None
    target = found.arguments[0] if found.arguments else found.keyword("dependency") or _annotated_type(annotation)
    qualified = resolve(asker, module, dotted(target)) if target is not None else ""
    is_shared = found.keyword("use_cache") != Literal("bool", "False")
    return _Injected(qualified, _scope(found), is_shared) if qualified else None


def _annotated_type(annotation: Term | None) -> Term | None:
    """Return the class that `Depends()` stands for: the annotation itself."""
    return annotation.arguments[0] if isinstance(annotation, Index) and annotation.arguments else annotation


def _scope(depends: Apply) -> str:
    given = depends.keyword("scope")
    return given.text if isinstance(given, Literal) else "request"
