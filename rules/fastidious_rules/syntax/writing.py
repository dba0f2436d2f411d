"""Terms as text: close to how they were written."""

from __future__ import annotations

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
)

_UNKNOWN = "…"
_BRACKETS = {"list": "[]", "tuple": "()", "set": "{}", "dict": "{}"}


def written(term: Term) -> str:
    """Return a term as text, with an ellipsis for what was not kept: `list[Book] | None`."""
    match term:
        case Ref(name):
            return name
        case Literal("str" | "bytes", text):
            return text  # annotations are read as text: the quotes say nothing
        case Literal(_, text):
            return text
        case Member(value, name):
            return f"{written(value)}.{name}"
        case Index(value, arguments):
            return f"{written(value)}[{_listed(arguments)}]"
        case Awaited(value):
            return f"await {written(value)}"
        case Operation(operator, left, right):
            return f"{written(left)} {operator} {written(right)}"
        case _:
            return _of_several(term)


def _of_several(term: Term) -> str:
    match term:
        case Apply(function, arguments, keywords):
            named = (f"{name}={written(value)}" if name else f"**{written(value)}" for name, value in keywords)
            return f"{written(function)}({', '.join([*map(written, arguments), *named])})"
        case Collection(kind, items) if kind in _BRACKETS:
            return f"{_BRACKETS[kind][0]}{_listed(items)}{_BRACKETS[kind][1]}"
        case _:
            return _UNKNOWN


def _listed(terms: tuple[Term, ...]) -> str:
    return ", ".join(map(written, terms))
