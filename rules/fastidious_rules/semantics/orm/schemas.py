"""Schemas that a project has for its entities: `UserPublic` for `User`, found by name and by fields."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fastidious_rules.knowledge import table
from fastidious_rules.semantics.facts import ClassFact
from fastidious_rules.semantics.names import ancestry, definitions
from fastidious_rules.semantics.pydantic.models import fields_of, is_model, is_table
from fastidious_rules.semantics.types import Type
from fastidious_rules.semantics.web.responses import secrets_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.semantics.project import Project


class Schema(NamedTuple):
    """A model of what clients see of an entity."""

    module: str
    name: str

    @property
    def qualified(self) -> str:
        """Its qualified name."""
        return f"{self.module}.{self.name}"


def schema_of(project: Project, entity: str) -> Schema | None:
    """Return the schema of an entity without its secrets, the most telling name first; None if there is none, or several."""
    short = entity.rpartition(".")[2].removesuffix("Model").removesuffix("Entity")
    for ending in table("responses")["schemas"]:
        found = [each for each in _called(project, f"{short}{ending}") if _shows(project, each.qualified, entity)]
        if found:
            return found[0] if len(found) == 1 else None
    return None


def _called(project: Project, name: str) -> Iterator[Schema]:
    for module in project.mentioning(name):
        project.read(module.name, name)
        if any(isinstance(each.fact, ClassFact) for each in module.top(name)):
            yield Schema(module.name, name)


def _shows(project: Project, schema: str, entity: str) -> bool:
    """Tell whether a class is a model without secrets whose required fields the entity has."""
    if schema == entity or not is_model(project, schema) or project.ask(is_table, schema):
        return False
    model = Type(schema)
    fields = fields_of(project, model)
    if not fields or any(True for _ in secrets_of(project, model)):
        return False
    names = project.ask(attributes, entity)
    return all(each.name in names for each in fields if not (each.has_default or each.is_computed))


def attributes(project: Project, entity: str) -> frozenset[str]:
    """Return the names of all that an entity and its bases declare."""
    found: set[str] = set()
    for each in project.ask(ancestry, entity):
        known = definitions(project, each)
        if known is not None:
            found.update(name for name, _ in project.members(known[0], known[1]))
    return frozenset(found)
