"""Texts that paths are put together from: constants, f-strings, local names, values of parametrized tests."""

from __future__ import annotations

import re
from itertools import product
from typing import TYPE_CHECKING

from fastidious_rules.semantics.constants import constant, text_of
from fastidious_rules.semantics.inference import inferred
from fastidious_rules.semantics.names import find_member
from fastidious_rules.syntax.terms import (
    Apply,
    Collection,
    Literal,
    Operation,
    Ref,
    Term,
    called_name,
    dotted,
    parts,
    receiver_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from fastidious_rules.semantics.facts import FunctionFact
    from fastidious_rules.semantics.project import Asker
    from fastidious_rules.semantics.types import Environment

HOLE = "\0"
"""Stands in a text for a part that is not known."""
NAMED = "\2"
"""Begins what stands for the path of the route with a name: `app.url_path_for("read_book")`."""

_MOST = 12
_DEEPEST = 6
_FIELD = re.compile(r"{[^{}]*}")
_CONVERSION = re.compile(r"%[sdir]")
_LOOKS_UP = frozenset({"url_path_for", "url_for"})


def spellings(asker: Asker, where: Environment, term: Term | None, depth: int = 0) -> tuple[str, ...]:
    """Return the texts that an expression may give, with a `HOLE` for each part that nobody knows."""
    if depth > _DEEPEST:
        return (HOLE,)
    match term:
        case Literal("str" | "int", text):
            return (text,)
        case Collection("text", items):
            return _joined(spellings(asker, where, each, depth + 1) for each in items)
        case Operation("+", left, right):
            return _joined(spellings(asker, where, each, depth + 1) for each in (left, right))
        case Operation("else", left, right):
            return _distinct((*spellings(asker, where, left, depth + 1), *spellings(asker, where, right, depth + 1)))
        case Operation("%", left, _):
            return tuple(_CONVERSION.sub(HOLE, text) for text in spellings(asker, where, left, depth + 1))
        case Ref(name):
            return _of_name(asker, where, name, depth) or (HOLE,)
        case Apply():
            return _of_call(asker, where, term, depth)
        case _:
            return (HOLE,)


def spelling(asker: Asker, where: Environment, term: Term | None) -> str | None:
    """Return the text that an expression always gives, None if that is not known."""
    found = spellings(asker, where, term)
    return found[0] if len(found) == 1 and HOLE not in found[0] and NAMED not in found[0] else None


def _joined(choices: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    return _distinct("".join(each) for each in product(*choices))


def _distinct(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(texts))[:_MOST] or (HOLE,)


def _of_call(asker: Asker, where: Environment, call: Apply, depth: int) -> tuple[str, ...]:
    receiver, name = receiver_of(call)
    first = call.arguments[0] if call.arguments else None
    if name in _LOOKS_UP:
        return tuple(f"{NAMED}{text}" for text in spellings(asker, where, first, depth + 1) if HOLE not in text) or (
            HOLE,
        )
    if name == "format" and receiver is not None:
        return tuple(_FIELD.sub(HOLE, text) for text in spellings(asker, where, receiver, depth + 1))
    return spellings(asker, where, first, depth + 1) if name == "str" and receiver is None else (HOLE,)


def _of_name(asker: Asker, where: Environment, name: str, depth: int) -> tuple[str, ...]:
    first, _, rest = name.partition(".")
    scope: Environment | None = where
    while scope is not None:
        function = scope.function
        if function is not None and (
            first in function.local or any(each.name == first for each in function.parameters)
        ):
            return _of_field(asker, scope, first, rest) if rest else _of_local(asker, scope, function, first, depth)
        scope = scope.outer
    known = text_of(asker, where.module, Ref(name))
    return (known,) if known is not None else ()


def _of_local(asker: Asker, where: Environment, function: FunctionFact, name: str, depth: int) -> tuple[str, ...]:
    terms = [each for term in function.local.get(name, ()) if not _mentions(term, name) for each in _bound(term)]
    terms += _given_by_decorators(function, name)
    found = (text for term in terms for text in spellings(asker, where, term, depth + 1))
    return _distinct(found) if terms else ()


def _of_field(asker: Asker, where: Environment, name: str, rest: str) -> tuple[str, ...]:
    """Return the default of a field of a local settings object: `settings.api_prefix`."""
    owner = inferred(asker, where, Ref(name))
    member = asker.ask(find_member, owner.name, rest) if owner and "." not in rest else ""
    known = asker.ask(constant, member) if member else None
    return (known,) if known is not None else ()


def _mentions(term: Term, name: str) -> bool:
    return any(isinstance(part, Ref) and part.dotted.partition(".")[0] == name for part in parts(term))


def _bound(term: Term) -> tuple[Term, ...]:
    """Return the values of a local name: those of the collection that a loop goes through."""
    if isinstance(term, Apply) and dotted(term.function) == "for":
        source = term.arguments[0]
        return source.items if isinstance(source, Collection) and source.kind in {"list", "tuple", "set"} else (source,)
    return (term,)


def _given_by_decorators(function: FunctionFact, name: str) -> Iterator[Term]:
    """Yield the values of a parameter of a test: `@pytest.mark.parametrize("path", ["/books", "/authors"])`."""
    for decorator in function.decorators:
        if isinstance(decorator, Apply) and called_name(decorator) == "parametrize" and len(decorator.arguments) > 1:
            names, values = _parameter_names(decorator.arguments[0]), decorator.arguments[1]
            for value in values.items if name in names and isinstance(values, Collection) else ():
                yield from _value_of(value, names.index(name), len(names))


def _parameter_names(term: Term) -> list[str]:
    if isinstance(term, Literal):
        return [each.strip() for each in term.text.split(",")]
    return [each.text for each in term.items if isinstance(each, Literal)] if isinstance(term, Collection) else []


def _value_of(value: Term, position: int, count: int) -> Iterator[Term]:
    if isinstance(value, Apply) and called_name(value) == "param":
        value = value.arguments[0] if count == 1 and value.arguments else Collection("tuple", value.arguments)
    if count == 1:
        yield value
    elif isinstance(value, Collection) and position < len(value.items):
        yield value.items[position]
