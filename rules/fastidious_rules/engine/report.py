"""What a check says about a document."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from fastidious_rules.engine.checker import RuleFailure
    from fastidious_rules.engine.finding import Finding


class UnitReport(NamedTuple):
    """Findings of one unit. Their spans count from `start`, a byte; `row` is its line.

    `findings` is the very same object from check to check while nothing in it changes.
    """

    start: int
    row: int
    findings: tuple[Finding, ...]


class Report(NamedTuple):
    """What a check says about a document."""

    units: tuple[UnitReport, ...]
    problems: tuple[RuleFailure, ...]
    """Rules that raised."""
    gone: int = 0
    """How many findings of the baseline are not there any more."""

    def findings(self) -> list[Finding]:
        """Return all findings with spans that count from the start of the document, in the order of the text."""
        moved = [finding.moved(unit.start) for unit in self.units for finding in unit.findings]
        return sorted(moved, key=lambda each: (each.span, each.rule))
