"""What a check of a document says, as the editor side needs it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fastidious_rules.engine.finding import Finding


class UnitReport(Protocol):
    """Findings of one unit, with spans relative to its start."""

    @property
    def start(self) -> int:
        """Offset of the unit's first byte."""
        ...

    @property
    def row(self) -> int:
        """Row of the unit's first byte."""
        ...

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The same object from one check to the next while nothing in it changed."""
        ...


class RuleFailure(Protocol):
    """Rule that crashed, or took too long."""

    @property
    def rule(self) -> str:
        """Name of the rule."""
        ...

    @property
    def error(self) -> str:
        """What went wrong."""
        ...

    @property
    def line(self) -> int:
        """First line of the code that it failed on, one-based."""
        ...

    @property
    def is_overdue(self) -> bool:
        """Whether it took too long."""
        ...


class Report(Protocol):
    """Result of one check of a document."""

    @property
    def units(self) -> Sequence[UnitReport]:
        """All units, or at least those with findings, in the order of the text."""
        ...

    @property
    def problems(self) -> Sequence[RuleFailure]:
        """Rules that crashed in this check."""
        ...

    def findings(self) -> list[Finding]:
        """Return the findings with absolute spans, sorted."""
        ...
