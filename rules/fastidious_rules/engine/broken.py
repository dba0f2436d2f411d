"""Code that rules cannot look at: broken, with what it keeps of the time before it broke; or too much of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fastidious_rules.engine.finding import SYNTAX_ERROR, Finding, Severity
from fastidious_rules.syntax.errors import first_error
from fastidious_rules.syntax.text import Span

if TYPE_CHECKING:
    from fastidious_rules.engine.states import State
    from fastidious_rules.semantics.facts import UnitFacts
    from fastidious_rules.syntax.text import Source
    from fastidious_rules.syntax.units import Cut, Unit

TOO_COMPLEX = "too-complex"
_LONGEST_MARK = 80
"""Bytes of code that are underlined where all of it is meant."""


class Inherited(NamedTuple):
    """What a broken unit keeps of those that it took the place of. Spans and starts count from the start of the document."""

    facts: tuple[tuple[UnitFacts, int], ...]
    findings: tuple[Finding, ...]

    def moved(self, delta: int) -> Inherited:
        """Return the same, `delta` bytes further on."""
        if not delta:
            return self
        facts = tuple((fact, start + delta) for fact, start in self.facts)
        return Inherited(facts, tuple(finding.moved(delta) for finding in self.findings))


def inherited(fresh: list[State], gone: list[State], source: Source, edited: Span, grown: int) -> list[State]:
    """Let the first broken unit of `fresh` inherit from the units of `gone` that are nowhere in `fresh`.

    Findings on the lines of `edited` are dropped: that is where somebody types.
    """
    present = {state.key for state in fresh if not state.cut.is_broken}
    orphans = [state for state in gone if state.key not in present]
    if not orphans:
        return fresh
    legacy = _legacy(orphans, _Shift.of(source, edited, grown))
    states: list[State] = []
    for state in fresh:
        takes = legacy is not None and state.cut.is_broken
        states.append(state._replace(inherited=legacy) if takes else state)
        legacy = None if takes else legacy
    return states


class _Shift(NamedTuple):
    """Where the edited lines are, and where what stood behind them is now."""

    start: int
    old_end: int
    grown: int

    @classmethod
    def of(cls, source: Source, edited: Span, grown: int) -> _Shift:
        first = source.line_span(source.lines.row_of(edited.start))
        whole_lines = edited.end > edited.start and source.text[edited.end - 1 : edited.end] in {b"\n", b"\r"}
        last = source.line_span(source.lines.row_of(edited.end - whole_lines))
        return cls(first.start, last.end - grown, grown)

    def moved(self, finding: Finding) -> Finding | None:
        if finding.span.end <= self.start:
            return finding
        return finding.moved(self.grown) if finding.span.start >= self.old_end else None


def _legacy(orphans: list[State], shift: _Shift) -> Inherited | None:
    facts: list[tuple[UnitFacts, int]] = []
    findings: list[Finding] = []
    for state in orphans:
        if state.inherited is not None:
            facts.extend(state.inherited.facts)
            findings.extend(state.inherited.findings)
        else:
            facts.append((state.result.facts, state.cut.start))
            findings.extend(each.moved(state.cut.start) for each in state.result.findings or ())
    moved = tuple(each for each in map(shift.moved, findings) if each is not None)
    placed = tuple((fact, start + shift.grown if start >= shift.old_end else start) for fact, start in facts)
    return Inherited(placed, moved)


def syntax_errors(cut: Cut) -> tuple[Finding, ...]:
    """Return the finding of a broken unit; its span counts from the start of the document."""
    error = first_error(cut.node)
    if error is None:
        return ()
    return (Finding(SYNTAX_ERROR, error.span, error.message, Severity.ERROR),)


def too_complex(unit: Unit) -> Finding:
    """Return the finding in the place of all others in a unit that is too much to look at."""
    end = unit.text.find(b"\n")
    span = Span(0, min(len(unit.text) if end < 0 else end, _LONGEST_MARK))
    message = f"this code {unit.excess} and is not reviewed; split it up, or move its data into a file of another kind"
    return Finding(TOO_COMPLEX, span, message, Severity.INFORMATION)
