"""Results as text: one line each, with the code on a terminal."""

from __future__ import annotations

import unicodedata
from collections import Counter
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from fastidious_server.cli.formats.listing import Listing
    from fastidious_server.workspace.checking.results import RelatedResult, Result

_COLOURS = {"error": "red", "warning": "yellow", "information": "blue", "hint": "cyan"}
_FRAME = "bright_blue"
_WIDE = {"W", "F"}
_SHOWN_LINES = 3


def render(listing: Listing, *, is_rich: bool = False) -> str:
    """Return a line per result; with `is_rich` in colour, with the code and the places that explain it."""
    shown = "".join(_framed(result, listing) if is_rich else _line(result, listing) for result in listing.results)
    return shown + summary(listing)


def summary(listing: Listing) -> str:
    """Return the last line: how much was found."""
    if not listing.results:
        is_clean = listing.file_count and not listing.crashes
        return f"All checks passed: {counted(listing.file_count, 'file')}.\n" if is_clean else ""
    counts = Counter(result.severity for result in listing.results)
    parts = [counted(counts[severity], severity) for severity in _COLOURS if counts[severity]]
    files = counted(listing.file_count, "file")
    return f"Found {', '.join(parts)} in {files}.\n"


def counted(count: int, noun: str) -> str:
    """Return `count` and `noun`, in the plural where it belongs: `1 file`, `2 files`."""
    return f"{count} {noun}" if count == 1 or noun == "information" else f"{count} {noun}s"


def _line(result: Result, listing: Listing) -> str:
    place = f"{listing.path(result.path)}:{result.start.line}:{result.start.column}"
    return f"{place}: {result.severity}[{result.rule}] {result.message}\n"


def _framed(result: Result, listing: Listing) -> str:
    colour = _COLOURS[result.severity]
    label = click.style(f"{result.severity}[{result.rule}]", fg=colour, bold=True)
    place = f"{listing.path(result.path)}:{result.start.line}:{result.start.column}"
    lines = [f"{click.style(place, bold=True)}: {label} {result.message}", *_code(result, listing)]
    lines.extend(_related(related, listing) for related in result.related)
    return "\n".join(lines) + "\n\n"


def _code(result: Result, listing: Listing) -> list[str]:
    """Return the lines of the result, the first few if they are many, and carets below the first."""
    last = min(result.end.line, result.start.line + _SHOWN_LINES - 1)
    width = len(str(last))
    shown: list[str] = []
    for number in range(result.start.line, last + 1):
        line = listing.line(result.path, number)
        shown.append(f"{_bar(str(number).rjust(width))} {line.expandtabs(4)}".rstrip())
        if number == result.start.line:
            shown.append(f"{_bar(' ' * width)} {_carets(line, result)}")
    if last < result.end.line:
        shown.append(f"{_bar(' ' * width)} ...")
    return shown


def _carets(line: str, result: Result) -> str:
    begin = result.start.column - 1
    end = result.end.column - 1 if result.end.line == result.start.line else len(line)
    before = _width(line[:begin].expandtabs(4))
    marked = _width(line[: max(end, begin)].expandtabs(4)) - before
    return " " * before + click.style("^" * max(marked, 1), fg=_COLOURS[result.severity], bold=True)


def _related(related: RelatedResult, listing: Listing) -> str:
    place = f"{listing.path(related.path)}:{related.start.line}:{related.start.column}"
    return f"  {click.style('=', fg=_FRAME)} {place}: {related.message}"


def _bar(number: str) -> str:
    return click.style(f"{number} |", fg=_FRAME)


def _width(text: str) -> int:
    """Return how many cells of a terminal `text` takes."""
    return sum(_cells(character) for character in text)


def _cells(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in _WIDE else 1
