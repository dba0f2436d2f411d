"""What FastAPI and Pydantic read of entities to fill a model, and what of it a query did not load."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fastidious_rules.semantics.facts import FunctionFact
from fastidious_rules.semantics.inference import callee_of
from fastidious_rules.semantics.names import ancestry, definitions, resolve
from fastidious_rules.semantics.orm.query import Query, Stage
from fastidious_rules.semantics.orm.relationships import relationship
from fastidious_rules.semantics.orm.statements import query_of
from fastidious_rules.semantics.pydantic.model_config import reads_attributes
from fastidious_rules.semantics.pydantic.models import fields_of, is_model
from fastidious_rules.semantics.types import Type
from fastidious_rules.syntax.terms import Apply, Awaited, Collection, Index, Literal, Ref, Term, called_name, dotted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.semantics.orm.relationships import Relationship
    from fastidious_rules.semantics.project import Asker, Project
    from fastidious_rules.semantics.pydantic.models import ModelField
    from fastidious_rules.semantics.types import Environment

_DEEPEST = 3
_BY_HAND = frozenset({"model_validator", "root_validator"})
_NO_VALUES = frozenset(
    {"builtins.type", "collections.abc.Callable", "typing.Callable", "typing.Literal", "builtins.dict"}
)


class Filled(NamedTuple):
    """A model that is filled from the rows of a query."""

    model: Type
    rows: Query


class Unloaded(NamedTuple):
    """A relationship that is read to fill a model, and that no query has loaded."""

    fields: tuple[ModelField, ...]
    """The fields that lead to it from the model, its own last."""
    rows: Query
    relationship: Relationship
    inner: tuple[Unloaded, ...] = ()
    """What is read of the objects behind it in turn."""

    @property
    def path(self) -> str:
        """The fields as a client sees them: `items.product`."""
        return ".".join(each.name for each in self.fields)


def filled(asker: Asker, where: Environment, term: Term, response: Type, depth: int = 0) -> Iterator[Filled]:
    """Yield the models that are filled with rows when `term` is returned as a `response`."""
    if depth > _DEEPEST:
        return
    query = query_of(asker, where, term)
    if query is not None:
        yield from _matched(asker, response, query)
        return
    match term:
        case Awaited(value):
            yield from filled(asker, where, value, response, depth)
        case Ref(name) if where.function is not None and "." not in name:
            for each in where.function.local.get(name, ())[:_DEEPEST]:
                yield from filled(asker, where, each, response, depth + 1)
        case Collection("dict", items):
            pairs = zip(items[::2], items[1::2], strict=False)
            named = [(key.text, value) for key, value in pairs if isinstance(key, Literal)]
            yield from _into_fields(asker, where, response, named, depth)
        case Apply():
            yield from _by_call(asker, where, term, response, depth)
        case _:
            return


def _by_call(asker: Asker, where: Environment, term: Apply, response: Type, depth: int) -> Iterator[Filled]:
    """Yield what a page of rows, or a model made of rows, is filled with."""
    if "paginate" in called_name(term):
        for each in term.arguments:
            query = query_of(asker, where, each)
            if query is not None and query.stage is Stage.STATEMENT:
                yield from _matched(asker, response, query._replace(stage=Stage.ROWS))
        return
    made = Type(callee_of(asker, where, term))
    if isinstance(term.function, Index) and dotted(term.function.value):
        made = Type(resolve(asker, where.module, dotted(term.function.value)), response.arguments)
    if is_model(asker, made.name):
        known = response if response.name == made.name else made
        yield from (
            each
            for each in _into_fields(asker, where, known, list(term.keywords), depth)
            if asker.ask(reads_attributes, each.model.name)
        )


def _into_fields(
    asker: Asker, where: Environment, model: Type, named: list[tuple[str, Term]], depth: int
) -> Iterator[Filled]:
    fields = {each.name: each for each in fields_of(asker, model)} if is_model(asker, model.name) else {}
    for name, value in named:
        field = fields.get(name)
        if field is not None:
            yield from filled(asker, where, value, field.type, depth + 1)


def _matched(asker: Asker, response: Type, query: Query) -> Iterator[Filled]:
    """Yield the models among a type that can be filled from the rows of a query."""
    if not query.entity or query.has_columns or query.stage in {Stage.STATEMENT, Stage.TUPLES}:
        return
    for model in _models_in(asker, response):
        yield Filled(model, query)


def _models_in(asker: Asker, type_: Type) -> Iterator[Type]:
    if is_model(asker, type_.name):
        yield type_
    elif type_.name not in _NO_VALUES:
        for each in type_.arguments:
            yield from _models_in(asker, each)


def unloaded(asker: Asker, model: Type, rows: Query, depth: int = 0) -> Iterator[Unloaded]:
    """Yield the relationships that filling a model reads of a row, and that would be loaded one by one."""
    if depth >= _DEEPEST or asker.ask(is_read_by_hand, model.name):
        return
    for field in fields_of(asker, model):
        found = _read_by(asker, field, rows.entity)
        models = list(_models_in(asker, field.type)) if found is not None else []
        if found is None or not models or _is_at_hand(rows, found):
            continue
        behind = rows.follow(found)
        inner = tuple(
            each._replace(fields=(field, *each.fields))
            for one in models
            for each in unloaded(asker, one, behind, depth + 1)
        )
        if (found.is_lazy or found.raises) and not rows.loads_relationship(found.name):
            yield Unloaded((field,), rows, found, inner)
        elif found.loading:
            yield from inner


def single_objects(asker: Asker, model: Type, entity: str) -> frozenset[str]:
    """Return the entities of the single objects that filling a model reads of a row: the session holds them from then on."""
    read = (_read_by(asker, field, entity) for field in fields_of(asker, model))
    return frozenset(each.target for each in read if each is not None and not each.is_collection)


def _read_by(asker: Asker, field: ModelField, entity: str) -> Relationship | None:
    """Return the relationship that is read for a field: it goes by its alias, where it has one."""
    if field.is_computed or field.reads is None:
        return None
    by_alias = relationship(asker, entity, field.reads) if field.reads else None
    return by_alias or relationship(asker, entity, field.name)


def _is_at_hand(rows: Query, found: Relationship) -> bool:
    """Tell whether the object on the other side is the one that the row was read from."""
    return not found.is_collection and found.target in {entity for entity, _ in rows.path}


def is_read_by_hand(project: Project, qualified_class: str) -> bool:
    """Tell whether a model decides itself what it reads of an object: it has a validator that runs before all others."""
    for each in project.ask(ancestry, qualified_class):
        found = definitions(project, each)
        for _, definition in project.members(found[0], found[1]) if found is not None else ():
            fact = definition.fact
            if isinstance(fact, FunctionFact) and any(map(_runs_first, fact.decorators)):
                return True
    return False


def _runs_first(decorator: Term) -> bool:
    if not isinstance(decorator, Apply) or called_name(decorator) not in _BY_HAND:
        return False
    mode = decorator.keyword("mode")
    is_early = isinstance(mode, Literal) and mode.text in {"before", "wrap"}
    return is_early or decorator.keyword("pre") == Literal("bool", "True")
