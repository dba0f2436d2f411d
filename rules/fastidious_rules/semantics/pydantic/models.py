"""Models: Pydantic's and SQLModel's classes, their fields with those of their bases, and their configuration.

Dataclasses and typed dictionaries are not models: what is said of them is nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fastidious_rules.semantics.facts import FunctionFact, VariableFact
from fastidious_rules.semantics.names import ancestry, class_shape, definitions, find_member, resolve
from fastidious_rules.semantics.place import Place
from fastidious_rules.semantics.types import Type, annotated
from fastidious_rules.syntax.terms import Apply, Index, Literal, Term, called_name, dotted, parts
from fastidious_rules.syntax.text import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.semantics.module import Definition, Module
    from fastidious_rules.semantics.names import ClassShape
    from fastidious_rules.semantics.project import Asker, Project

MODEL = "pydantic.BaseModel"
SQL_MODEL = "sqlmodel.SQLModel"
_ROOT = "pydantic.RootModel"
_FIELDS = frozenset({"pydantic.Field", "sqlmodel.Field"})
_NO_FIELDS = frozenset({"ClassVar", "InitVar"})
_PRIVATE = frozenset({"PrivateAttr", "Relationship", "relationship"})
_TRUE = Literal("bool", "True")
_FALSE = Literal("bool", "False")
_CONFIGURATION = "model_config"
_HIDING = ("mask", "redact", "hide", "obfuscate", "censor", "scrub", "sanitize", "sanitise", "strip_secret")
_DEEPEST = 6


class ModelField(NamedTuple):
    """A field of a model. `type` is unknown unless it is proven; type variables are types of their own."""

    name: str
    owner: str
    """Qualified name of the class that declares it."""
    place: Place
    type: Type
    is_excluded: bool = False
    """Whether it is left out of what the model is turned into."""
    is_computed: bool = False
    is_converted: bool = False
    """Whether a serializer decides what it looks like from outside."""
    alias: str = ""
    has_default: bool = False
    reads: str | None = ""
    """The attribute that an object is asked for, where an alias says so; None if the alias is not plain text."""


def is_model(asker: Asker, qualified_class: str) -> bool:
    """Tell whether a class is derived from Pydantic's `BaseModel`, other than that class itself."""
    return bool(qualified_class) and qualified_class != MODEL and MODEL in asker.ask(ancestry, qualified_class)


def is_table(project: Project, qualified_class: str) -> bool:
    """Tell whether a class is a SQLModel with a table of its own."""
    shape = project.ask(class_shape, qualified_class)
    is_mapped = shape is not None and ("table", _TRUE) in shape.keywords
    return is_mapped and SQL_MODEL in project.ask(ancestry, qualified_class)


def fields_of(asker: Asker, model: Type) -> tuple[ModelField, ...]:
    """Return the fields of a model, `Page[User]` with `User` in the place of the type variable."""
    fields = asker.ask(model_fields, model.name)
    chosen = dict(zip(asker.ask(type_parameters, model.name), model.arguments, strict=False))
    return tuple(each._replace(type=_substituted(each.type, chosen)) for each in fields) if chosen else fields


def model_fields(project: Project, qualified_class: str) -> tuple[ModelField, ...]:
    """Return the fields of a model, the inherited ones first."""
    return tuple(_all_fields(project, qualified_class, 0).values())


def type_parameters(project: Project, qualified_class: str) -> tuple[str, ...]:
    """Return the qualified names of a class's type variables, in the order in which they are given."""
    shape = project.ask(class_shape, qualified_class)
    if shape is None:
        return ()
    if shape.parameters:
        return tuple(f"{shape.module}.{name}" for name in shape.parameters)
    bases = [annotated(project, shape.module, each) for each in shape.base_terms]
    generic = next((each for each in bases if each.name in {"typing.Generic", "typing.Protocol"}), None)
    given = generic.arguments if generic is not None else [inner for each in bases for inner in each.arguments]
    return tuple(dict.fromkeys(each.name for each in given if _is_variable(project, each.name)))


def is_serialised_by_hand(project: Project, qualified_class: str) -> bool:
    """Tell whether a model decides itself what it is turned into."""
    for each in project.ask(ancestry, qualified_class):
        found = definitions(project, each)
        members = project.members(found[0], found[1]) if found is not None else ()
        module = found[0].name if found is not None else ""
        if any("model_serializer" in _decorators(project, module, definition.fact) for _, definition in members):
            return True
    return bool(find_member(project, qualified_class, "__get_pydantic_core_schema__"))


def _all_fields(project: Project, qualified_class: str, depth: int) -> dict[str, ModelField]:
    shape = project.ask(class_shape, qualified_class)
    found: dict[str, ModelField] = {}
    if shape is None or depth > _DEEPEST:
        return found
    for term in reversed(shape.base_terms):
        base = _base(project, shape, term)
        inherited = _all_fields(project, base.name, depth + 1)
        chosen = dict(zip(project.ask(type_parameters, base.name), base.arguments, strict=False))
        for name, field in inherited.items():
            found[name] = field._replace(type=_substituted(field.type, chosen))
        if base.name == _ROOT and base.arguments:
            found["root"] = ModelField("root", shape.qualified, shape.place, base.arguments[0])
    found.update(_own_fields(project, shape))
    return found


def _base(project: Project, shape: ClassShape, term: Term) -> Type:
    """Return a base with its parameters; without those that are not known."""
    known = annotated(project, shape.module, term)
    plain = term.value if isinstance(term, Index) else term
    return known or Type(resolve(project, shape.module, dotted(plain)))


def _own_fields(project: Project, shape: ClassShape) -> Iterator[tuple[str, ModelField]]:
    found = definitions(project, shape.qualified)
    if found is None:
        return
    module, symbol, _ = found
    members = list(project.members(module, symbol))
    converted = {name for _, definition in members for name in _converted_by(project, module.name, definition.fact)}
    for name, definition in members:
        field = _field(project, shape, module, name, definition)
        if field is not None:
            yield name, field._replace(is_converted=bool(converted & {name, "*"}))


def _field(project: Project, shape: ClassShape, module: Module, name: str, definition: Definition) -> ModelField | None:
    fact = definition.fact
    if name.startswith("_") or name == _CONFIGURATION:
        return None
    if isinstance(fact, FunctionFact):
        return _computed(project, shape, module, name, fact)
    if not isinstance(fact, VariableFact) or fact.annotation is None or _is_no_field(project, module.name, fact):
        return None
    info = _field_call(project, module.name, fact)
    return ModelField(
        name,
        shape.qualified,
        Place(module.path, f"{shape.symbol}.{name}", Span(*fact.span)),
        annotated(project, module.name, fact.annotation),
        is_excluded=info is not None and info.keyword("exclude") not in {None, _FALSE},
        alias=_alias(info),
        has_default=_has_default(fact, info),
        reads=_read_from(info),
    )


def _computed(project: Project, shape: ClassShape, module: Module, name: str, fact: FunctionFact) -> ModelField | None:
    if "computed_field" not in _decorators(project, module.name, fact):
        return None
    place = Place(module.path, f"{shape.symbol}.{name}", Span(*fact.span))
    return ModelField(name, shape.qualified, place, annotated(project, module.name, fact.returns), is_computed=True)


def _is_no_field(project: Project, module: str, fact: VariableFact) -> bool:
    annotation = fact.annotation.value if isinstance(fact.annotation, Index) else fact.annotation
    is_constant = annotation is not None and _last_name(project, module, annotation) in _NO_FIELDS
    return is_constant or (fact.value is not None and _last_name(project, module, fact.value) in _PRIVATE)


def _last_name(project: Project, module: str, term: Term) -> str:
    """Return the last name of what a term, or a call, names where it is defined."""
    written = dotted(term.function if isinstance(term, Apply) else term)
    return (resolve(project, module, written) or written).rpartition(".")[2]


def _field_call(project: Project, module: str, fact: VariableFact) -> Apply | None:
    """Return the `Field(...)` of a field, its value or part of its `Annotated`."""
    for term in (fact.value, fact.annotation):
        for part in parts(term) if term is not None else ():
            if isinstance(part, Apply) and resolve(project, module, dotted(part.function)) in _FIELDS:
                return part
    return None


def _alias(info: Apply | None) -> str:
    given = (info.keyword("serialization_alias") or info.keyword("alias")) if info is not None else None
    return given.text if isinstance(given, Literal) else ""


def _read_from(info: Apply | None) -> str | None:
    given = (info.keyword("validation_alias") or info.keyword("alias")) if info is not None else None
    if given is None:
        return ""
    return given.text if isinstance(given, Literal) else None


def _has_default(fact: VariableFact, info: Apply | None) -> bool:
    if info is None or info is not fact.value:
        return fact.value is not None
    given = info.arguments[0] if info.arguments else info.keyword("default") or info.keyword("default_factory")
    return given is not None and given != Literal("ellipsis", "...")


def _converted_by(project: Project, module: str, fact: object) -> tuple[str, ...]:
    """Return the names of the fields that a method serialises, or masks when they are validated."""
    if not isinstance(fact, FunctionFact):
        return ()
    wanted = {"field_serializer", *({"field_validator", "validator"} if hides(fact.name) else ())}
    calls = (each for each in fact.decorators if isinstance(each, Apply))
    found = (each for each in calls if _last_name(project, module, each) in wanted)
    return tuple(name.text for each in found for name in each.arguments if isinstance(name, Literal))


def hides(name: str) -> bool:
    """Tell whether a function says by its name that it makes something unreadable: `mask_api_key`."""
    return any(word in name.lower() for word in _HIDING)


def _decorators(project: Project, module: str, fact: object) -> frozenset[str]:
    decorators = fact.decorators if isinstance(fact, FunctionFact) else ()
    return frozenset(_last_name(project, module, each) for each in decorators)


def _is_variable(project: Project, qualified: str) -> bool:
    """Tell whether a name is that of a type variable."""
    found = definitions(project, qualified)
    facts = [each.fact for each in found[2]] if found is not None else []
    values = [each.value for each in facts if isinstance(each, VariableFact) and each.value is not None]
    return any(called_name(each) == "TypeVar" for each in values)


def _substituted(type_: Type, chosen: dict[str, Type]) -> Type:
    if not chosen:
        return type_
    if type_.name in chosen:
        return chosen[type_.name]
    return Type(type_.name, tuple(_substituted(each, chosen) for each in type_.arguments)) if type_.arguments else type_
