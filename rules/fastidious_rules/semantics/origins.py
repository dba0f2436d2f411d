"""Where a value comes from: from the code itself, from a request, from whoever calls."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING

from fastidious_rules.semantics import fastapi
from fastidious_rules.semantics.inference import callee_of, inferred
from fastidious_rules.semantics.names import resolve, signature, variable_fact
from fastidious_rules.semantics.types import Environment, Type, annotated, is_subclass
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
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from fastidious_rules.semantics.facts import FunctionFact, ParameterFact
    from fastidious_rules.semantics.project import Asker, Project

_DEEPEST = 5
_PREFIX = 1

HARMLESS_TYPES = frozenset(
    {
        "builtins.int",
        "builtins.float",
        "builtins.bool",
        "decimal.Decimal",
        "uuid.UUID",
        "datetime.date",
        "datetime.datetime",
        "datetime.time",
        "datetime.timedelta",
        "pydantic.PositiveInt",
        "pydantic.NonNegativeInt",
        "pydantic.UUID4",
        "typing.Literal",
    }
)
"""Types whose text cannot carry anything: numbers, dates, ids, members of a closed set."""

_ENUMS = ("enum.Enum", "enum.StrEnum", "enum.IntEnum", "enum.Flag")
_CONVERTERS = frozenset(
    {"builtins.int", "builtins.float", "builtins.bool", "builtins.len", "builtins.range", "uuid.UUID"}
)
_PASSING = frozenset(
    {
        "builtins.str",
        "builtins.repr",
        "builtins.list",
        "builtins.tuple",
        "builtins.sorted",
        "builtins.set",
        "builtins.max",
        "builtins.min",
        "builtins.abs",
        "builtins.round",
        "builtins.sum",
        "json.loads",
    }
)
_PASSING_METHODS = frozenset({
    "body", "capitalize", "casefold", "copy", "decode", "dict", "encode", "form", "format", "get", "items",
    "join", "json", "keys", "lower", "lstrip", "model_dump", "pop", "read", "removeprefix", "removesuffix",
    "replace", "rstrip", "strip", "title", "upper", "values",
})  # fmt: skip
_REQUESTS = ("fastapi.Request", "fastapi.WebSocket", "starlette.requests.HTTPConnection")


class Origin(IntEnum):
    """Where a value comes from, the more dangerous the greater."""

    CONSTANT = 0
    """Written in the code, or of a type that cannot carry text."""
    TRUSTED = 1
    """An attribute of the program itself: settings, `self.table`."""
    UNKNOWN = 2
    PARAMETER = 3
    """Whatever a caller passes."""
    REQUEST = 4
    """Whatever a client sends."""


def origin(asker: Asker, where: Environment, term: Term, depth: int = 0) -> Origin:
    """Return where the value of `term` in `where` comes from; of several sources the most dangerous."""
    if depth > _DEEPEST:
        return Origin.UNKNOWN
    match term:
        case Literal():
            return Origin.CONSTANT
        case Ref(name):
            return _of_name(asker, where, name, depth)
        case Awaited(value) | Index(value, _):
            return origin(asker, where, value, depth)
        case Member(value, _):
            return _unless_harmless(asker, where, term, lambda: origin(asker, where, value, depth + 1))
        case Apply():
            return _of_call(asker, where, term, depth)
        case Operation(_, left, right):
            return _worst(asker, where, (left, right), depth)
        case Collection(_, items):
            return _worst(asker, where, items, depth)
        case _:
            return Origin.UNKNOWN


def _worst(asker: Asker, where: Environment, terms: tuple[Term, ...], depth: int) -> Origin:
    return max((origin(asker, where, each, depth + 1) for each in terms), default=Origin.CONSTANT)


def _unless_harmless(asker: Asker, where: Environment, term: Term, otherwise: Callable[[], Origin]) -> Origin:
    return Origin.CONSTANT if _is_harmless(asker, inferred(asker, where, term)) else otherwise()


def _is_harmless(asker: Asker, known: Type) -> bool:
    if not known:
        return False
    return all(each.name in HARMLESS_TYPES or is_subclass(asker, each.name, *_ENUMS) for each in known.members)


def _of_name(asker: Asker, where: Environment, name: str, depth: int) -> Origin:
    first, _, rest = name.partition(".")
    place: Environment | None = where
    while place is not None:
        known = _of_local(asker, place, first, name, depth)
        if known is not None:
            return known
        place = place.outer
    return _of_global(asker, where.module, first, rest)


def _of_local(asker: Asker, where: Environment, first: str, name: str, depth: int) -> Origin | None:
    """Return the origin of a name that the function binds; None says that it does not."""
    function = where.function
    if function is None:
        return None
    terms = function.local.get(first)
    if terms:
        return _unless_harmless(asker, where, Ref(name), lambda: _of_assigned(asker, where, terms, depth))
    names = [each.name for each in function.parameters]
    if first not in names:
        return None
    position = names.index(first)
    if not position and where.class_name and first in {"self", "cls"}:
        return Origin.TRUSTED
    parameter = function.parameters[position]
    return _unless_harmless(asker, where, Ref(name), lambda: _of_parameter(asker, where, function, parameter))


def _of_assigned(asker: Asker, where: Environment, terms: tuple[Term, ...], depth: int) -> Origin:
    found: list[Origin] = []
    for term in terms:
        match term:
            case Apply(Ref(":"), _):
                continue
            case Apply(Ref("for" | "with"), (inner,)):
                found.append(origin(asker, where, inner, depth + 1))
            case _:
                found.append(origin(asker, where, term, depth + 1))
    return max(found, default=Origin.UNKNOWN)


def _of_parameter(asker: Asker, where: Environment, function: FunctionFact, parameter: ParameterFact) -> Origin:
    around = where.outer or Environment(where.module, None, where.class_name)
    if fastapi.injection(asker, where.module, parameter.annotation, parameter.default) is not None:
        return Origin.TRUSTED
    known = annotated(asker, where.module, parameter.annotation)
    if known and is_subclass(asker, known.name, *_REQUESTS):
        return Origin.REQUEST
    return Origin.REQUEST if fastapi.routes(asker, around, function) else Origin.PARAMETER


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


def _of_call(asker: Asker, where: Environment, term: Apply, depth: int) -> Origin:
    callee = callee_of(asker, where, term)
    if callee in _CONVERTERS or _is_harmless(asker, inferred(asker, where, term)):
        return Origin.CONSTANT
    if callee in _PASSING:
        return _worst(asker, where, term.arguments, depth)
    function = term.function
    receiver: Term | None = None
    if isinstance(function, Member):
        receiver, name = function.value, function.name
    elif isinstance(function, Ref) and "." in function.dotted:
        owner, _, name = function.dotted.rpartition(".")
        receiver = Ref(owner)
    else:
        return Origin.UNKNOWN
    if name not in _PASSING_METHODS:
        return Origin.UNKNOWN
    return max(origin(asker, where, receiver, depth + 1), _worst(asker, where, term.arguments[:_PREFIX], depth))


def passed_by_callers(project: Project, qualified: str, parameter: str) -> Origin:
    """Return the most dangerous origin of what the project's callers pass for a parameter; UNKNOWN if nobody calls."""
    name = qualified.rpartition(".")[2]
    found = [
        origin(project, where, passed)
        for module in project.mentioning(name)
        for where, call in _calls_of(project, module.name, name, qualified)
        for passed in _passed(project, qualified, parameter, call)
    ]
    return max(found, default=Origin.UNKNOWN)


def _calls_of(project: Project, module: str, name: str, qualified: str) -> list[tuple[Environment, Apply]]:
    found = project.module(module)
    calls: list[tuple[Environment, Apply]] = []
    for fact in found.functions() if found is not None else ():
        where = Environment(module, fact, fact.owner)
        calls.extend(
            (where, call.term)
            for call in fact.calls
            if _may_call(call.term, name) and callee_of(project, where, call.term) == qualified
        )
    return calls


def _may_call(term: Apply, name: str) -> bool:
    function = term.function
    last = function.name if isinstance(function, Member) else getattr(function, "dotted", "").rpartition(".")[2]
    return last == name


def _passed(project: Project, qualified: str, parameter: str, call: Apply) -> list[Term]:
    named = call.keyword(parameter)
    if named is not None:
        return [named]
    found = project.ask(signature, qualified)
    names = [each.name for each in found.parameters] if found is not None else []
    if names[:1] and names[0] in {"self", "cls"}:
        del names[0]
    position = names.index(parameter) if parameter in names else len(call.arguments)
    return [call.arguments[position]] if position < len(call.arguments) else []
