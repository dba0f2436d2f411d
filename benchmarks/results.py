"""Measured values, and the tables that compare them."""

from __future__ import annotations

import statistics
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

NINETY_FIFTH: Final = 0.95
ABSENT: Final = "-"


@dataclass(frozen=True, slots=True)
class Series:
    """Repeated measurements of one thing, or the reason why there are none."""

    values: tuple[float, ...] = ()
    failure: str = ""

    @property
    def median(self) -> float:
        """The middle value."""
        return statistics.median(self.values)

    @property
    def high(self) -> float:
        """The value that 95 of 100 stay below."""
        return sorted(self.values)[min(len(self.values) - 1, int(len(self.values) * NINETY_FIFTH))]


Rows: TypeAlias = "Mapping[str, Mapping[str, Series]]"
"""By what was measured, then by who was measured."""


@dataclass(frozen=True, slots=True)
class Section:
    """One kind of measurement for several contestants."""

    title: str
    note: str
    unit: str
    rows: Rows
    reference: str = ""
    """Contestant to whom the others are compared, if that says anything."""
    has_spread: bool = False
    """Show the 95th percentile beside the median."""


@dataclass(frozen=True, slots=True)
class Grid:
    """A table that is ready to be printed."""

    caption: str
    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def ratio_grid(section: Section) -> Grid | None:
    """Return the medians divided by those of the reference, if the section has one."""
    if not section.reference:
        return None
    names = _names(section.rows)
    rows = tuple((what, *(_ratio(by, name, section.reference) for name in names)) for what, by in section.rows.items())
    return Grid(f"relative to {section.reference}; below 1 is faster or smaller", ("", *names), rows)


def value_grid(section: Section) -> Grid:
    """Return the measured values themselves."""
    names = _names(section.rows)
    rows = tuple((what, *(_value(section, by.get(name)) for name in names)) for what, by in section.rows.items())
    spread = ", median / 95th percentile" if section.has_spread else ""
    return Grid(f"{section.unit}{spread}", ("", *names), rows)


def failures(section: Section) -> list[str]:
    """Return what could not be measured and why, each said once."""
    said = [
        f"{name} not available: {series.failure}"
        for by in section.rows.values()
        for name, series in by.items()
        if series.failure
    ]
    return list(dict.fromkeys(said))


def markdown(grid: Grid) -> Iterator[str]:
    """Yield the lines of a table in Markdown."""
    yield f"*{grid.caption}*"
    yield ""
    yield _line(grid.headers)
    yield _line(["---", *["---:"] * (len(grid.headers) - 1)])
    yield from (_line(row) for row in grid.rows)


def _names(rows: Rows) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for by in rows.values() for name in by))


def _ratio(by: Mapping[str, Series], name: str, reference: str) -> str:
    series, base = by.get(name), by.get(reference)
    if series is None or base is None or not series.values or not base.values or not base.median:
        return ABSENT
    return f"{_significant(series.median / base.median)}x"


def _value(section: Section, series: Series | None) -> str:
    if series is None:
        return ABSENT
    if not series.values:
        return "not available" if series.failure else ABSENT
    if section.has_spread:
        return f"{_significant(series.median)} / {_significant(series.high)}"
    return _significant(series.median)


def _significant(value: float) -> str:
    digits = 2 if abs(value) < 10 else 1 if abs(value) < 100 else 0  # noqa: PLR2004
    return f"{value:,.{digits}f}" if value % 1 else f"{value:,.0f}"


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
