"""Types of expressions, as far as they are proven: from annotations, constructors, providers and knowledge of libraries."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fastidious_rules.semantics.names import (
    ancestry,
    resolve,
    variable_fact,
)
from fastidious_rules.syntax.reading import read_annotation
from fastidious_rules.syntax.terms import (
    Collection,
    Index,
    Literal,
    Operation,
    Ref,
    Term,
)

if TYPE_CHECKING:
    from fastidious_rules.semantics.facts import FunctionFact
    from fastidious_rules.semantics.project import Asker, Project

_DEEPEST = 8

_OPTIONAL = frozenset({"typing.Optional", "types.NoneType"})
_TRANSPARENT = frozenset(
    {
        "typing.Annotated",
        "typing.ClassVar",
        "typing.Final",
        "typing.Required",
        "typing.NotRequired",
        "sqlalchemy.orm.Mapped",
        "sqlalchemy.orm.DynamicMapped",
        "sqlalchemy.orm.WriteOnlyMapped",
        "fastapi.Depends",
    }
)
PRODUCERS = frozenset(
    f"{module}.{name}"
    for module in ("typing", "collections.abc")
    for name in (
        "Generator",
        "AsyncGenerator",
        "Iterator",
        "AsyncIterator",
        "Iterable",
        "AsyncIterable",
        "Awaitable",
        "Coroutine",
        "ContextManager",
        "AsyncContextManager",
    )
) | {"contextlib.AbstractContextManager", "contextlib.AbstractAsyncContextManager"}
_TYPING_NAMES = {"typing.List": "builtins.list", "typing.Dict": "builtins.dict", "typing.Set": "builtins.set",
                 "typing.Tuple": "builtins.tuple", "typing.Sequence": "collections.abc.Sequence",
                 "typing.Iterable": "collections.abc.Iterable", "typing.Type": "builtins.type"}  # fmt: skip


class Type(NamedTuple):
    """A type: the qualified name of a class and its parameters. The empty name is the unknown type.

    A union of several is `Type("typing.Union", members)`; `None` in a union is left out.
    """

    name: str
    arguments: tuple[Type, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.name)

    @property
    def short(self) -> str:
        """Its last name."""
        return self.name.rpartition(".")[2]

    @property
    def members(self) -> tuple[Type, ...]:
        """The types that this may be."""
        return self.arguments if self.name == "typing.Union" else (self,)


UNKNOWN = Type("")
NONE = Type("builtins.None")


class Environment(NamedTuple):
    """Where an expression stands: its module, the function around it, the class of that function, what is around that."""

    module: str
    function: FunctionFact | None = None
    class_name: str = ""
    outer: Environment | None = None

    @property
    def owner(self) -> str:
        """Qualified name of the class, or nothing."""
        return f"{self.module}.{self.class_name}" if self.class_name else ""


# Annotations


def annotated(asker: Asker, module: str, term: Term | None, depth: int = 0) -> Type:
    """Return the type that an annotation in `module` stands for; `Annotated` and `Optional` are looked through."""
    if term is None or depth > _DEEPEST:
        return UNKNOWN
    match term:
        case Ref(name):
            return _named(asker, module, name, depth)
        case Literal("str", text):
            return annotated(asker, module, read_annotation(text), depth + 1)
        case Literal("None", _):
            return NONE
        case Operation("|", left, right):
            return _union([annotated(asker, module, each, depth + 1) for each in (left, right)])
        case Index(value, arguments):
            return _parametrised(asker, module, value, arguments, depth)
        case _:
            return UNKNOWN


def _named(asker: Asker, module: str, name: str, depth: int) -> Type:
    qualified = resolve(asker, module, name)
    if not qualified:
        return UNKNOWN
    alias = asker.ask(alias_of, qualified)
    if alias is not None:
        return annotated(asker, alias[0], alias[1], depth + 1)
    return Type(_TYPING_NAMES.get(qualified, qualified))


def alias_of(project: Project, qualified: str) -> tuple[str, Term] | None:
    """Return module and term of a type alias: `SessionDep = Annotated[Session, Depends(get_db)]`."""
    found = variable_fact(project, qualified)
    if found is None:
        return None
    module, fact = found
    value = fact.value
    if isinstance(value, Ref | Index) or (isinstance(value, Operation) and value.operator == "|"):
        return module.name, value
    return None


def _parametrised(asker: Asker, module: str, value: Term, arguments: tuple[Term, ...], depth: int) -> Type:
    base = annotated(asker, module, value, depth + 1)
    if not base:
        return UNKNOWN
    if base.name == "typing.Literal":
        return base
    if base.name in _TRANSPARENT:
        return annotated(asker, module, arguments[0], depth + 1) if arguments else UNKNOWN
    flat = arguments[0].items if len(arguments) == 1 and isinstance(arguments[0], Collection) else arguments
    inner = [annotated(asker, module, each, depth + 1) for each in flat]
    if base.name in _OPTIONAL or base.name == "typing.Union":
        return _union(inner)
    return Type(base.name, tuple(inner))


def _union(types: list[Type]) -> Type:
    members = tuple(dict.fromkeys(member for each in types for member in each.members if member != NONE))
    if len(members) == 1:
        return members[0]
    return Type("typing.Union", members) if all(members) and members else (NONE if not members else UNKNOWN)


# Values


def produced(declared: Type) -> Type:
    """Return what a generator, iterator, awaitable or context manager of this type gives."""
    return declared.arguments[0] if declared.name in PRODUCERS and declared.arguments else declared


def is_subclass(asker: Asker, qualified_class: str, *bases: str) -> bool:
    """Tell whether a class is, or is derived from, one of `bases`, as far as the project knows."""
    return not set(bases).isdisjoint(asker.ask(ancestry, qualified_class))
