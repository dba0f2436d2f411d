"""Columns as expressions name them: `User.email`, `users.c.email`, `col(User.email)`, those of an alias or a subquery."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fastidious_rules.semantics.inference import callee_of, inferred
from fastidious_rules.semantics.names import (
    absolute_module,
    ancestry,
    canonical,
    find_member,
    resolve,
    signature,
    variable_fact,
)
from fastidious_rules.semantics.orm.entities import columns, is_entity, mapped
from fastidious_rules.semantics.orm.relationships import Relationship, relationship
from fastidious_rules.semantics.orm.repositories import entity_named_by
from fastidious_rules.semantics.pydantic.models import SQL_MODEL
from fastidious_rules.semantics.types import Environment, annotated
from fastidious_rules.syntax.terms import OPAQUE, Apply, Index, Ref, Term, called_name, dotted, receiver_of

if TYPE_CHECKING:
    from fastidious_rules.semantics.project import Asker, Project

_ALIASING = frozenset({"sqlalchemy.orm.aliased", "sqlalchemy.orm.util.aliased", "sqlalchemy.orm.with_polymorphic"})
_SELECTABLES = frozenset({"subquery", "cte", "alias", "lateral", "tablesample"})
_TABLE = "sqlalchemy.Table"
_TABLES = frozenset({_TABLE, "sqlalchemy.schema.Table", "sqlalchemy.sql.schema.Table"})
_ENTITIES_OWN = "__table__"
_COLLECTIONS = ("c", "columns")
_HYBRIDS = frozenset({"hybrid_property", "expression", "inplace"})
_COL = "sqlmodel.col"
_BOOLEAN = "builtins.bool"
_DEEPEST = 4


class NamedColumn(NamedTuple):
    """A column that an expression names. `entity` is empty for that of a table or of a subquery."""

    name: str
    entity: str = ""


def column_of(asker: Asker, where: Environment, term: Term, depth: int = 0) -> NamedColumn | None:
    """Return the column that a term names in `where`, None unless it is proven to be one."""
    match term:
        case Ref(name):
            return _named(asker, where, name)
        case Index(value, _) if _is_collection_of_columns(asker, where, dotted(value)):
            return NamedColumn("")
        case Apply(_, (inner,)) if depth < _DEEPEST and callee_of(asker, where, term) == _COL:
            return column_of(asker, where, inner, depth + 1)
        case _:
            return None


def relationship_of(asker: Asker, where: Environment, term: Term) -> Relationship | None:
    """Return the relationship that a term names of an entity, as `column_of` does a column."""
    owner, _, name = dotted(term).rpartition(".")
    entity = entity_of(asker, where, Ref(owner)) if owner else ""
    return relationship(asker, entity, name) if entity else None


def entity_of(asker: Asker, where: Environment, term: Term, depth: int = 0) -> str:
    """Return the entity that a term names as a class: `User`, `aliased(User)`, `self.model`, `cls`; empty if unknown."""
    if depth > _DEEPEST:
        return ""
    if isinstance(term, Apply):
        is_alias = bool(term.arguments) and callee_of(asker, where, term) in _ALIASING
        return entity_of(asker, where, term.arguments[0], depth + 1) if is_alias else ""
    if not isinstance(term, Ref):
        return ""
    first, _, rest = term.dotted.partition(".")
    local = _local_entity(asker, where, first, rest, depth)
    if local is not None:
        return local
    qualified = resolve(asker, where.module, term.dotted)
    if asker.ask(is_entity, qualified):
        return qualified
    return asker.ask(entity_aliased_by, qualified) if qualified else ""


def entity_aliased_by(project: Project, qualified: str) -> str:
    """Return the entity of which a variable of a module is an alias: `Manager = aliased(User)`."""
    found = variable_fact(project, qualified)
    value = found[1].value if found is not None else None
    if found is None or not isinstance(value, Apply):
        return ""
    return entity_of(project, Environment(found[0].name), value, 1)


def is_boolean_column(project: Project, entity: str, name: str) -> bool | None:
    """Tell whether a column holds truth values; None if its type is not known."""
    owner = next((each.owner for each in project.ask(columns, entity) if each.name == name), "")
    found = variable_fact(project, f"{owner}.{name}") if owner else None
    if found is None:
        return None
    module, fact = found
    annotation, call = mapped(fact)
    declared = annotated(project, module.name, annotation)
    if declared:
        return declared.name == _BOOLEAN
    types = [(called_name(each) or dotted(each).rpartition(".")[2]) for each in (call.arguments if call else ())]
    known = [each for each in types if each and each not in {"ForeignKey", "Computed", "Identity", "Sequence"}]
    return known[0] in {"Boolean", "BOOLEAN"} if known else None


def is_sql_model(asker: Asker, entity: str) -> bool:
    """Tell whether an entity is SQLModel's: its columns have the types of their values for type checkers."""
    return SQL_MODEL in asker.ask(ancestry, entity) if entity else False


def is_sql_function_call(asker: Asker, where: Environment, term: Term) -> bool:
    """Tell whether a call makes an SQL expression: `func.lower(...)`, `and_(...)`, `exists(...)`."""
    callee = callee_of(asker, where, term) if isinstance(term, Apply) else ""
    package, _, name = callee.rpartition(".")
    if package in {"sqlalchemy.func", "sqlalchemy.sql.func", "sqlmodel.func"}:
        return True
    makers = {
        "and_",
        "or_",
        "not_",
        "exists",
        "cast",
        "type_coerce",
        "case",
        "literal_column",
        "extract",
        "true",
        "false",
    }
    return name in makers and package.partition(".")[0] in {"sqlalchemy", "sqlmodel"}


def _local_entity(asker: Asker, where: Environment, first: str, rest: str, depth: int) -> str | None:
    """Return the entity that a name of the function stands for; None says that the name is not its own."""
    function = where.function
    if function is None:
        return None
    terms = function.local.get(first)
    if terms is not None:
        return entity_of(asker, where, terms[0], depth + 1) if len(terms) == 1 and not rest else ""
    parameters = [each.name for each in function.parameters]
    if first in parameters:
        return _entity_passed(asker, where, parameters.index(first), rest)
    for each in function.imports:
        if each.bound == first and each.name:
            return _imported_entity(asker, where.module, each.module, ".".join(filter(None, (each.name, rest))))
    return _local_entity(asker, where.outer, first, rest, depth) if where.outer is not None else None


def _entity_passed(asker: Asker, where: Environment, position: int, rest: str) -> str:
    """Return the entity that a parameter is the class of: `cls`, `self.model`, `model: type[User]`."""
    assert where.function is not None  # noqa: S101  only called for a parameter of that function
    parameter = where.function.parameters[position]
    if position == 0 and where.class_name and parameter.name in {"self", "cls"}:
        if rest:
            return asker.ask(entity_named_by, where.owner, rest)
        return where.owner if parameter.name == "cls" and asker.ask(is_entity, where.owner) else ""
    declared = annotated(asker, where.module, parameter.annotation)
    inner = declared.arguments[0].name if declared.name == "builtins.type" and declared.arguments else ""
    return inner if not rest and asker.ask(is_entity, inner) else ""


def _imported_entity(asker: Asker, module: str, written: str, name: str) -> str:
    found = asker.project.module(module)
    source = absolute_module(found, written) if found is not None else written
    qualified = asker.ask(canonical, f"{source}.{name}")
    return qualified if asker.ask(is_entity, qualified) else ""


def _named(asker: Asker, where: Environment, name: str) -> NamedColumn | None:
    owner, _, last = name.rpartition(".")
    if not owner:
        return None
    if _is_collection_of_columns(asker, where, owner):
        return NamedColumn(last)
    entity = entity_of(asker, where, Ref(owner))
    return NamedColumn(last, entity) if entity and asker.ask(has_column, entity, last) else None


def has_column(project: Project, entity: str, name: str) -> bool:
    """Tell whether an attribute of an entity is a column, or computed in SQL: a hybrid property, a `column_property`."""
    if any(each.name == name for each in project.ask(columns, entity)):
        return True
    qualified = project.ask(find_member, entity, name)
    method = project.ask(signature, qualified) if qualified else None
    if method is not None:
        return any(dotted(each).rpartition(".")[2] in _HYBRIDS for each in method.decorators)
    found = variable_fact(project, qualified) if qualified else None
    return found is not None and called_name(found[1].value or OPAQUE) == "column_property"


def _is_collection_of_columns(asker: Asker, where: Environment, name: str) -> bool:
    """Tell whether a name stands for the columns of a table or subquery: `users.c`, `User.__table__.columns`."""
    table, _, attribute = name.rpartition(".")
    if attribute not in _COLLECTIONS or not table:
        return False
    if table.endswith(f".{_ENTITIES_OWN}"):
        return bool(entity_of(asker, where, Ref(table.removesuffix(f".{_ENTITIES_OWN}"))))
    terms = where.function.local.get(table, ()) if where.function is not None else ()
    if terms:
        return all(isinstance(each, Apply) and receiver_of(each)[1] in _SELECTABLES for each in terms)
    return inferred(asker, where, Ref(table)).name in _TABLES
