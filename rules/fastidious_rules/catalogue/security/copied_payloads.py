"""Calls that copy all fields of a payload into an entity."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fastidious_rules.api import (
    Attribute,
    Bulk,
    Call,
    Collection,
    Comparison,
    Display,
    DoubleStarred,
    For,
    Name,
    Stage,
    String,
    Subscript,
    Term,
    View,
    bulk,
    is_entity,
    keys_of,
    names_in,
    query_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.api import Function, Scope

_VALIDATING = frozenset({"from_orm", "model_validate", "parse_obj"})
_STATEMENTS = frozenset({"sqlalchemy.insert", "sqlalchemy.update", "sqlmodel.insert", "sqlmodel.update"})
_SETTER_ARGUMENTS = 3

COPYING = ("**", "setattr", "sqlmodel_update", *_VALIDATING)
"""One of these stands in whatever copies a payload."""


class Copy(NamedTuple):
    """All fields of a payload on their way into an entity."""

    entity: str
    given: Bulk
    view: View


def copies(call: Call, scope: Scope) -> Iterator[Copy]:
    """Yield what a call copies."""
    name = call.last_name
    if name == "setattr":
        yield from _set_one_by_one(call, scope)
    elif name in _VALIDATING or name == "sqlmodel_update":
        yield from _handed_to_method(call, scope)
    elif name == "values" or name[:1].isupper():
        starred = [each for each in call.all_arguments if isinstance(each, DoubleStarred)]
        entity = (_of_statement(call, scope) if name == "values" else scope.resolve(call)) if starred else ""
        for each in starred:
            value = next(each.children(), None)
            if value is not None:
                yield from _copied(entity, value.term, each, scope, frozenset(call.keywords))


def _copied(entity: str, term: Term, view: View, scope: Scope, fixed: frozenset[str] = frozenset()) -> Iterator[Copy]:
    given = bulk(scope.environment, term) if entity and scope.ask(is_entity, entity) else None
    if given is not None:
        yield Copy(entity, given.without(fixed), view)


def _set_one_by_one(call: Call, scope: Scope) -> Iterator[Copy]:
    """Yield what `setattr(entity, name, value)` copies in a loop over the names in a payload."""
    given, function = call.arguments, scope.function
    if len(given) != _SETTER_ARGUMENTS or isinstance(given[1], String) or function is None:
        return
    target, key, value = given
    loop = call.nearest(For)
    source = _source_of(value, key, loop)
    if source is not None and not _is_filtered(key, loop, function, scope):
        yield from _copied(_entity_in(target, scope), source, call, scope)


def _source_of(value: View, key: View, loop: For | None) -> Term | None:
    """Return what a value under a key is taken from: `data.items()`, `data[key]`, `data.get(key)`, `getattr(data, key)`."""
    match value:
        case Name() if loop is not None and any(each.text == value.text for each in names_in(loop.target)):
            return loop.iterable.term if isinstance(loop.target, Display) else None
        case Subscript() if [each.text for each in value.indexes] == [key.text]:
            return value.value.term
        case Call() if (
            value.arguments and value.arguments[-1].text == key.text and value.last_name in {"get", "getattr"}
        ):
            holder = value.receiver if value.last_name == "get" else value.arguments[0]
            return holder.term if holder is not None else None
        case _:
            return None


def _is_filtered(key: View, loop: For | None, function: Function, scope: Scope) -> bool:
    """Tell whether the names that are set come from a list that the code has, or are looked up in one."""
    if loop is not None and isinstance(loop.target, Name) and _is_list(loop.iterable, scope):
        return True
    return any(
        each.operands[0].text == key.text and _is_list(each.operands[1], scope)
        for each in function.body.find(Comparison)
        if each.operators[:1] in (["in"], ["not in"])
    )


def _is_list(view: View, scope: Scope) -> bool:
    """Tell whether an expression is a list of names that the code has: written out, or a constant."""
    if isinstance(view, Display):
        return True
    if isinstance(view, Attribute):
        return not view.name.text.startswith("__")
    if not isinstance(view, Name):
        return isinstance(view, Call) and view.last_name in {"frozenset", "set", "tuple"}
    fact = scope.environment.function
    assigned = fact.local.get(view.text, ()) if fact is not None else ()
    is_written = any(isinstance(each, Collection) and each.kind in {"list", "set", "tuple"} for each in assigned)
    return view.text.lstrip("_").isupper() or is_written


def _handed_to_method(call: Call, scope: Scope) -> Iterator[Copy]:
    """Yield what `Entity.model_validate(payload)` and `entity.sqlmodel_update(data)` copy."""
    if call.receiver is None or not call.arguments:
        return
    is_validation = call.last_name in _VALIDATING
    entity = scope.resolve(call.receiver) if is_validation else _entity_in(call.receiver, scope)
    update = call.keywords.get("update")
    fixed = keys_of(scope.environment, update.term) if update is not None else frozenset[str]()
    yield from _copied(entity, call.arguments[0].term, call, scope, fixed)


def _entity_in(view: View, scope: Scope) -> str:
    """Return the entity that a value is a row of."""
    known = scope.type_of(view)
    if known:
        return known.name
    query = query_of(scope.asker, scope.environment, view.term)
    return query.entity if query is not None and query.stage in {Stage.ROW, Stage.ROWS} else ""


def _of_statement(call: Call, scope: Scope) -> str:
    """Return the entity of `update(Entity)...values()`."""
    inner: View | None = call.receiver
    while isinstance(inner, Call):
        if inner.arguments and scope.resolve(inner) in _STATEMENTS:
            return scope.resolve(inner.arguments[0])
        inner = inner.receiver
    return ""
