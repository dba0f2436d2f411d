"""Relationships of entities, SQLAlchemy's or SQLModel's: what is on the other side, and when it is loaded."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fastidious_rules.semantics.names import ancestry, class_shape, definitions, resolve, variable_fact
from fastidious_rules.semantics.orm.entities import classes_called, columns, mapped
from fastidious_rules.semantics.place import Place
from fastidious_rules.semantics.types import annotated
from fastidious_rules.syntax.reading import read_annotation
from fastidious_rules.syntax.terms import Apply, Collection, Index, Literal, Operation, Ref, Term, dotted
from fastidious_rules.syntax.text import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.semantics.module import Module
    from fastidious_rules.semantics.project import Asker, Project
    from fastidious_rules.semantics.types import Type

_RELATIONSHIPS = frozenset({"sqlalchemy.orm.relationship", "sqlmodel.Relationship"})
_COLLECTIONS = frozenset(
    {"list", "set", "tuple", "dict", "List", "Set", "Dict", "Sequence", "Collection", "Iterable", "Mapping"}
)
_SPECIAL = {"DynamicMapped": "dynamic", "WriteOnlyMapped": "write_only"}
_FALSE, _TRUE = Literal("bool", "False"), Literal("bool", "True")
_BY_FLAG = {"True": "select", "False": "joined", "None": "noload"}
LAZY = "select"
UNKNOWN_LOADING = ""


class Relationship(NamedTuple):
    """A relationship of an entity. `loading` is SQLAlchemy's `lazy`: `select`, `raise`, `joined` ...; empty if unknown."""

    name: str
    owner: str
    """Qualified name of the class that declares it."""
    target: str
    """Qualified name of the entity on the other side, empty if unknown."""
    is_collection: bool
    loading: str
    place: Place

    @property
    def is_lazy(self) -> bool:
        """Whether reading it runs a query of its own."""
        return self.loading == LAZY

    @property
    def raises(self) -> bool:
        """Whether reading it unloaded is an error by decision of the project."""
        return self.loading.startswith("raise")


def relationships(project: Project, qualified_class: str) -> tuple[Relationship, ...]:
    """Return the relationships of an entity, those of its bases and mixins too."""
    found: dict[str, Relationship] = {}
    for owner in project.ask(ancestry, qualified_class):
        for each in _own_relationships(project, qualified_class, owner):
            found.setdefault(each.name, each)
    return tuple(found.values())


def relationship(asker: Asker, entity: str, name: str) -> Relationship | None:
    """Return the relationship `name` of an entity."""
    return next((each for each in asker.ask(relationships, entity) if each.name == name), None) if entity else None


def _own_relationships(project: Project, entity: str, owner: str) -> Iterator[Relationship]:
    found = definitions(project, owner)
    shape = project.ask(class_shape, owner)
    if found is None or shape is None:
        return
    module, symbol, _ = found
    for name, definition in project.members(module, symbol):
        annotation, call = mapped(definition.fact)
        if call is None or resolve(project, module.name, dotted(call.function)) not in _RELATIONSHIPS:
            continue
        span = Span(*definition.fact.span)
        place = Place(module.path, f"{symbol}.{name}", span)
        yield _relationship(project, module, entity, name, annotation, call, place)


def _relationship(
    project: Project, module: Module, entity: str, name: str, annotation: Term | None, call: Apply, place: Place
) -> Relationship:
    inner = call.keyword("sa_relationship")
    options = inner if isinstance(inner, Apply) else call
    target = _target(project, module, annotation, options)
    loading = _loading(project, module, annotation, options)
    many = loading in _SPECIAL.values() or _is_collection(project, entity, name, annotation, options, target)
    owner = f"{module.name}.{place.symbol.rpartition('.')[0]}"
    return Relationship(name, owner, target, many, loading, place)


def _loading(project: Project, module: Module, annotation: Term | None, call: Apply) -> str:
    if isinstance(annotation, Index):
        special = _SPECIAL.get(resolve(project, module.name, dotted(annotation.value)).rpartition(".")[2])
        if special is not None:
            return special
    given = _option(call, "lazy")
    if given is None:
        return UNKNOWN_LOADING if any(not name for name, _ in call.keywords) else LAZY
    if not isinstance(given, Literal):
        return UNKNOWN_LOADING
    return given.text if given.kind == "str" else _BY_FLAG.get(given.text, UNKNOWN_LOADING)


def _option(call: Apply, name: str) -> Term | None:
    """Return an argument of `relationship`, in SQLModel's `sa_relationship_kwargs` too."""
    given = call.keyword(name)
    more = call.keyword("sa_relationship_kwargs")
    if given is not None or more is None:
        return given
    if isinstance(more, Collection) and more.kind == "dict":
        return dict(zip(more.items[::2], more.items[1::2], strict=False)).get(Literal("str", name))
    return more.keyword(name) if isinstance(more, Apply) else more


def _target(project: Project, module: Module, annotation: Term | None, call: Apply) -> str:
    given = call.arguments[0] if call.arguments else call.keyword("argument")
    if given is None:
        return _innermost(annotated(project, module.name, annotation)).name
    if isinstance(given, Literal) and given.kind == "str":
        return _entity_called(project, module.name, given.text)
    return resolve(project, module.name, dotted(given))


def _innermost(type_: Type) -> Type:
    while type_.arguments and type_.name != "typing.Union":
        type_ = type_.arguments[-1]
    return type_


def _entity_called(project: Project, module: str, written: str) -> str:
    """Return the entity that SQLAlchemy finds by the name of its class, wherever that is declared."""
    here = resolve(project, module, written)
    if here and project.ask(class_shape, here) is not None:
        return here
    found = project.ask(classes_called, written.rpartition(".")[2])
    return found[0] if len(found) == 1 else ""


def _is_collection(project: Project, entity: str, name: str, annotation: Term | None, call: Apply, target: str) -> bool:
    uses_list = _option(call, "uselist")
    if isinstance(uses_list, Literal):
        return uses_list == _TRUE
    if annotation is not None:
        return _names_collection(annotation)
    if call.keyword("secondary") is not None:
        return True
    return not _refers_to(project, entity, name, target)


def _names_collection(annotation: Term) -> bool:
    match annotation:
        case Literal("str", text):
            return _names_collection(read_annotation(text))
        case Index(Ref(name), arguments):
            last = name.rpartition(".")[2]
            return last in _COLLECTIONS or any(_names_collection(each) for each in arguments)
        case Operation("|", left, right):
            return _names_collection(left) or _names_collection(right)
        case Ref(name):
            return name in _COLLECTIONS
        case _:
            return False


def _refers_to(project: Project, entity: str, name: str, target: str) -> bool:
    """Tell whether an entity has a foreign key to the table of another: then it points to one of those."""
    table = variable_fact(project, f"{target}.__tablename__") if target else None
    written = table[1].value if table is not None else None
    wanted = {_plain(target.rpartition(".")[2]), _plain(written.text if isinstance(written, Literal) else "")}
    keys = [each for each in project.ask(columns, entity) if each.references]
    return any(each.name == f"{name}_id" or _plain(each.references.split(".")[-2:][0]) in wanted for each in keys)


def _plain(table: str) -> str:
    """Return the name of a table without what conventions differ in: `CaseType`, `case_type`, `case_types`."""
    return table.replace("_", "").lower().removesuffix("s")
