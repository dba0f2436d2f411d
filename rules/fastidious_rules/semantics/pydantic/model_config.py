"""The configuration of models, merged from their bases."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastidious_rules.semantics.facts import ClassFact, VariableFact
from fastidious_rules.semantics.names import ancestry, definitions
from fastidious_rules.syntax.terms import Apply, Collection, Literal, Term

if TYPE_CHECKING:
    from fastidious_rules.semantics.module import Module
    from fastidious_rules.semantics.project import Project

_SQL_MODEL = "sqlmodel.SQLModel"
_TRUE = Literal("bool", "True")
_CONFIGURATION = "model_config"
_OLD_NAMES = {"from_attributes": "orm_mode", "populate_by_name": "allow_population_by_field_name"}


def configured(project: Project, qualified_class: str, key: str) -> Term | None:
    """Return what a model, or the nearest of its bases, sets for `key` of its configuration."""
    for each in project.ask(ancestry, qualified_class):
        found = definitions(project, each)
        value = _own_setting(found[0], found[1], key) if found is not None else None
        if value is not None:
            return value
    return None


def reads_attributes(project: Project, qualified_class: str) -> bool:
    """Tell whether a model may be validated from objects: `from_attributes`, or `orm_mode` of old."""
    if _SQL_MODEL in project.ask(ancestry, qualified_class):
        return True
    return project.ask(configured, qualified_class, "from_attributes") == _TRUE


def _own_setting(module: Module, symbol: str, key: str) -> Term | None:
    for definition in module.member(f"{symbol}.{_CONFIGURATION}"):
        value = definition.fact.value if isinstance(definition.fact, VariableFact) else None
        found = _setting(value, key)
        if found is not None:
            return found
    for definition in (
        *module.member(f"{symbol}.Config.{key}"),
        *module.member(f"{symbol}.Config.{_OLD_NAMES.get(key)}"),
    ):
        if isinstance(definition.fact, VariableFact):
            return definition.fact.value
    headers = (each.fact for each in module.top(symbol) if isinstance(each.fact, ClassFact))
    return next((value for header in headers for name, value in header.keywords if name == key), None)


def _setting(value: Term | None, key: str) -> Term | None:
    if isinstance(value, Apply):
        return value.keyword(key)
    if isinstance(value, Collection) and value.kind == "dict":
        return dict(zip(value.items[::2], value.items[1::2], strict=False)).get(Literal("str", key))
    return None
