"""Types of expressions, as far as they are proven, and what calls call."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from fastidious_rules.semantics import values  # each half needs the other: see there
from fastidious_rules.semantics.names import (
    absolute_module,
    ancestry,
    canonical,
    class_shape,
    find_member,
    resolve,
    signature,
)
from fastidious_rules.semantics.orm.lookups import looked_up
from fastidious_rules.semantics.types import NONE, UNKNOWN, Environment, Type, annotated, produced
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
    from fastidious_rules.semantics.project import Asker

_DEEPEST = 8
_PATH = "pathlib.Path"
_BARE_QUALIFIERS = frozenset({"typing.ClassVar", "typing.Final"})
_INJECTED = frozenset({"fastapi.Depends", "fastapi.Security"})


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
            return values.member_type(asker, inferred(asker, where, value, depth + 1), name)
        case Index(value, _):
            return values.element_type(inferred(asker, where, value, depth + 1))
        case Collection(kind, items):
            return _of_display(asker, where, kind, items, depth)
        case _:
            return _of_other(asker, where, term, depth)


def _of_other(asker: Asker, where: Environment, term: Term, depth: int) -> Type:
    match term:
        case Literal(kind, _):
            return Type(f"builtins.{kind}")
        case Operation("/", left, _):
            path = inferred(asker, where, left, depth + 1)
            return path if path.name == _PATH else UNKNOWN
        case _:
            return UNKNOWN


def _of_binding(asker: Asker, where: Environment, term: Apply, depth: int) -> Type:
    """Return the type of a name that a loop, a `with` or an annotation binds: see `FunctionFact.local`."""
    bound = term.arguments[0]
    if term.function == Ref(":"):
        return annotated(asker, where.module, bound)
    known = inferred(asker, where, bound, depth + 1)
    return values.element_type(known) if term.function == Ref("for") else values.entered_type(asker, known)


def _of_name(asker: Asker, where: Environment, name: str, depth: int) -> Type:
    first, _, rest = name.partition(".")
    local = _of_local(asker, where, first, depth)
    if local is not None:
        return _through(asker, local, rest)
    if not rest:
        return _of_global(asker, where.module, first)
    qualified = resolve(asker, where.module, name)
    direct = asker.ask(values.value_type, qualified) if qualified else UNKNOWN
    return direct or _through(asker, _of_global(asker, where.module, first), rest)


def _of_global(asker: Asker, module: str, name: str) -> Type:
    qualified = resolve(asker, module, name)
    return (asker.ask(values.value_type, qualified) if qualified else UNKNOWN) or UNKNOWN


def _through(asker: Asker, start: Type, names: str) -> Type:
    for name in names.split(".") if names else ():
        start = values.member_type(asker, start, name)
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
        declared = inferred(asker, where, terms[0])
        if declared.name not in _BARE_QUALIFIERS:
            return declared
        terms = terms[1:]  # `name: Final = value` says nothing of the type
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
    return values.provided(asker, where.module, default.arguments[0]) if injects else UNKNOWN


def _of_awaited(asker: Asker, where: Environment, value: Term, depth: int) -> Type:
    if isinstance(value, Apply):
        return _of_call(asker, where, value, depth, awaited=True)
    inner = inferred(asker, where, value, depth + 1)
    return produced(inner) if inner.short in {"Awaitable", "Coroutine"} else UNKNOWN


def _of_call(asker: Asker, where: Environment, term: Apply, depth: int, *, awaited: bool = False) -> Type:
    callee = callee_of(asker, where, term, depth)
    known = asker.ask(values.call_type, callee, "await" if awaited else "") if callee else UNKNOWN
    return known or looked_up(asker, where.module, callee, term, awaited=awaited)


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
    owner_type = asker.ask(values.value_type, owner)
    if not owner_type and rest:
        owner_type = _through(asker, _of_global(asker, where.module, first), rest)
    return _method(asker, owner_type, method) if owner_type else asker.ask(values.find_defined, qualified)


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


def _of_display(asker: Asker, where: Environment, kind: str, items: tuple[Term, ...], depth: int) -> Type:
    name = "builtins.list" if kind == "comprehension" else f"builtins.{kind}"
    found = {inferred(asker, where, each, depth + 1) for each in items} if kind != "dict" else set[Type]()
    return Type(name, (found.pop(),)) if len(found) == 1 else Type(name)
