"""Findings drawn for a terminal."""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING

from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from editor import Diagnostic, Fix
    from rich.console import Console

SEVERITIES = {
    1: ("error", "bold red"),
    2: ("warning", "bold yellow"),
    3: ("information", "bold blue"),
    4: ("hint", "bold cyan"),
}
DIFF_STYLES = {"+": "green", "-": "red"}
INDENT = " " * 8
LINES_BEFORE = 1


def headline(diagnostic: Diagnostic, path: str) -> Text:
    """Return severity, rule and place of a finding."""
    name, style = SEVERITIES[diagnostic["severity"]]
    start = diagnostic["range"]["start"]
    place = f"{path}:{start['line'] + 1}:{start['character'] + 1}"
    return Text.assemble((name, style), f" {place} ", (diagnostic["code"], "bold"))


def code_frame(text: str, diagnostic: Diagnostic) -> Text:
    """Return the code around a finding, with carets below what is wrong."""
    start, end = diagnostic["range"]["start"], diagnostic["range"]["end"]
    first = max(start["line"] - LINES_BEFORE, 0)
    lines = text.splitlines()[first : start["line"] + 1]
    margin = _margin(lines)
    frame = Text(no_wrap=True, overflow="ellipsis")
    for number, line in enumerate(lines, first + 1):
        frame.append(f"{number:>5} | ", "dim")
        frame.append(f"{line[margin:]}\n")
    last = end["character"] if end["line"] == start["line"] else len(lines[-1])
    frame.append("      | ", "dim")
    frame.append(" " * (start["character"] - margin))
    frame.append("^" * max(last - start["character"], 1), SEVERITIES[diagnostic["severity"]][1])
    return frame


def related_places(diagnostic: Diagnostic, paths: Mapping[str, str]) -> Iterator[Text]:
    """Yield the other places that explain a finding."""
    for related in diagnostic.get("relatedInformation", ()):
        location = related["location"]
        path = paths.get(location["uri"], location["uri"])
        place = f"{path}:{location['range']['start']['line'] + 1}"
        yield Text.assemble(("   see  ", "dim"), (place, "cyan"), f" {related['message']}")


def reason(hover: str, rule: str, console: Console) -> Iterator[Text]:
    """Yield the lines of the first paragraph that a hover gives as the reason."""
    pieces = re.split(r"`([^`]+)`", _why(hover, rule).replace("\n", " "))
    styled = [(piece, "cyan" if index % 2 else "") for index, piece in enumerate(pieces)]
    lines = Text.assemble(*styled).wrap(console, console.width - len(INDENT))
    for number, line in enumerate(lines):
        yield Text.assemble(("   why  ", "dim") if number == 0 else INDENT, line)


def quick_fix(fix: Fix, texts: Mapping[str, str], paths: Mapping[str, str]) -> Iterator[Text]:
    """Yield the title of a fix, and what it would change in each file."""
    yield Text.assemble(("   fix  ", "dim"), (fix.title, "bold"))
    for uri, text in fix.texts.items():
        if len(fix.texts) > 1:
            yield Text(f"{INDENT}{paths.get(uri, uri)}", "dim")
        yield difference(texts[uri], text)


def difference(before: str, after: str) -> Text:
    """Return the unified diff between two texts, without the names of files."""
    diff = difflib.unified_diff(before.splitlines(), after.splitlines(), n=1, lineterm="")
    lines = list(diff)[2:]
    margin = _margin(line[1:] for line in lines if not line.startswith("@@"))
    drawn = Text(no_wrap=True, overflow="ellipsis")
    for line in lines:
        if line.startswith("@@"):
            drawn.append(f"{INDENT}{line}\n", "cyan")
        else:
            drawn.append(f"{INDENT}{line[0]}{line[1 + margin :]}\n", DIFF_STYLES.get(line[0], ""))
    drawn.rstrip()
    return drawn


def _why(hover: str, rule: str) -> str:
    """Return the first paragraph below the heading `Why`, of the part of a hover that is on a rule."""
    part = hover.partition(f"ignore[{rule}]")[0]
    reasons = re.findall(r"^\W*Why\W*\n+(.+?)(?=\n\n|\Z)", part, re.DOTALL | re.MULTILINE)
    return reasons[-1] if reasons else ""


def _margin(lines: Iterable[str]) -> int:
    """Return by how much all lines are indented."""
    return min((len(line) - len(line.lstrip()) for line in lines if line.strip()), default=0)
