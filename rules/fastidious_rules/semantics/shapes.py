"""Keys of what classes are turned into: models, dataclasses, typed dicts, named tuples."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastidious_rules.semantics.facts import VariableFact
from fastidious_rules.semantics.names import ancestry, class_shape, definitions, resolve
from fastidious_rules.semantics.pydantic.model_config import configured
from fastidious_rules.semantics.pydantic.models import is_model, is_serialised_by_hand, model_fields
from fastidious_rules.syntax.terms import Apply, Literal, Ref, dotted

if TYPE_CHECKING:
    from fastidious_rules.semantics.names import ClassShape
    from fastidious_rules.semantics.project import Project

_TYPED_DICTS = frozenset({"typing.TypedDict", "typing_extensions.TypedDict"})
_KNOWN = ("builtins.", "typing.", "typing_extensions.", "pydantic.", "sqlmodel.", "abc.", "collections.abc.")


def is_typed_dict(project: Project, qualified_class: str) -> bool:
    """Tell whether a class is a `TypedDict`."""
    return not _TYPED_DICTS.isdisjoint(project.ask(ancestry, qualified_class))


def dumped_keys(project: Project, qualified_class: str) -> tuple[str, ...] | None:
    """Return the keys of the dict that a model or a dataclass is turned into, None unless they are known."""
    if not _is_closed(project, qualified_class):
        return None
    if not is_model(project, qualified_class):
        return project.ask(record_keys, qualified_class)
    extra = project.ask(configured, qualified_class, "extra")
    allows = (extra.text if isinstance(extra, Literal) else dotted(extra) if extra is not None else "").endswith(
        "allow"
    )
    if allows or is_serialised_by_hand(project, qualified_class):
        return None
    fields = [each for each in project.ask(model_fields, qualified_class) if not each.is_excluded]
    return tuple(name for each in fields for name in (each.name, each.alias) if name)


def record_keys(project: Project, qualified_class: str) -> tuple[str, ...] | None:
    """Return the fields of a dataclass, a `TypedDict` or a `NamedTuple`; None for any other class."""
    shape = project.ask(class_shape, qualified_class)
    if shape is None or not _is_closed(project, qualified_class) or not _is_record(project, shape):
        return None
    keys: list[str] = []
    for each in reversed(project.ask(ancestry, qualified_class)):
        found = definitions(project, each)
        members = project.members(found[0], found[1]) if found is not None else ()
        keys.extend(
            name
            for name, member in members
            if isinstance(member.fact, VariableFact) and member.fact.annotation is not None
        )
    return tuple(dict.fromkeys(keys))


def _is_closed(project: Project, qualified_class: str) -> bool:
    """Tell whether all bases of a class are known."""
    shape = project.ask(class_shape, qualified_class)
    if shape is None:
        return False
    bases = project.ask(ancestry, qualified_class)
    shapes = [project.ask(class_shape, each) for each in bases]
    if any("" in each.bases for each in shapes if each is not None):
        return False
    return all(known is not None or each.startswith(_KNOWN) for each, known in zip(bases, shapes, strict=True))


def _is_record(project: Project, shape: ClassShape) -> bool:
    if project.ask(is_typed_dict, shape.qualified) or "typing.NamedTuple" in project.ask(ancestry, shape.qualified):
        return True
    for each in shape.decorators:
        target = each.function if isinstance(each, Apply) else each
        if isinstance(target, Ref) and resolve(project, shape.module, target.dotted).endswith("dataclass"):
            return True
    return False
