"""Results as people read them: in the terminal, and in a Markdown file that is kept."""

from __future__ import annotations

import datetime as dt
import os
import platform
from typing import TYPE_CHECKING, Final

from results import failures, markdown, ratio_grid, value_grid
from rich.table import Table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from results import Grid, Section
    from rich.console import Console

GIGABYTE: Final = 1024**3
INTRODUCTION: Final = (
    "Written by `make bench`.",
    "Ratios come first, because they travel better than times: all contestants took turns in one run on one machine.",
    "Machines are noisy, so believe a factor, not a digit; other load moves the 95th percentile most.",
)


def show(section: Section, console: Console) -> None:
    """Print one section."""
    console.print(f"\n[bold]{section.title}[/bold]")
    console.print(section.note, style="dim")
    for grid in _grids(section):
        console.print(table(grid))
    for failure in failures(section):
        console.print(failure, style="yellow", markup=False)


def write(sections: Sequence[Section], versions: Mapping[str, str], destination: Path) -> None:
    """Write all sections, and where and with what they were measured."""
    lines = ["# Benchmark results", "", *INTRODUCTION, "", *_circumstances(versions)]
    for section in sections:
        lines += ["", f"## {section.title}", "", section.note]
        for grid in _grids(section):
            lines += ["", *markdown(grid)]
        lines += [line for failure in failures(section) for line in ("", failure)]
    destination.write_text("\n".join(lines) + "\n")


def table(grid: Grid) -> Table:
    """Return a grid as a table of the terminal."""
    table = Table(title=grid.caption, title_justify="left", title_style="italic")
    for position, header in enumerate(grid.headers):
        table.add_column(header, justify="right" if position else "left")
    for row in grid.rows:
        table.add_row(*row)
    return table


def _grids(section: Section) -> list[Grid]:
    ratios = ratio_grid(section)
    return [*([ratios] if ratios else []), value_grid(section)]


def _circumstances(versions: Mapping[str, str]) -> Iterator[str]:
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / GIGABYTE
    yield f"- {os.cpu_count()} cores, {memory:.0f} GB of memory, {platform.system()} on {platform.machine()}"
    yield f"- Python {platform.python_version()}"
    yield f"- {', '.join(f'{name} {version}' for name, version in versions.items())}"
    yield f"- {dt.datetime.now(dt.UTC):%Y-%m-%d}"
