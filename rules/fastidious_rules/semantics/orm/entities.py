"""Entities: classes that SQLAlchemy or SQLModel maps to tables, and their columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fastidious_rules.semantics.facts import ClassFact, FunctionFact, VariableFact
from fastidious_rules.semantics.names import ancestry, class_shape, definitions, resolve, variable_fact
from fastidious_rules.semantics.pydantic.models import is_table
from fastidious_rules.semantics.role import Role, role_of
from fastidious_rules.syntax.terms import Apply, Collection, Literal, Term, called_name, dotted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.semantics.names import ClassShape
    from fastidious_rules.semantics.project import Project

_BASES = frozenset(
    {"sqlalchemy.orm.DeclarativeBase", "sqlalchemy.orm.DeclarativeBaseNoMeta", "advanced_alchemy.base.BigIntBase"}
)
_BASE_FACTORIES = frozenset({"declarative_base", "generate_base", "automap_base"})
_COLUMNS = frozenset({"sqlalchemy.Column", "sqlalchemy.orm.mapped_column", "sqlmodel.Field", "pydantic.Field"})
_TRUE = Literal("bool", "True")


class Column(NamedTuple):
    """A column of an entity; `references` is what its foreign key names: `authors.id`."""

    name: str
    owner: str
    is_primary: bool
    references: str


def is_entity(project: Project, qualified_class: str) -> bool:
    """Tell whether a class is mapped to a table."""
    if not qualified_class or project.ask(class_shape, qualified_class) is None:
        return False
    bases = project.ask(ancestry, qualified_class)
    is_base = qualified_class in _BASES or _is_abstract(project, qualified_class)
    return not is_base and (
        any(_is_mapping_base(project, each) for each in bases) or is_table(project, qualified_class)
    )


def columns(project: Project, qualified_class: str) -> tuple[Column, ...]:
    """Return the columns of an entity, those of its bases and mixins too."""
    found: dict[str, Column] = {}
    for owner in project.ask(ancestry, qualified_class):
        for each in _own_columns(project, owner):
            found.setdefault(each.name, each)
    return tuple(found.values())


def primary_key(project: Project, qualified_class: str) -> str:
    """Return the column that is the primary key of an entity; empty if there are several, or none is known."""
    found = [each.name for each in project.ask(columns, qualified_class) if each.is_primary]
    return found[0] if len(found) == 1 else ""


def key_columns(project: Project, qualified_class: str) -> tuple[str, ...]:
    """Return the names of the columns of an entity's primary key, as far as they are declared."""
    return tuple(each.name for each in project.ask(columns, qualified_class) if each.is_primary)


def default_order(project: Project, qualified_class: str) -> bool:
    """Tell whether the mapper of an entity puts its rows in order, as it may in SQLAlchemy 1."""
    found = (variable_fact(project, f"{each}.__mapper_args__") for each in project.ask(ancestry, qualified_class))
    given = [each[1].value for each in found if each is not None]
    keys = [key for each in given if isinstance(each, Collection) for key in each.items[::2]]
    return Literal("str", "order_by") in keys


def classes_called(project: Project, name: str) -> tuple[str, ...]:
    """Return the entities whose class is called `name`."""
    defining = (
        each for each in project.mentioning(name) if any(isinstance(one.fact, ClassFact) for one in each.top(name))
    )
    homes = (each for each in defining if role_of(each.path) is Role.CODE)
    return tuple(f"{each.name}.{name}" for each in homes if project.ask(is_entity, f"{each.name}.{name}"))


def _is_mapping_base(project: Project, qualified: str) -> bool:
    if qualified in _BASES:
        return True
    found = variable_fact(project, qualified)
    if found is not None:
        made = found[1].value
        return isinstance(made, Apply) and _factory(project, found[0].name, made) in _BASE_FACTORIES
    shape = project.ask(class_shape, qualified)
    decorators = shape.decorators if shape is not None else ()
    names = (dotted(each.function if isinstance(each, Apply) else each) for each in decorators)
    return any(name.rpartition(".")[2] in {"as_declarative", "mapped", "mapped_as_dataclass"} for name in names)


def _factory(project: Project, module: str, made: Apply) -> str:
    """Return the last name of what makes a base, as it is called where it is defined."""
    written = dotted(made.function)
    return (resolve(project, module, written) or written or called_name(made)).rpartition(".")[2]


def _is_abstract(project: Project, qualified_class: str) -> bool:
    """Tell whether a class is a base of entities: it inherits from `DeclarativeBase` directly, or says `__abstract__`."""
    shape = project.ask(class_shape, qualified_class)
    flag = variable_fact(project, f"{qualified_class}.__abstract__")
    is_flagged = flag is not None and flag[1].value == _TRUE
    return is_flagged or (shape is not None and not _BASES.isdisjoint(shape.bases))


def mapped(fact: object) -> tuple[Term | None, Apply | None]:
    """Return annotation and call of what a class body maps, with `declared_attr` too."""
    if isinstance(fact, VariableFact):
        return fact.annotation, fact.value if isinstance(fact.value, Apply) else None
    if isinstance(fact, FunctionFact) and any("declared_attr" in dotted(each) for each in fact.decorators):
        value = fact.returned[0] if fact.returned else None
        return fact.returns, value if isinstance(value, Apply) else None
    return None, None


def _own_columns(project: Project, owner: str) -> Iterator[Column]:
    found = definitions(project, owner)
    shape: ClassShape | None = project.ask(class_shape, owner)
    if found is None or shape is None:
        return
    module, symbol, _ = found
    for name, definition in project.members(module, symbol):
        annotation, call = mapped(definition.fact)
        is_call = call is not None and resolve(project, module.name, dotted(call.function)) in _COLUMNS
        if is_call or (call is None and annotation is not None and not name.startswith("_")):
            yield Column(name, f"{module.name}.{symbol}", _is_primary(call), _references(call))


def _is_primary(call: Apply | None) -> bool:
    return call is not None and call.keyword("primary_key") == _TRUE


def _references(call: Apply | None) -> str:
    """Return what the foreign key of a column names, if it has one."""
    if call is None:
        return ""
    given = call.keyword("foreign_key")
    keys = (each for each in call.arguments if isinstance(each, Apply) and called_name(each) == "ForeignKey")
    named = [given, *(each.arguments[0] for each in keys if each.arguments)]
    return next((each.text if isinstance(each, Literal) else dotted(each) for each in named if each is not None), "")
