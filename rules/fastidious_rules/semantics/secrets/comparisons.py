"""Comparisons with secrets: whose time tells how much of a guess was right."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from fastidious_rules.knowledge import names
from fastidious_rules.semantics.inference import callee_of
from fastidious_rules.semantics.web.exposure import words_of
from fastidious_rules.syntax.terms import Apply, Term, receiver_of

if TYPE_CHECKING:
    from fastidious_rules.semantics.project import Asker
    from fastidious_rules.semantics.types import Environment

_MOST_WORDS = 3
_DIGESTS = frozenset({"digest", "hexdigest"})
_SIGNERS = frozenset({"hmac.new", "hmac.HMAC", "hmac.digest"})


def is_guessed_at(name: str, extra: tuple[str, ...] = ()) -> bool:
    """Tell whether a name says that somebody may guess at its value, character by character. `extra` are names of the project."""
    words = words_of(name)
    if name in extra:
        return True
    if not words or not names("comparisons", "about").isdisjoint(words):
        return False
    return any(words[-size:] in _endings() for size in range(1, _MOST_WORDS + 1))


@cache
def _endings() -> frozenset[tuple[str, ...]]:
    return frozenset(tuple(each.split()) for each in names("comparisons", "secrets"))


def is_query(function: str) -> bool:
    """Tell whether a call hands the comparisons among its arguments to a database."""
    return function in names("comparisons", "queries")


def is_signature(asker: Asker, where: Environment, term: Term) -> bool:
    """Tell whether an expression is the HMAC of something: `hmac.new(...).hexdigest()`."""
    if not isinstance(term, Apply):
        return False
    receiver, name = receiver_of(term)
    if callee_of(asker, where, term) in _SIGNERS:
        return name == "digest"
    return name in _DIGESTS and isinstance(receiver, Apply) and callee_of(asker, where, receiver) in _SIGNERS
