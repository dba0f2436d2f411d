"""Types of expressions, as far as they are proven: from annotations, constructors, providers and knowledge of libraries."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import msgspec

from fastidious_rules.knowledge import table
from fastidious_rules.semantics.blocking import namespaces
from fastidious_rules.semantics.facts import FunctionFact
from fastidious_rules.semantics.names import (
    Signature,
    absolute_module,
    ancestry,
    canonical,
    class_shape,
    definitions,
    find_member,
    resolve,
    signature,
    split_qualified,
    variable_fact,
)
from fastidious_rules.syntax.reading import read_annotation
from fastidious_rules.syntax.terms import (
    Apply,
    Awaited,
    Collection,
    Index,
    Literal,
    Member,
    Operation,
    Ref,
    Term,
    parts,
)

if TYPE_CHECKING:
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
_BARE_QUALIFIERS = frozenset({"typing.Final", "typing.ClassVar"})
_PRODUCERS = frozenset(
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
_CONTEXT_MANAGERS = frozenset({"contextlib.contextmanager", "contextlib.asynccontextmanager"})
_INJECTED = frozenset({"fastapi.Depends", "fastapi.Security"})
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


def inferred(asker: Asker, where: Environment, term: Term | None, depth: int = 0) -> Type:
    """Return the type of the value that `term` gives in `where`, unknown unless it is proven."""
    if term is None or depth > _DEEPEST:
        return UNKNOWN
    match term:
        case Ref(name):
            return _of_name(asker, where, name, depth)
        case Awaited(value):
            return _of_awaited(asker, where, value, depth)
        case Apply(Ref("for" | "with" | ":")):
            return _of_binding(asker, where, term, depth)
        case Apply():
            return _of_call(asker, where, term, depth)
        case Member(value, name):
            return member_type(asker, inferred(asker, where, value, depth + 1), name)
        case Index(value, _):
            return _element(inferred(asker, where, value, depth + 1))
        case Collection(kind, items):
            return _of_display(asker, where, kind, items, depth)
        case Literal(kind, _):
            return Type(f"builtins.{kind}")
        case _:
            return UNKNOWN


def _of_binding(asker: Asker, where: Environment, term: Apply, depth: int) -> Type:
    """Return the type of a name that a loop, a `with` or an annotation binds: see `FunctionFact.local`."""
    bound = term.arguments[0]
    if term.function == Ref(":"):
        return annotated(asker, where.module, bound)
    known = inferred(asker, where, bound, depth + 1)
    return _element(known) if term.function == Ref("for") else _entered(asker, known)


def _of_name(asker: Asker, where: Environment, name: str, depth: int) -> Type:
    first, _, rest = name.partition(".")
    local = _of_local(asker, where, first, depth)
    if local is not None:
        return _through(asker, local, rest)
    if not rest:
        return _of_global(asker, where.module, first)
    qualified = resolve(asker, where.module, name)
    direct = asker.ask(value_type, qualified) if qualified else UNKNOWN
    return direct or _through(asker, _of_global(asker, where.module, first), rest)


def _of_global(asker: Asker, module: str, name: str) -> Type:
    qualified = resolve(asker, module, name)
    return (asker.ask(value_type, qualified) if qualified else UNKNOWN) or UNKNOWN


def _through(asker: Asker, start: Type, names: str) -> Type:
    for name in names.split(".") if names else ():
        start = member_type(asker, start, name)
    return start


def _of_local(asker: Asker, where: Environment, name: str, depth: int) -> Type | None:
    """Return the type of a local name; None says that `name` is not local."""
    function = where.function
    if function is None:
        return None
    terms = function.local.get(name)
    if terms is not None:
        return _agreed(asker, where, name, depth)
    for position, parameter in enumerate(function.parameters):
        if parameter.name == name:
            if position == 0 and where.class_name and name in {"self", "cls"}:
                return Type(where.owner)
            return _of_parameter(asker, where, position)
    if any(each.bound == name for each in function.imports):
        return UNKNOWN
    return _of_local(asker, where.outer, name, depth) if where.outer is not None else None


def _agreed(asker: Asker, where: Environment, name: str, depth: int) -> Type:
    """Return the type that all the values of a local name have; an annotation decides alone."""
    assert where.function is not None  # noqa: S101  only called for a name of that function
    terms = where.function.local[name]
    if isinstance(terms[0], Apply) and terms[0].function == Ref(":"):
        return inferred(asker, where, terms[0])
    inside = _before_itself(where, name) if len(terms) > 1 else where
    agreed = NONE
    for term in terms:
        found = inferred(asker, inside, term, depth + 1)
        if not found or (agreed not in (NONE, found) and found != NONE):
            return UNKNOWN
        agreed = found if found != NONE else agreed
    return agreed if agreed != NONE else UNKNOWN


def _before_itself(where: Environment, name: str) -> Environment:
    """Return the environment in which `name` has only the values that do not come from itself.

    `query = query.where(...)` twenty times over would else be followed twenty times, at each of the twenty.
    """
    function = where.function
    assert function is not None  # noqa: S101  only called for a local name
    plain = tuple(term for term in function.local[name] if not _mentions(term, name))
    if len(plain) == len(function.local[name]):
        return where
    local = {**function.local, name: plain}
    if not plain:
        del local[name]
    return where._replace(function=msgspec.structs.replace(function, local=local))


def _mentions(term: Term, name: str) -> bool:
    return any(isinstance(part, Ref) and part.dotted.partition(".")[0] == name for part in parts(term))


def _of_parameter(asker: Asker, where: Environment, position: int) -> Type:
    assert where.function is not None  # noqa: S101  only called for a name of that function
    parameter = where.function.parameters[position]
    if parameter.stars:
        return UNKNOWN
    if parameter.annotation is not None:
        return annotated(asker, where.module, parameter.annotation)
    default = parameter.default
    if not isinstance(default, Apply) or not isinstance(default.function, Ref) or not default.arguments:
        return UNKNOWN
    injects = resolve(asker, where.module, default.function.dotted) in _INJECTED
    return provided(asker, where.module, default.arguments[0]) if injects else UNKNOWN


def provided(asker: Asker, module: str, provider: Term) -> Type:
    """Return the type that a dependency gives: what the provider returns or yields, or the class that it is."""
    if not isinstance(provider, Ref):
        return UNKNOWN
    qualified = resolve(asker, module, provider.dotted)
    found = asker.ask(signature, qualified)
    if found is None:
        return Type(qualified) if qualified and asker.ask(class_shape, qualified) is not None else UNKNOWN
    return produced(annotated(asker, found.module, found.returns))


def produced(declared: Type) -> Type:
    """Return what a generator, iterator, awaitable or context manager of this type gives."""
    return declared.arguments[0] if declared.name in _PRODUCERS and declared.arguments else declared


def _of_awaited(asker: Asker, where: Environment, value: Term, depth: int) -> Type:
    if isinstance(value, Apply):
        return _of_call(asker, where, value, depth, awaited=True)
    inner = inferred(asker, where, value, depth + 1)
    return produced(inner) if inner.short in {"Awaitable", "Coroutine"} else UNKNOWN


def _of_call(asker: Asker, where: Environment, term: Apply, depth: int, *, awaited: bool = False) -> Type:
    callee = callee_of(asker, where, term, depth)
    return (asker.ask(call_type, callee, "await" if awaited else "") if callee else UNKNOWN) or UNKNOWN


def callee_of(asker: Asker, where: Environment, term: Apply, depth: int = 0) -> str:
    """Return the qualified name of what a call calls, empty if it is not proven.

    A method of a value of a known class is found in the class that defines it: `app.repo.BaseRepository.get`,
    or named after the class if that is not of this project: `requests.Session.get`.
    """
    function = term.function
    if isinstance(function, Member):
        owner = inferred(asker, where, function.value, depth + 1)
        return _method(asker, owner, function.name)
    if not isinstance(function, Ref):
        return ""
    first, _, rest = function.dotted.partition(".")
    local = _of_local(asker, where, first, depth)
    if local is None:
        return _global_callee(asker, where, function.dotted)
    if not rest:
        return _local_function(asker, where, first)
    imported = _imported_inside(asker, where, first)
    if imported:
        return asker.ask(canonical, f"{imported}.{rest}")
    owner, _, name = rest.rpartition(".")
    return _method(asker, _through(asker, local, owner), name)


def _local_function(asker: Asker, where: Environment, name: str) -> str:
    """Return the qualified name of a name imported inside the function or passed around as a function."""
    imported = _imported_inside(asker, where, name)
    if imported:
        return imported
    terms = where.function.local.get(name, ()) if where.function is not None else ()
    if len(terms) == 1 and isinstance(terms[0], Ref):
        return resolve(asker, where.module, terms[0].dotted)
    return ""


def _imported_inside(asker: Asker, where: Environment, name: str) -> str:
    """Return what a name stands for that the function, or one around it, imports."""
    place: Environment | None = where
    while place is not None:
        for each in place.function.imports if place.function is not None else ():
            if each.bound == name:
                return _imported_here(asker, where.module, each.module, each.name)
        place = place.outer
    return ""


def _imported_here(asker: Asker, module: str, written: str, name: str) -> str:
    found = asker.project.module(module)
    source = absolute_module(found, written) if found is not None else written
    return asker.ask(canonical, f"{source}.{name}" if name else source)


def _global_callee(asker: Asker, where: Environment, name: str) -> str:
    nested = _nested_function(asker, where, name)
    if nested:
        return nested
    qualified = resolve(asker, where.module, name)
    if "." not in name or not qualified:
        return qualified
    owner, _, method = qualified.rpartition(".")
    first, _, rest = name.rpartition(".")[0].partition(".")
    owner_type = asker.ask(value_type, owner)
    if not owner_type and rest:
        owner_type = _through(asker, _of_global(asker, where.module, first), rest)
    return _method(asker, owner_type, method) if owner_type else asker.ask(find_defined, qualified)


def _nested_function(asker: Asker, where: Environment, name: str) -> str:
    """Return the qualified name of a function defined inside the functions around."""
    place: Environment | None = where
    while place is not None:
        if place.function is not None and place.function.name and "." not in name:
            nested = f"{where.module}.{place.function.name}.{name}"
            if asker.ask(signature, nested) is not None:
                return nested
        place = place.outer
    return ""


def find_defined(project: Project, qualified: str) -> str:
    """Return the qualified name of a method named through its class, looked for in the bases; else the name itself."""
    owner, _, name = qualified.rpartition(".")
    if project.ask(class_shape, owner) is None:
        return qualified
    return project.ask(find_member, owner, name) or qualified


def _method(asker: Asker, owner: Type, name: str) -> str:
    if not owner or owner.name == "typing.Union":
        return ""
    if asker.ask(class_shape, owner.name) is None:
        return f"{owner.name}.{name}"
    found = asker.ask(find_member, owner.name, name)
    if found:
        return found
    outside = [each for each in asker.ask(ancestry, owner.name) if asker.ask(class_shape, each) is None]
    return f"{outside[0]}.{name}" if outside else ""


def call_type(project: Project, callee: str, awaited: str) -> Type:
    """Return the type that a call of `callee` gives, or that awaiting the call gives."""
    found = project.ask(signature, callee)
    if found is not None:
        return _returned(project, found, awaited=bool(awaited))
    if project.ask(class_shape, callee) is not None:
        return Type(callee)
    factories: dict[str, str] = table("libraries")["factories"]
    made = project.ask(value_type, callee) or UNKNOWN
    if made.name in factories:
        return Type(made.arguments[0].name if made.arguments else factories[made.name])
    return UNKNOWN if split_qualified(project, callee) is not None else _library_call_type(callee)


def _library_call_type(callee: str) -> Type:
    known: str | None = table("libraries")["returns"].get(callee.removeprefix("builtins."))
    if known is not None:
        return Type(known)
    return Type(callee) if callee.rpartition(".")[2][:1].isupper() else UNKNOWN


def _returned(project: Project, found: Signature, *, awaited: bool) -> Type:
    declared = annotated(project, found.module, found.returns)
    decorators = {resolve(project, found.module, each.dotted) for each in found.decorators if isinstance(each, Ref)}
    if declared.short == "Self":
        return Type(found.qualified.rpartition(".")[0])
    if decorators & _CONTEXT_MANAGERS:
        return Type("contextlib.AbstractContextManager", (produced(declared),))
    if found.is_async and not found.is_generator and not awaited:
        return Type("collections.abc.Coroutine", (declared,))
    return declared


def value_type(project: Project, qualified: str) -> Type:
    """Return the type of a variable of a module: annotated, or what it is assigned."""
    found = variable_fact(project, qualified)
    if found is None:
        return UNKNOWN
    module, fact = found
    if fact.annotation is not None and fact.annotation != Ref("typing.TypeAlias"):
        declared = annotated(project, module.name, fact.annotation)
        if declared.name not in _BARE_QUALIFIERS:
            return declared
    if not isinstance(fact.value, Apply):
        return UNKNOWN
    return _with_factory_class(project, module.name, fact.value)


def _with_factory_class(project: Project, module: str, value: Apply) -> Type:
    """Return the type of a value; a session factory keeps the class of its sessions as parameter."""
    made = inferred(project, Environment(module), value)
    chosen = value.keyword("class_")
    if made.name in table("libraries")["factories"] and chosen is not None:
        return Type(made.name, (annotated(project, module, chosen),))
    return made


def member_type(asker: Asker, owner: Type, name: str) -> Type:
    """Return the type of an attribute of a value of type `owner`."""
    if not owner or owner.name == "typing.Union":
        return UNKNOWN
    return asker.ask(field_type, owner.name, name) or UNKNOWN


def field_type(project: Project, qualified_class: str, name: str) -> Type:
    """Return the type of an attribute of a class: a field, a property, or what a method assigns to `self`."""
    for each in project.ask(ancestry, qualified_class):
        found = _own_field(project, each, name) or _assigned_field(project, each, name)
        if found:
            return found
        if f"{each}.{name}" in namespaces():
            return Type(f"{each}.{name}")
    return UNKNOWN


def _own_field(project: Project, qualified_class: str, name: str) -> Type:
    qualified = f"{qualified_class}.{name}"
    declared = project.ask(value_type, qualified)
    if declared:
        return declared
    method = project.ask(signature, qualified)
    if method is None:
        return UNKNOWN
    decorators = {each.dotted.rpartition(".")[2] for each in method.decorators if isinstance(each, Ref)}
    is_property = decorators & {"property", "cached_property"}
    return annotated(project, method.module, method.returns) if is_property else UNKNOWN


def _assigned_field(project: Project, qualified_class: str, name: str) -> Type:
    found = definitions(project, qualified_class)
    if found is None:
        return UNKNOWN
    module, symbol, _ = found
    for _, definition in project.members(module, symbol):
        fact = definition.fact
        if isinstance(fact, FunctionFact) and name in fact.attributes:
            known = _stable(fact.attributes[name])
            return inferred(project, Environment(module.name, fact, symbol), known) if known is not None else UNKNOWN
    return UNKNOWN


def _stable(term: Term) -> Term | None:
    """Return a term that can be understood without asking for another attribute of the same object."""
    inner = term.value if isinstance(term, Awaited) else term
    function = inner.function if isinstance(inner, Apply) else inner
    return None if isinstance(function, Ref) and function.dotted.startswith("self.") else term


def _entered(asker: Asker, context: Type) -> Type:
    if context.name in _PRODUCERS:
        return produced(context)
    if asker.ask(class_shape, context.name) is not None:
        for method in ("__aenter__", "__enter__"):
            found = asker.ask(find_member, context.name, method)
            if found:
                return asker.ask(call_type, found, "await") or context
    return context


def _element(container: Type) -> Type:
    """Return the type of the items of a container."""
    if container.short in {"dict", "Mapping", "MutableMapping"}:
        return UNKNOWN
    return container.arguments[0] if len(container.arguments) == 1 else UNKNOWN


def _of_display(asker: Asker, where: Environment, kind: str, items: tuple[Term, ...], depth: int) -> Type:
    name = "builtins.list" if kind == "comprehension" else f"builtins.{kind}"
    found = {inferred(asker, where, each, depth + 1) for each in items} if kind != "dict" else set[Type]()
    return Type(name, (found.pop(),)) if len(found) == 1 else Type(name)


def is_subclass(asker: Asker, qualified_class: str, *bases: str) -> bool:
    """Tell whether a class is, or is derived from, one of `bases`, as far as the project knows."""
    return not set(bases).isdisjoint(asker.ask(ancestry, qualified_class))
