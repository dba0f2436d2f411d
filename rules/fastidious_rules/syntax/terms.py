"""Expressions as plain values: what facts are made of and what inference reads.

A term keeps the meaning of an expression and forgets its layout: it can be compared, cached and sent
to another process. `Opaque` stands for whatever is not worth keeping.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterator


class Ref(msgspec.Struct, frozen=True, array_like=True, tag="r", gc=False):
    """A name, or names joined by dots: `session.execute`."""

    dotted: str


class Literal(msgspec.Struct, frozen=True, array_like=True, tag="l", gc=False):
    """A constant: `kind` is `str`, `bytes`, `int`, `float`, `bool`, `None` or `ellipsis`; `text` its value."""

    kind: str
    text: str


class Apply(msgspec.Struct, frozen=True, array_like=True, tag="c"):
    """A call. A starred argument is `Opaque`; `**mapping` is the keyword with the empty name."""

    function: Term
    arguments: tuple[Term, ...] = ()
    keywords: tuple[tuple[str, Term], ...] = ()

    def keyword(self, name: str) -> Term | None:
        """Return the value given for the keyword `name`."""
        return next((value for key, value in self.keywords if key == name), None)


class Member(msgspec.Struct, frozen=True, array_like=True, tag="m"):
    """An attribute of something that is not a mere name: `first().second`."""

    value: Term
    name: str


class Index(msgspec.Struct, frozen=True, array_like=True, tag="i"):
    """A subscript: `dict[str, int]`."""

    value: Term
    arguments: tuple[Term, ...]


class Awaited(msgspec.Struct, frozen=True, array_like=True, tag="a"):
    """`await value`."""

    value: Term


class Operation(msgspec.Struct, frozen=True, array_like=True, tag="o"):
    """A binary operation; unions of types are the operation `|`, `a if condition else b` is `else` of both values."""

    operator: str
    left: Term
    right: Term


class Collection(msgspec.Struct, frozen=True, array_like=True, tag="s"):
    """A display, a comprehension or an f-string.

    `kind` is `tuple`, `list`, `set`, `dict` (keys and values in turn, an `Opaque` key for `**`),
    `comprehension` (its element) or `text` (the parts of an f-string).
    """

    kind: str
    items: tuple[Term, ...]


class Opaque(msgspec.Struct, frozen=True, array_like=True, tag="x", gc=False):
    """Anything else."""


Term: TypeAlias = Ref | Literal | Apply | Member | Index | Awaited | Operation | Collection | Opaque

OPAQUE = Opaque()


def parts(term: Term) -> Iterator[Term]:
    """Yield `term` and every term inside it."""
    yield term
    for each in inner(term):
        yield from parts(each)


def inner(term: Term) -> tuple[Term, ...]:
    """Return the terms directly inside `term`."""
    match term:
        case Apply(function, arguments, keywords):
            return (function, *arguments, *(value for _, value in keywords))
        case Member(value, _) | Awaited(value):
            return (value,)
        case Index(value, arguments):
            return (value, *arguments)
        case Operation(_, left, right):
            return (left, right)
        case Collection(_, items):
            return items
        case _:
            return ()


def dotted(term: Term) -> str:
    """Return the dotted name that `term` is, else an empty string."""
    return term.dotted if isinstance(term, Ref) else ""


def last_name(term: Term) -> str:
    """Return the last name of a dotted name or an attribute; nothing for anything else."""
    if isinstance(term, Ref):
        return term.dotted.rpartition(".")[2]
    return term.name if isinstance(term, Member) else ""


def receiver_of(call: Apply) -> tuple[Term | None, str]:
    """Return what a method is called on, and its name; no receiver for a plain function, no name for anything else."""
    match call.function:
        case Member(value, name):
            return value, name
        case Ref(name) if "." in name:
            owner, _, last = name.rpartition(".")
            return Ref(owner), last
        case Ref(name):
            return None, name
        case _:
            return None, ""


def called_name(term: Term) -> str:
    """Return the last name of what `term` calls: `get` of `client.session().get(url)`."""
    if not isinstance(term, Apply):
        return ""
    function = term.function
    if isinstance(function, Ref):
        return function.dotted.rpartition(".")[2]
    return function.name if isinstance(function, Member) else ""
