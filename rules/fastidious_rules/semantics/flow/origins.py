"""Where a value comes from: from the code itself, from a request, from whoever calls."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import msgspec

from fastidious_rules.knowledge import names
from fastidious_rules.semantics.asynchrony.execution import is_connection
from fastidious_rules.semantics.flow.source import CONSTANT, TRUSTED, UNKNOWN, Origin, Source
from fastidious_rules.semantics.inference import callee_of, inferred
from fastidious_rules.semantics.names import resolve, variable_fact
from fastidious_rules.semantics.types import Environment, Type, annotated, is_subclass
from fastidious_rules.semantics.web import fastapi
from fastidious_rules.semantics.web.exposure import words_of
from fastidious_rules.syntax.terms import (
    Apply,
    Awaited,
    Collection,
    Index,
    Literal,
    Member,
    Operation,
    Ref,
    Term,
    called_name,
    parts,
    receiver_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from fastidious_rules.semantics.facts import FunctionFact, ParameterFact
    from fastidious_rules.semantics.project import Asker, Project

_DEEPEST = 5
_PREFIX = 1


_ENUMS = ("enum.Enum", "enum.StrEnum", "enum.IntEnum", "enum.Flag")
_LOOKING_UP = frozenset({"get", "pop"})
"""Methods whose argument says what is wanted and is no part of what comes back."""
_DUMPING = frozenset({"dict", "model_dump"})
_READING = frozenset({"body", "form", "json"})
"""Methods of a request whose results are no attributes of it."""
_REQUESTS = ("fastapi.Request", "fastapi.WebSocket", "starlette.requests.HTTPConnection")
_NOTHING = Literal("None", "None")
_ADDRESSES = frozenset({"base_url", "url"})
"""Attributes of a request that say how the client came here: nothing that it could send somebody else to."""


def origin(asker: Asker, where: Environment, term: Term) -> Origin:
    """Return where the value of `term` in `where` comes from; of several sources the most dangerous."""
    return source_of(asker, where, term).origin


def source_of(asker: Asker, where: Environment, term: Term, depth: int = 0) -> Source:
    """Return the source of the value of `term` in `where`; of several the most dangerous."""
    if depth > _DEEPEST:
        return UNKNOWN
    match term:
        case Literal():
            return CONSTANT
        case Ref(name):
            return _of_name(asker, where, name, depth)
        case Awaited(value):
            return source_of(asker, where, value, depth)
        case Index(value, keys):
            return source_of(asker, where, value, depth).below(_text_of_key(keys))
        case Member():
            return _of_member(asker, where, term, depth)
        case Apply():
            return _of_call(asker, where, term, depth)
        case Operation(_, left, right):
            return _worst(asker, where, (left, right), depth)
        case Collection(_, items):
            return _worst(asker, where, items, depth)
        case _:
            return UNKNOWN


def _of_member(asker: Asker, where: Environment, term: Member, depth: int) -> Source:
    inner = partial(source_of, asker, where, term.value, depth + 1)
    return _unless_harmless(asker, where, term, lambda: inner().below(term.name))


def _text_of_key(keys: tuple[Term, ...]) -> str:
    return keys[0].text if len(keys) == 1 and isinstance(keys[0], Literal) and keys[0].kind == "str" else ""


def _worst(asker: Asker, where: Environment, terms: tuple[Term, ...], depth: int) -> Source:
    return _most_dangerous([source_of(asker, where, each, depth + 1) for each in terms], CONSTANT)


def _most_dangerous(sources: list[Source], otherwise: Source) -> Source:
    return max(sources, key=lambda each: each.origin, default=otherwise)


def _unless_harmless(asker: Asker, where: Environment, term: Term, otherwise: Callable[[], Source]) -> Source:
    """Return a constant if the value, or what it is an attribute of, can carry no text."""
    objects = [term]
    if isinstance(term, Ref):
        steps = term.dotted.split(".")
        objects = [Ref(".".join(steps[:size])) for size in range(1, len(steps) + 1)]
    return CONSTANT if any(_is_harmless(asker, inferred(asker, where, each)) for each in objects) else otherwise()


def _is_harmless(asker: Asker, known: Type) -> bool:
    if not known:
        return False
    return all(
        each.name in names("origins", "harmless") or is_subclass(asker, each.name, *_ENUMS) for each in known.members
    )


def _of_name(asker: Asker, where: Environment, name: str, depth: int) -> Source:
    first, _, rest = name.partition(".")
    place: Environment | None = where
    while place is not None:
        known = _of_local(asker, place, first, name, depth)
        if known is not None:
            return known
        place = place.outer
    return Source(_of_global(asker, where.module, first, rest))


def _of_local(asker: Asker, where: Environment, first: str, name: str, depth: int) -> Source | None:
    """Return the source of a name that the function binds; None says that it does not."""
    function = where.function
    if function is None:
        return None
    rest = name[len(first) + 1 :]
    terms = function.local.get(first)
    if terms:
        before = before_assigned(where, first)
        kept = (Ref(first),) if is_kept(function, first) else ()
        assigned = partial(_of_assigned, asker, before, (*terms, *kept), depth)
        return _unless_harmless(asker, where, Ref(name), lambda: assigned().below(rest))
    named = [each.name for each in function.parameters]
    if first not in named:
        return None
    position = named.index(first)
    if not position and where.class_name and first in {"self", "cls"}:
        return TRUSTED
    parameter = function.parameters[position]
    passed = partial(_of_parameter, asker, where, function, parameter, rest)
    return _unless_harmless(asker, where, Ref(name), passed)


def is_kept(function: FunctionFact, name: str) -> bool:
    """Tell whether a parameter to which something is assigned may have what was passed all the same.

    `if not path: path = "/"` leaves it where there is one; `path = PATHS[path]` does not.
    """
    is_parameter = any(each.name == name for each in function.parameters)
    return is_parameter and not any(_mentions(term, name) for term in function.local.get(name, ()))


def before_assigned(where: Environment, name: str) -> Environment:
    """Return the environment in which `name` is what it was before something was assigned to it."""
    function = where.function
    assert function is not None  # noqa: S101  only called for a local name
    local = {each: terms for each, terms in function.local.items() if each != name}
    if not any(each.name == name for each in function.parameters):
        local[name] = (_NOTHING,)
    return where._replace(function=msgspec.structs.replace(function, local=local))


def _mentions(term: Term, name: str) -> bool:
    return any(isinstance(part, Ref) and part.dotted.partition(".")[0] == name for part in parts(term))


def _of_assigned(asker: Asker, where: Environment, terms: tuple[Term, ...], depth: int) -> Source:
    found: list[Source] = []
    for term in terms:
        match term:
            case Apply(Ref(":"), _):
                continue
            case Apply(Ref("for" | "with"), (inner,)):
                found.append(source_of(asker, where, inner, depth + 1))
            case _:
                found.append(source_of(asker, where, term, depth + 1))
    return _most_dangerous(found, UNKNOWN)


def _of_parameter(
    asker: Asker, where: Environment, function: FunctionFact, parameter: ParameterFact, rest: str
) -> Source:
    around = where.outer or Environment(where.module, None, where.class_name)
    path = f"{parameter.name}.{rest}" if rest else parameter.name
    if fastapi.injection(asker, where.module, parameter.annotation, parameter.default) is not None:
        return Source(Origin.TRUSTED, path, function.name)
    known = annotated(asker, where.module, parameter.annotation)
    if known.name in names("origins", "filled_in") or (known and is_connection(asker, known.name)):
        return TRUSTED
    if known and is_subclass(asker, known.name, *_REQUESTS):
        return _of_request(rest.partition(".")[0], path, function)
    is_sent = fastapi.routes(asker, around, function)
    return Source(Origin.REQUEST if is_sent else Origin.PARAMETER, path, function.name)


def _of_request(attribute: str, path: str, function: FunctionFact) -> Source:
    if attribute in names("origins", "of_the_server"):
        return TRUSTED
    return Source(Origin.REQUEST, "" if attribute in _ADDRESSES else path, function.name)


def _of_global(asker: Asker, module: str, first: str, rest: str) -> Origin:
    qualified = resolve(asker, module, first)
    if not qualified:
        return Origin.UNKNOWN
    if rest or first.isupper():
        return Origin.TRUSTED
    return asker.ask(constant_origin, qualified)


def constant_origin(project: Project, qualified: str) -> Origin:
    """Return the origin of a variable of a module: a literal one is a constant."""
    found = variable_fact(project, qualified)
    value = found[1].value if found is not None else None
    return Origin.CONSTANT if isinstance(value, Literal | Collection) else Origin.TRUSTED


def _of_call(asker: Asker, where: Environment, term: Apply, depth: int) -> Source:
    callee = callee_of(asker, where, term)
    if callee in names("origins", "converters") or _is_harmless(asker, inferred(asker, where, term)):
        return CONSTANT
    if not names("origins", "placing").isdisjoint(words_of(called_name(term))):
        return _worst(asker, where, term.arguments, depth)
    if callee in names("origins", "passing"):
        return _worst(asker, where, term.arguments, depth)
    receiver, name = receiver_of(term)
    if receiver is None or name not in names("origins", "passing_methods"):
        return UNKNOWN
    of_receiver = source_of(asker, where, receiver, depth + 1)
    if name in _LOOKING_UP:
        return of_receiver.below(_text_of_key(term.arguments[:1]))
    is_part = name in _DUMPING and not {"include", "exclude"}.isdisjoint(key for key, _ in term.keywords)
    of_receiver = of_receiver.below(f"{name}()" if name in _READING or is_part else "")
    return _most_dangerous([of_receiver, _worst(asker, where, term.arguments[:_PREFIX], depth)], UNKNOWN)
