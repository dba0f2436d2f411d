"""What values an expression hands on, by their names: `body.password` of `f"{body.password}!".encode()`."""

from __future__ import annotations

from typing import TYPE_CHECKING

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
    receiver_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

_PASSING_METHODS = frozenset({
    "capitalize", "casefold", "copy", "decode", "dict", "encode", "get_secret_value", "hex", "json", "lower", "lstrip",
    "model_dump", "model_dump_json", "removeprefix", "removesuffix", "rstrip", "strip", "title", "upper",
})  # fmt: skip
_LOOK_UPS = frozenset({"get", "getenv", "getlist", "pop", "setdefault"})
_ASSEMBLING = frozenset({"format", "join"})
_PASSING_FUNCTIONS = frozenset({"bytearray", "bytes", "dict", "dumps", "pformat", "repr", "str", "vars"})
_JOINING = frozenset({"+", "%"})


def carried(term: Term) -> Iterator[Term]:
    """Yield the values that `term` contains readably: names, attributes and look-ups of a literal key.

    Calls that are not known to hand their arguments on, slices and lengths give nothing.
    """
    match term:
        case Ref() | Member():
            yield term
        case Index(_, (Literal("str", _),)):
            yield term
        case Awaited(value):
            yield from carried(value)
        case Operation(operator, left, right) if operator in _JOINING:
            yield from carried(left)
            yield from carried(right)
        case Collection(kind, items):
            for each in items[1::2] if kind == "dict" else items:
                yield from carried(each)
        case Apply():
            yield from _of_call(term)
        case _:
            return


def _of_call(call: Apply) -> Iterator[Term]:
    receiver, name = receiver_of(call)
    if name in _LOOK_UPS and call.arguments and isinstance(call.arguments[0], Literal):
        yield call
    elif receiver is None:
        if name in _PASSING_FUNCTIONS:
            yield from _of_all(call.arguments)
    elif name in _PASSING_METHODS:
        yield from carried(receiver)
    elif name in _ASSEMBLING or name == "dumps":
        yield from _of_all((*call.arguments, *(value for _, value in call.keywords)))


def _of_all(terms: tuple[Term, ...]) -> Iterator[Term]:
    for each in terms:
        yield from carried(each)


def name_of(term: Term) -> str:
    """Return the last name of a value: `password` of `body.password`, `form["password"]` and `form.get("password")`."""
    match term:
        case Ref(name):
            return name.rpartition(".")[2]
        case Member(_, name):
            return name
        case Index(_, (Literal("str", key),)):
            return key
        case Apply(_, (Literal("str", key), *_)):
            return key
        case _:
            return ""


def as_written(term: Term) -> str:
    """Return a value as a reader writes it: `body.password`."""
    match term:
        case Ref(name):
            return name
        case Member(value, name):
            return f"{as_written(value)}.{name}"
        case Index(value, (Literal("str", key),)):
            return f'{as_written(value)}["{key}"]'
        case Apply():
            receiver, name = receiver_of(term)
            shown = f"{as_written(receiver)}." if receiver is not None else ""
            return f'{shown}{name}("{name_of(term)}")' if name in _LOOK_UPS else f"{shown}{name}()"
        case Awaited(value):
            return f"(await {as_written(value)})"
        case _:
            return "..."
