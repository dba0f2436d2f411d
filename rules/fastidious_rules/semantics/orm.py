"""Entities of an object-relational mapper, SQLAlchemy's or SQLModel's: their relationships and columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fastidious_rules.semantics.facts import ClassFact, FunctionFact, VariableFact
from fastidious_rules.semantics.models import is_table
from fastidious_rules.semantics.names import ancestry, class_shape, definitions, resolve, variable_fact
from fastidious_rules.semantics.place import Place
from fastidious_rules.semantics.role import Role, role_of
from fastidious_rules.semantics.types import annotated
from fastidious_rules.syntax.reading import read_annotation
from fastidious_rules.syntax.terms import Apply, Collection, Index, Literal, Operation, Ref, Term, called_name, dotted
from fastidious_rules.syntax.text import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.semantics.module import Module
    from fastidious_rules.semantics.names import ClassShape
    from fastidious_rules.semantics.project import Asker, Project
    from fastidious_rules.semantics.types import Type

_BASES = frozenset({"sqlalchemy.orm.DeclarativeBase", "sqlalchemy.orm.DeclarativeBaseNoMeta", "advanced_alchemy.base.BigIntBase"})
_BASE_FACTORIES = frozenset({"declarative_base", "generate_base", "automap_base"})
_RELATIONSHIPS = frozenset({"sqlalchemy.orm.relationship", "sqlmodel.Relationship"})
_COLUMNS = frozenset({"sqlalchemy.Column", "sqlalchemy.orm.mapped_column", "sqlmodel.Field", "pydantic.Field"})
_COLLECTIONS = frozenset({"list", "set", "tuple", "dict", "List", "Set", "Dict", "Sequence", "Collection", "Iterable", "Mapping"})
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
    return not is_base and (any(_is_mapping_base(project, each) for each in bases) or is_table(project, qualified_class))


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


def columns(project: Project, qualified_class: str) -> tuple[Column, ...]:
    """Return the columns of an entity, those of its bases and mixins too."""
    found: dict[str, Column] = {}
    for owner in project.ask(ancestry, qualified_class):
        for each in _own_columns(project, owner):
            found.setdefault(each.name, each)
    return tuple(found.values())


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


def _own_relationships(project: Project, entity: str, owner: str) -> Iterator[Relationship]:
    found = definitions(project, owner)
    shape = project.ask(class_shape, owner)
    if found is None or shape is None:
        return
    module, symbol, _ = found
    for name, definition in module.members(symbol):
        annotation, call = _mapped(definition.fact)
        if call is None or resolve(project, module.name, dotted(call.function)) not in _RELATIONSHIPS:
            continue
        span = Span(*definition.fact.span)
        place = Place(module.path, f"{symbol}.{name}", span)
        yield _relationship(project, module, entity, name, annotation, call, place)


def _mapped(fact: object) -> tuple[Term | None, Apply | None]:
    """Return annotation and call of what a class body maps, with `declared_attr` too."""
    if isinstance(fact, VariableFact):
        return fact.annotation, fact.value if isinstance(fact.value, Apply) else None
    if isinstance(fact, FunctionFact) and any("declared_attr" in dotted(each) for each in fact.decorators):
        value = fact.returned[0] if fact.returned else None
        return fact.returns, value if isinstance(value, Apply) else None
    return None, None


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


def classes_called(project: Project, name: str) -> tuple[str, ...]:
    """Return the entities whose class is called `name`."""
    defining = (each for each in project.mentioning(name) if any(isinstance(one.fact, ClassFact) for one in each.top(name)))
    homes = (each for each in defining if role_of(each.path) is Role.CODE)
    return tuple(f"{each.name}.{name}" for each in homes if project.ask(is_entity, f"{each.name}.{name}"))


def _is_collection(
    project: Project, entity: str, name: str, annotation: Term | None, call: Apply, target: str
) -> bool:
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


def _own_columns(project: Project, owner: str) -> Iterator[Column]:
    found = definitions(project, owner)
    shape: ClassShape | None = project.ask(class_shape, owner)
    if found is None or shape is None:
        return
    module, symbol, _ = found
    for name, definition in module.members(symbol):
        annotation, call = _mapped(definition.fact)
        is_call = call is not None and resolve(project, module.name, dotted(call.function)) in _COLUMNS
        if is_call or (call is None and annotation is not None and not name.startswith("_")):
            yield Column(name, f"{module.name}.{symbol}", _is_primary(call), _references(call))


def _is_primary(call: Apply | None) -> bool:
    return call is not None and _TRUE in {call.keyword("primary_key")}


def _references(call: Apply | None) -> str:
    """Return what the foreign key of a column names, if it has one."""
    if call is None:
        return ""
    given = call.keyword("foreign_key")
    keys = (each for each in call.arguments if isinstance(each, Apply) and called_name(each) == "ForeignKey")
    named = [given, *(each.arguments[0] for each in keys if each.arguments)]
    return next((each.text if isinstance(each, Literal) else dotted(each) for each in named if each is not None), "")
