"""Responses that endpoints make themselves: which are JSON, what status they have, and what contract they go around."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import TYPE_CHECKING, NamedTuple

from fastidious_rules.semantics.names import class_shape, definitions, find_member
from fastidious_rules.semantics.orm.entities import columns, is_entity, mapped
from fastidious_rules.semantics.place import Place
from fastidious_rules.semantics.pydantic.models import is_model
from fastidious_rules.semantics.types import Type, annotated, is_subclass
from fastidious_rules.semantics.web.exposure import exposed, is_secret_name, is_text
from fastidious_rules.syntax.terms import Apply, Literal, Term, called_name, dotted
from fastidious_rules.syntax.text import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.semantics.orm.entities import Column
    from fastidious_rules.semantics.project import Asker, Project

JSON_RESPONSES = frozenset(
    f"{package}.responses.{name}"
    for package, names in (
        ("fastapi", ("JSONResponse", "ORJSONResponse", "UJSONResponse")),
        ("starlette", ("JSONResponse",)),
    )
    for name in names
)
RESPONSE = "fastapi.Response"

_CONTAINERS = frozenset(
    {
        "builtins.list",
        "builtins.set",
        "builtins.tuple",
        "builtins.frozenset",
        "builtins.dict",
        "collections.abc.Sequence",
        "collections.abc.Iterable",
        "collections.abc.Collection",
        "collections.abc.Mapping",
        "typing.Union",
    }
)
_NAMED_STATUS = re.compile(r"(?:\A|\.)HTTP_(\d{3})_\w+\Z")
_SHAPED = frozenset({"dataclass", "TypedDict"})
_NOT_TEXTUAL = frozenset({"Boolean", "Date", "DateTime", "Enum", "Float", "Integer", "BigInteger", "Numeric", "Time"})
_TRUE = Literal("bool", "True")


class Secret(NamedTuple):
    """A field or column that holds a secret; `owner` is the short name of the class that shows it."""

    name: str
    owner: str
    place: Place


def status_of(term: Term | None) -> int | None:
    """Return the status that a term certainly is: `201`, `status.HTTP_201_CREATED`, `HTTPStatus.CREATED`."""
    if isinstance(term, Literal) and term.kind == "int" and term.text.isdecimal():
        return int(term.text)
    name = dotted(term) if term is not None else ""
    named = _NAMED_STATUS.search(name)
    if named is not None:
        return int(named[1])
    owner, _, member = name.removesuffix(".value").rpartition(".")
    known = HTTPStatus.__members__.get(member) if owner.endswith("HTTPStatus") else None
    return int(known) if known is not None else None


def is_json_response(asker: Asker, qualified_class: str) -> bool:
    """Tell whether a class is one of the JSON responses, or derived from one without a constructor of its own."""
    if qualified_class in JSON_RESPONSES:
        return True
    if asker.ask(class_shape, qualified_class) is None or not is_subclass(asker, qualified_class, *JSON_RESPONSES):
        return False
    return not asker.ask(overrides_construction, qualified_class)


def overrides_construction(project: Project, qualified_class: str) -> bool:
    """Tell whether a class of the project has a constructor of its own."""
    return bool(project.ask(find_member, qualified_class, "__init__"))


def filters(asker: Asker, contract: Type) -> bool:
    """Tell whether FastAPI leaves out or checks anything by a contract: there is a model, or a class with fields, in it."""
    return any(True for _ in declared_in(asker, contract))


def declared_in(asker: Asker, contract: Type) -> Iterator[Type]:
    """Yield the classes with declared fields that a contract is made of."""
    if is_model(asker, contract.name) or _has_shape(asker, contract.name):
        yield contract
    else:
        for each in contract.arguments:
            yield from declared_in(asker, each)


def _has_shape(asker: Asker, qualified_class: str) -> bool:
    shape = asker.ask(class_shape, qualified_class) if qualified_class else None
    if shape is None:
        return False
    decorators = (dotted(each.function if isinstance(each, Apply) else each) for each in shape.decorators)
    names = {each.rpartition(".")[2] for each in (*decorators, *shape.bases)}
    return not names.isdisjoint(_SHAPED)


def entities_in(asker: Asker, type_: Type) -> Iterator[str]:
    """Yield the entities that values of a type are, or contain."""
    if asker.ask(is_entity, type_.name):
        yield type_.name
    elif type_.name in _CONTAINERS:
        for each in type_.arguments:
            yield from entities_in(asker, each)


def secrets_of(asker: Asker, type_: Type, extra: tuple[str, ...] = ()) -> Iterator[Secret]:
    """Yield the secrets that a value of this type shows once it is turned into JSON, field by field."""
    if is_model(asker, type_.name):
        for each in exposed(asker, type_):
            if is_secret_name(each.field.name, extra) and is_text(each.field.type):
                yield Secret(each.field.name, each.holder.short, each.field.place)
    elif asker.ask(is_entity, type_.name):
        yield from (each for each in asker.ask(textual_columns, type_.name) if is_secret_name(each.name, extra))
    elif type_.name in _CONTAINERS:
        for each in type_.arguments:
            yield from secrets_of(asker, each, extra)


def textual_columns(project: Project, entity: str) -> tuple[Secret, ...]:
    """Return the columns of an entity that may hold text and are loaded with it."""
    found = (_textual(project, entity.rpartition(".")[2], each) for each in project.ask(columns, entity))
    return tuple(each for each in found if each is not None)


def _textual(project: Project, shown_by: str, column: Column) -> Secret | None:
    found = definitions(project, f"{column.owner}.{column.name}")
    if found is None or not found[2]:
        return None
    module, symbol, known = found
    annotation, call = mapped(known[-1].fact)
    declared = annotated(project, module.name, annotation)
    if declared and not is_text(declared):
        return None
    if call is not None and (_is_deferred(call) or any(_names_other_type(each) for each in call.arguments)):
        return None
    return Secret(column.name, shown_by, Place(module.path, symbol, Span(*known[-1].fact.span)))


def _is_deferred(call: Apply) -> bool:
    return call.keyword("deferred") == _TRUE or called_name(call) == "deferred"


def _names_other_type(argument: Term) -> bool:
    written = argument.function if isinstance(argument, Apply) else argument
    return dotted(written).rpartition(".")[2] in _NOT_TEXTUAL
