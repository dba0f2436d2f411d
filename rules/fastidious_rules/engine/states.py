"""Units of a document with what was found in them, and how they outlive edits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from fastidious_rules.semantics.extract import unit_facts
from fastidious_rules.syntax.text import Span
from fastidious_rules.syntax.units import Cut, Unit

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from fastidious_rules.engine.broken import Inherited
    from fastidious_rules.engine.checker import RuleFailure
    from fastidious_rules.engine.finding import Finding
    from fastidious_rules.semantics.answers import Question
    from fastidious_rules.semantics.facts import ModuleFacts, UnitFacts

_KEPT = 64
"""How many results of units that are gone are kept, for undo and for text that is moved."""

Key = tuple[bytes, bytes, bool]
"""Text of a unit, header of the class around it, whether it is a header itself."""


class Result:
    """What was found in a unit, for as long as the answers that it rests on stay the same."""

    __slots__ = ("answers", "facts", "findings", "problems", "revision", "unit")

    def __init__(self, facts: UnitFacts, unit: Unit | None = None) -> None:
        self.facts = facts
        self.unit = unit
        """The views that the facts were read from, until rules have seen them."""
        self.findings: tuple[Finding, ...] | None = None
        self.problems: tuple[RuleFailure, ...] = ()
        self.answers: dict[Question, Any] = {}
        self.revision = -1


class State(NamedTuple):
    """A unit of the document as it stands now. A broken one keeps what the units had that it took the place of."""

    cut: Cut
    key: Key
    result: Result
    inherited: Inherited | None = None


class Pending:
    """Edits since the last look at the text: the span that they cover now, and how much longer they made the text."""

    __slots__ = ("_grown", "_span")

    def __init__(self, span: Span) -> None:
        self._span: Span | None = span
        self._grown = 0

    def add(self, span: Span, inserted: int) -> None:
        """Note that `inserted` bytes took the place of `span`."""
        growth = inserted - (span.end - span.start)
        edited = Span(span.start, span.start + inserted)
        if self._span is not None:
            end = self._span.end + growth if self._span.end >= span.end else edited.end
            edited = Span(min(self._span.start, edited.start), max(end, edited.end))
        self._span = edited
        self._grown += growth

    def take(self) -> tuple[Span, int] | None:
        """Return span and growth, and forget them; None if there was no edit."""
        if self._span is None:
            return None
        taken = self._span, self._grown
        self._span, self._grown = None, 0
        return taken

    def copy(self) -> Pending:
        """Return the same edits, to be added to apart."""
        twin = Pending(Span(0, 0))
        twin._span, twin._grown = self._span, self._grown
        return twin


class Memo:
    """Results by the text of their unit, for text that comes back; and facts that were read before states were wanted.

    A result is handed out once: two units with the same text are two, and one of them may go.
    """

    __slots__ = ("_known", "_read", "_results")

    def __init__(self, known: ModuleFacts | None) -> None:
        self._known = known
        self._read: dict[Key, list[Result]] = {}
        self._results: dict[Key, Result] = {}

    def copy(self) -> Memo:
        """Return a memo that is added to apart."""
        twin = Memo(None)
        twin._results = dict(self._results)
        return twin

    def clear(self) -> None:
        """Forget all results."""
        self._results.clear()

    def keep(self, gone: Iterable[State]) -> None:
        """Keep the results of units that may come back."""
        self._results.update((state.key, state.result) for state in gone if state.inherited is None)

    def trim(self) -> None:
        """Forget the oldest results beyond what is worth keeping."""
        while len(self._results) > _KEPT:
            del self._results[next(iter(self._results))]

    def states(self, cuts: list[Cut], text: bytes) -> list[State]:
        """Return the states of units: known ones where text, or facts, are the same."""
        known, self._known = self._known, None
        if known is not None and [each.start for each in cuts] == list(known.starts):
            pairs = zip(cuts, known.units, strict=True)
            return [State(each, _key(each, text), Result(facts)) for each, facts in pairs]
        states = [self._state(each, text) for each in cuts]
        self._read.clear()
        return states

    def reading(self, cuts: list[Cut], text: bytes) -> Iterator[None]:
        """Read the facts of units before their states are wanted, one at a time; what was read of them before is kept."""
        before, self._read = self._read, {}
        for each in cuts if self._known is None else ():
            key = _key(each, text)
            known = before.get(key)
            self._read.setdefault(key, []).append(known.pop(0) if known else _result(each, text))
            yield

    def _state(self, cut: Cut, text: bytes) -> State:
        key = _key(cut, text)
        read = self._read.get(key)
        result = read.pop(0) if read else self._results.pop(key, None)
        return State(cut, key, result or _result(cut, text))


def _result(cut: Cut, text: bytes) -> Result:
    unit = Unit(cut, text)
    return Result(unit_facts(unit), unit)


def _key(cut: Cut, text: bytes) -> Key:
    return text[cut.start : cut.end], cut.header, cut.is_header


def moved(states: Iterable[State], cuts: Iterable[Cut], delta: int) -> Iterator[State]:
    """Yield the states of units that are the same as before, at the places where they are now: `delta` bytes on."""
    for state, each in zip(states, cuts, strict=False):
        kept = state.inherited.moved(delta) if state.inherited is not None and each.is_broken else None
        yield State(each, state.key, state.result, kept)


def same_front(old: list[State], cuts: list[Cut], dirty_start: int) -> int:
    """Count the units in front that end before anything changed."""
    count = 0
    for state, each in zip(old, cuts, strict=False):
        before = state.cut
        same = before.start == each.start and before.end == each.end and before.header == each.header
        if not same or each.end >= dirty_start or before.is_header != each.is_header:
            break
        count += 1
    return count


def same_back(old: list[State], cuts: list[Cut], dirty_end: int, grown: int) -> int:
    """Count the units at the back that start after everything that changed."""
    count = 0
    for state, each in zip(reversed(old), reversed(cuts), strict=False):
        before = state.cut
        same = before.start + grown == each.start and before.end + grown == each.end and before.header == each.header
        if not same or each.start <= dirty_end or before.is_header != each.is_header:
            break
        count += 1
    return count
