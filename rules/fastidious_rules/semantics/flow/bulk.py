"""Values that are handed over in bulk: all the fields of a payload at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fastidious_rules.syntax.terms import (
    OPAQUE,
    Apply,
    Awaited,
    Collection,
    Literal,
    Operation,
    Ref,
    Term,
    receiver_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.semantics.facts import FunctionFact
    from fastidious_rules.semantics.types import Environment

_DEEPEST = 5
_DUMPING = frozenset({"model_dump", "dict"})
_COPYING = frozenset({"copy", "items"})
_FUNCTIONS = frozenset({"deepcopy", "dict", "jsonable_encoder", "vars"})


class Bulk(NamedTuple):
    """A payload of which all fields are handed over, but for some."""

    payload: Term
    included: frozenset[str] | None = None
    """The fields that alone are handed over; None: all."""
    excluded: frozenset[str] = frozenset()

    def without(self, fields: frozenset[str]) -> Bulk:
        """Return the same without some fields."""
        return self._replace(excluded=self.excluded | fields)

    def hands_over(self, field: str) -> bool:
        """Tell whether a field of the payload is handed over."""
        return field not in self.excluded and (self.included is None or field in self.included)


def bulk(where: Environment, term: Term, depth: int = 0) -> Bulk | None:
    """Return the payload that `term` holds all fields of; None where it is put together in another way."""
    if depth > _DEEPEST:
        return None
    match term:
        case Ref(name):
            return _of_name(where, name, depth)
        case Awaited(value):
            found = bulk(where, value, depth + 1)
            return found._replace(payload=term) if found is not None and found.payload == value else found
        case Apply():
            return _of_call(where, term, depth)
        case Collection("dict", items):
            return _of_display(where, items, depth)
        case Operation("|", left, right):
            found = bulk(where, left, depth + 1)
            return found.without(_keys(right)) if found is not None else None
        case _:
            return None


def _of_name(where: Environment, name: str, depth: int) -> Bulk | None:
    if name.endswith(".__dict__"):
        return bulk(where, Ref(name.removesuffix(".__dict__")), depth + 1)
    function = where.function
    terms = [each for each in function.local.get(name, ()) if not _declares(each)] if function is not None else []
    if not terms:
        return Bulk(Ref(name))
    found = bulk(where, terms[0], depth + 1) if len(terms) == 1 else None
    return found.without(frozenset(_set_later(function, name))) if found is not None and function is not None else None


def _declares(term: Term) -> bool:
    return isinstance(term, Apply) and term.function == Ref(":")


def _set_later(function: FunctionFact, name: str) -> Iterator[str]:
    """Yield the keys of a mapping that the function sets, or takes out, itself."""
    yield from (key for key in function.stored.get(name, ()) if key)
    for call in function.calls:
        if call.term.function == Ref(f"{name}.pop") and call.term.arguments:
            yield _text(call.term.arguments[0])
        elif call.term.function == Ref(f"{name}.update"):
            yield from (key for key, _ in call.term.keywords)
            yield from (key for each in call.term.arguments for key in _keys(each))


def _of_call(where: Environment, term: Apply, depth: int) -> Bulk | None:
    receiver, name = receiver_of(term)
    if receiver is None:
        is_known = name in _FUNCTIONS and len(term.arguments) == 1
        found = bulk(where, term.arguments[0], depth + 1) if is_known else None
        return found.without(frozenset(key for key, _ in term.keywords)) if found is not None else None
    if name in _COPYING:
        return bulk(where, receiver, depth + 1)
    if name in _DUMPING:
        included, excluded = term.keyword("include"), term.keyword("exclude")
        found = bulk(where, receiver, depth + 1)
        if found is None or OPAQUE in (included, excluded):
            return None
        chosen = _keys(included) if included is not None else found.included
        return found._replace(included=chosen).without(_keys(excluded))
    return Bulk(term) if name in {"json", "form"} else None


def _of_display(where: Environment, items: tuple[Term, ...], depth: int) -> Bulk | None:
    """Return the payload that a dictionary takes in with `**`, without the keys that it sets itself after that."""
    pairs = list(zip(items[::2], items[1::2], strict=False))
    position = next((at for at, (key, _) in enumerate(pairs) if key == OPAQUE), None)
    if position is None:
        return None
    found = bulk(where, pairs[position][1], depth + 1)
    return found.without(frozenset(_text(key) for key, _ in pairs[position + 1 :])) if found is not None else None


def keys_of(where: Environment, term: Term) -> frozenset[str]:
    """Return the keys of a dictionary that is written out, here or where it is assigned to a name."""
    terms = (
        where.function.local.get(term.dotted, ()) if where.function is not None and isinstance(term, Ref) else (term,)
    )
    stored = where.function.stored.get(term.dotted, ()) if where.function is not None and isinstance(term, Ref) else ()
    return frozenset(key for each in terms for key in _keys(each)) | frozenset(stored)


def _keys(term: Term | None) -> frozenset[str]:
    """Return the keys of a dictionary, or the members of a set, that are written out."""
    if not isinstance(term, Collection):
        return frozenset()
    items = term.items[::2] if term.kind == "dict" else term.items
    return frozenset(_text(each) for each in items)


def _text(term: Term) -> str:
    return term.text if isinstance(term, Literal) else ""
