"""Loops around a call: what each gives its rounds, and what differs between them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from fastidious_rules.api import (
    Attribute,
    Call,
    Comprehension,
    Display,
    For,
    Function,
    Lambda,
    Literal,
    Name,
    Return,
    With,
    called_name,
    dependents,
    names_in,
    names_read,
    words_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.api import View

FEW = 3
_PARTS = frozenset({"chunk", "chunks", "chunked", "batch", "batches", "batched", "window", "slice", "slices", "bulk"})
_PAGES = frozenset({"page", "pages", "offset", "cursor", "limit", "skip"})
_TRIES = frozenset({"attempt", "attempts", "retry", "retries", "try", "tries", "trial"})
_SESSIONS = frozenset({"session", "sess", "db", "database", "conn", "connection", "tx", "transaction", "uow", "cursor"})
_OPENED = frozenset({"session", "sessionmaker", "engine", "conn", "connection"})
_BREAK = re.compile(r"^\s*break\b", re.MULTILINE)
_ENDLESS = frozenset({"range", "count"})
_STEPPED = 3


@dataclass(frozen=True)
class Round:
    """One `for`, of a statement or of a comprehension, as a call inside it sees it."""

    target: View
    iterable: View
    body: View
    """What runs for each item: the whole comprehension, if it is one."""
    loop: For | Comprehension

    @cached_property
    def names(self) -> frozenset[str]:
        """The variables that take each item."""
        return frozenset(each.text for each in names_in(self.target))

    @cached_property
    def differing(self) -> frozenset[str]:
        """The variables whose values differ from round to round."""
        return dependents(self.body, self.names)

    @cached_property
    def entered(self) -> frozenset[str]:
        """The variables that hold what each round enters by `with`."""
        items = (item for each in self.body.find(With) for item in each.items)
        return frozenset(name.text for item in items if item.target is not None for name in names_in(item.target))


class Rounds:
    """The rounds of a function, each found out about once."""

    __slots__ = ("_known",)

    def __init__(self) -> None:
        self._known: dict[View, Round] = {}

    def around(self, view: View) -> Iterator[Round]:
        """Yield the rounds that run `view` more than once, the innermost first."""
        for each in _rounds(view):
            yield self._known.setdefault(each.target, each)


def _rounds(view: View) -> Iterator[Round]:
    start = view.cst.start_byte
    for around in view.ancestors():
        if isinstance(around, Function | Lambda):
            return
        if isinstance(around, For) and start >= around.body.cst.start_byte:
            yield Round(around.target, around.iterable, around.body, around)
        elif isinstance(around, Comprehension):
            clauses = around.clauses
            inside = next((at for at, each in enumerate(clauses) if each.span.contains(view.span)), len(clauses))
            for each in reversed(clauses[:inside]):
                yield Round(each.target, each.iterable, around, around)


def is_bounded(found: Round) -> bool:
    """Tell whether a loop takes several rows at once, pages, tries or a handful of items: no item is a row."""
    words = {word for name in found.names for word in words_of(name)}
    if not words.isdisjoint(_PARTS | _PAGES | _TRIES):
        return True
    iterable = found.iterable.term
    name = called_name(iterable)
    if not _PARTS.isdisjoint(words_of(name)):
        return True
    if isinstance(found.iterable, Display):
        return len(found.iterable.items) <= FEW
    if isinstance(found.iterable, Name | Attribute) and found.iterable.text.rpartition(".")[2].isupper():
        return True  # a constant: as many as the code says, whatever the data
    return name in _ENDLESS and _is_search(found)


def _is_search(found: Round) -> bool:
    """Tell whether a loop over numbers steps through a collection, or ends as soon as it has found something."""
    call = found.iterable
    arguments = call.arguments if isinstance(call, Call) else []
    few = len(arguments) == 1 and isinstance(arguments[0].term, Literal) and arguments[0].text.isdigit()
    ends = any(True for _ in found.body.find(Return)) or bool(_BREAK.search(found.body.text))
    return len(arguments) == _STEPPED or (few and int(arguments[0].text) <= FEW) or ends


def takes_several(call: Call, found: Round) -> bool:
    """Tell whether each round asks for several rows at once, with `.in_()`: the loop goes through groups."""
    lists = (each for each in (call, *call.find(Call)) if each.last_name in {"in_", "not_in", "any_"})
    return any(not found.differing.isdisjoint(names_read(given)) for each in lists for given in each.arguments)


def has_session_of_its_own(call: Call, found: Round, read: frozenset[str]) -> bool:
    """Tell whether each round works on another session or connection, among what a call reads."""
    changing = found.entered | found.differing
    if any(is_session(each) for each in read & changing):
        return True
    made = (each for given in call.arguments for each in (given, *given.find(Call)) if isinstance(each, Call))
    opened = (each for each in made if not _OPENED.isdisjoint(words_of(each.last_name)))
    return any(not found.differing.isdisjoint(names_read(each)) for each in opened)


def is_session(name: str) -> bool:
    """Tell whether a name is that of a session or connection."""
    return not _SESSIONS.isdisjoint(words_of(name))


def has_savepoint_of_its_own(call: Call, found: Round) -> bool:
    """Tell whether each round changes its row below a savepoint, so that others stay if this one is refused."""
    return any("begin_nested" in item.context.text for each in _entered_around(call, found) for item in each.items)


def holds_something_of_its_own(call: Call, found: Round) -> bool:
    """Tell whether each round enters something around a call: a lock, after which a row is read again."""
    return any(True for _ in _entered_around(call, found))


def _entered_around(call: Call, found: Round) -> Iterator[With]:
    for each in call.ancestors():
        if each == found.loop:
            return
        if isinstance(each, With):
            yield each
