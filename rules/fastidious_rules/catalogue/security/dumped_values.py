"""What is turned into JSON by hand: the objects behind `jsonable_encoder(user)` and `user.model_dump()`."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fastidious_rules.api import (
    Assignment,
    Attribute,
    Await,
    Call,
    Comprehension,
    Conditional,
    DictDisplay,
    Display,
    Literal,
    Name,
    Parenthesized,
    Stage,
    Type,
    is_model,
    parts,
    query_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.api import Function, Scope, View

_METHODS = frozenset({"model_dump", "dict", "model_dump_json", "json"})
_TEXTS = frozenset({"dumps", "json", "model_dump_json"})
_CONSTRUCTORS = frozenset({"model_validate", "model_validate_json", "model_construct", "from_orm", "parse_obj"})
_ENCODERS = frozenset({"fastapi.encoders.jsonable_encoder", "fastapi.jsonable_encoder"})
_FUNCTIONS = frozenset(
    {
        "builtins.dict",
        "builtins.list",
        "builtins.vars",
        "json.dumps",
        "json.loads",
        "orjson.dumps",
        "orjson.loads",
        *_ENCODERS,
    }
)
_SAFE_OPTIONS = frozenset({"mode"})
_DEEPEST = 5


class Dumped(NamedTuple):
    """An object that is turned into JSON. `excluded` and `included` are names given for it; none are given: empty."""

    type: Type
    excluded: frozenset[str] = frozenset()
    included: frozenset[str] = frozenset()
    is_whole: bool = True
    """Whether it is all that is sent, alone or in a list."""

    def shows(self, name: str) -> bool:
        """Tell whether a field of it is sent."""
        return name not in self.excluded and (not self.included or name in self.included)


def dumped(view: View, scope: Scope, depth: int = 0) -> Iterator[Dumped]:
    """Yield the objects that an expression turns into JSON; the type is unknown where it is not proven."""
    if depth > _DEEPEST:
        return
    for each in _parts(view):
        for value in dumped(each, scope, depth + 1):
            yield value._replace(is_whole=value.is_whole and not isinstance(view, DictDisplay))
    match view:
        case Parenthesized() | Conditional() | Display() | Comprehension() | DictDisplay():
            return
        case Call():
            yield from _called(view, scope, depth)
        case Attribute() if view.name.text == "__dict__":
            yield Dumped(value_type(view.value, scope))
        case Name():
            yield from _named(view, scope, depth)
        case _:
            yield Dumped(value_type(view, scope))


def _parts(view: View) -> list[View]:
    """Return the expressions whose values an expression is made of."""
    match view:
        case Parenthesized():
            return [view.value]
        case Conditional():
            return [view.choices[0], view.choices[2]]
        case Display():
            return view.items
        case Comprehension():
            return [view.element]
        case DictDisplay():
            return [value for _, value in view.pairs]
        case _:
            return []


def _called(call: Call, scope: Scope, depth: int) -> Iterator[Dumped]:
    if call.receiver is not None and call.last_name in _METHODS:
        known = value_type(call.receiver, scope)
        if not known or is_model(scope.asker, known.name):
            yield Dumped(known, _names(call, "exclude"), _names(call, "include"))
            return
    callee = scope.at(call).resolve(call)
    if callee not in _FUNCTIONS or not call.arguments:
        yield Dumped(value_type(call, scope))
        return
    excluded, included = _names(call, "exclude"), _names(call, "include")
    for each in dumped(call.arguments[0], scope, depth + 1):
        yield each._replace(excluded=each.excluded | excluded, included=each.included | included)


def _names(call: Call, keyword: str) -> frozenset[str]:
    given = call.keywords.get(keyword)
    found = parts(given.term) if given is not None else ()
    return frozenset(each.text for each in found if isinstance(each, Literal))


def _named(name: Name, scope: Scope, depth: int) -> Iterator[Dumped]:
    """Yield what a local name holds: an object, or what was dumped before."""
    known = value_type(name, scope)
    if known and known.short not in {"dict", "list", "str"}:
        yield Dumped(known)
        return
    value = _assigned(name, scope.function)
    if value is None or _is_empty(value):
        yield Dumped(known)
    else:
        yield from dumped(value, scope, depth + 1)


def _is_empty(value: View) -> bool:
    """Tell whether a list or dict has nothing in it yet: the code goes on to fill it."""
    return isinstance(value, Display | DictDisplay) and not list(value.children())


def _assigned(name: Name, function: Function | None) -> View | None:
    """Return the only value that a function gives a name."""
    found = function.body.find(Assignment) if function is not None else ()
    values = [each.final_value for each in found if each.target.text == name.text]
    return values[0] if len(values) == 1 else None


def value_type(view: View, scope: Scope) -> Type:
    """Return the type of a value, rows of a query included."""
    inside = scope.at(view)
    known = inside.type_of(view) or _validated(view, inside)
    if known:
        return known
    query = query_of(scope.asker, inside.environment, view.term)
    if query is None or query.has_columns or not query.entity:
        return known
    entity = Type(query.entity)
    if query.stage is Stage.ROW:
        return entity
    return Type("builtins.list", (entity,)) if query.stage is Stage.ROWS else known


def _validated(view: View, scope: Scope) -> Type:
    """Return the model that a class method of it makes: `UserRead.model_validate(user)`, in a name too."""
    if isinstance(view, Name):
        value = _assigned(view, scope.function)
        return _validated(value, scope) if isinstance(value, Call) else Type("")
    receiver = view.receiver if isinstance(view, Call) and view.last_name in _CONSTRUCTORS else None
    name = receiver.text if receiver is not None else ""
    made = scope.resolve_name(name) if name else ""
    return Type(made) if is_model(scope.asker, made) else Type("")


def undumped(view: View, scope: Scope) -> str:
    """Return the text of the object that an expression turns into JSON; empty if it does more than that."""
    if isinstance(view, Comprehension):
        return _undumped_all(view)
    if isinstance(view, Name) and _is_json_text(_assigned(view, scope.function)):
        return ""
    if not isinstance(view, Call):
        return view.text
    if view.receiver is not None and view.last_name in _METHODS:
        return view.receiver.text if _is_plain(view) and not isinstance(view.receiver, Await) else ""
    if scope.at(view).resolve(view) not in _FUNCTIONS:
        return view.text
    return undumped(view.arguments[0], scope) if view.arguments and _is_plain(view) else ""


def _is_json_text(value: View | None) -> bool:
    """Tell whether a value is JSON already, which no model can check."""
    return isinstance(value, Call) and value.last_name in _TEXTS


def _is_plain(call: Call) -> bool:
    return set(call.keywords) <= _SAFE_OPTIONS


def _undumped_all(view: Comprehension) -> str:
    """Return what a list of dumps goes over: `users` of `[user.model_dump() for user in users]`."""
    element = view.element
    only = view.clauses[0] if len(view.clauses) == 1 and len(list(view.children())) == 2 else None  # noqa: PLR2004
    is_dump = isinstance(element, Call) and element.last_name in _METHODS and _is_plain(element)
    if only is None or only.is_async or not is_dump or not isinstance(element, Call) or element.receiver is None:
        return view.text
    return only.iterable.text if element.receiver.text == only.target.text else view.text
