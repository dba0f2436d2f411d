"""Repositories: classes that speak of one entity, named in an attribute or as a type parameter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastidious_rules.semantics.names import ancestry, class_shape, find_member, resolve, variable_fact
from fastidious_rules.semantics.orm.entities import is_entity
from fastidious_rules.semantics.types import annotated
from fastidious_rules.syntax.terms import dotted

if TYPE_CHECKING:
    from fastidious_rules.semantics.project import Project


def entity_named_by(project: Project, qualified_class: str, attribute: str) -> str:
    """Return the entity that an attribute of a class holds, empty if that is not known."""
    member = find_member(project, qualified_class, attribute)
    found = variable_fact(project, member) if member else None
    named = resolve(project, found[0].name, dotted(found[1].value)) if found is not None and found[1].value else ""
    return named if project.ask(is_entity, named) else entity_of_repository(project, qualified_class)


def entity_of_repository(project: Project, qualified_class: str) -> str:
    """Return the only entity that a class is parametrised with: `Order` of `class OrderRepository(Repository[Order])`."""
    shapes = (project.ask(class_shape, each) for each in project.ask(ancestry, qualified_class))
    given = (
        inner.name
        for shape in shapes
        if shape is not None
        for term in shape.base_terms
        for inner in annotated(project, shape.module, term).arguments
    )
    found = {each for each in given if project.ask(is_entity, each)}
    return found.pop() if len(found) == 1 else ""
