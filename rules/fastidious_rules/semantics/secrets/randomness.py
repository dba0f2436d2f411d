"""Randomness: which functions can be foretold, and which values nobody may guess."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from fastidious_rules.knowledge import table
from fastidious_rules.semantics.web.exposure import words_of
from fastidious_rules.syntax.terms import Literal, Ref, Term, parts

if TYPE_CHECKING:
    from collections.abc import Iterable

_MOST_WORDS = 3
_CODE = "code"


def foreseeable() -> dict[str, str]:
    """Return the functions whose next values follow from earlier ones, each with the twin that takes the same arguments."""
    return dict(table("randomness")["functions"])


def picks(function: str) -> bool:
    """Tell whether a function only picks from what it is given."""
    return function in table("randomness")["picking"]["names"]


def is_of_characters(population: Term) -> bool:
    """Tell whether what is picked from is characters, and not things that exist already: `string.digits`, `"0123"`."""
    known = table("randomness")["picking"]["characters"]
    return any(
        (isinstance(each, Literal) and each.kind == "str")
        or (isinstance(each, Ref) and not set(words_of(each.dotted)).isdisjoint(known))
        for each in parts(population)
    )


def is_unguessable(name: str, around: Iterable[str] = ()) -> bool:
    """Tell whether a name says that nobody may guess its value; `around` are names that say what a `code` is for."""
    words = words_of(name)
    known = table("randomness")["unguessable"]
    if not words or not set(words).isdisjoint(known["harmless"]):
        return False
    if any(words[-size:] in _endings() for size in range(1, _MOST_WORDS + 1)):
        return True
    context = {word for each in (name, *around) for word in words_of(each)}
    return words[-1] in {_CODE, "pin"} and not context.isdisjoint(known["codes"])


@cache
def _endings() -> frozenset[tuple[str, ...]]:
    return frozenset(tuple(each.split()) for each in table("randomness")["unguessable"]["names"])
