"""Findings drawn for a terminal."""

from __future__ import annotations

import difflib
import re
import textwrap
from typing import TYPE_CHECKING

from rich.markdown import Markdown
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from editor import Diagnostic, Fix

SEVERITIES = {
    1: ("error", "bold red"),
    2: ("warning", "bold yellow"),
    3: ("information", "bold blue"),
    4: ("hint", "bold cyan"),
}
DIFF_STYLES = {"+": "green", "-": "red"}
INDENT = " " * 8
LINES_BEFORE = 1
DIFF_INDENT = " " * 4
LONGEST_DIFF = 40
SHORTEST_REASON = 150
LINK = re.compile(r"\[([^\]]+)\]\([^)\s]+\)")


def prose(text: str) -> Text:
    """Return a sentence with the code in it set apart."""
    drawn = Text(text)
    drawn.highlight_regex(r"`[^`]+`", "cyan")
    return drawn


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
    while not lines[0].strip():
        first, lines = first + 1, lines[1:]
    margin = _margin(lines)
    frame = Text()
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


def reason(hover: str, rule: str, width: int) -> Text | None:
    """Return the beginning of what a hover gives as the reason, if it gives one, on lines of `width`."""
    lines = textwrap.wrap(_beginning(_why(hover, rule)), width - len(INDENT))
    return Text.assemble(("   why  ", "dim"), prose(f"\n{INDENT}".join(lines))) if lines else None


def page(hover: str) -> Markdown:
    """Return all of a hover; where its links lead is for editors."""
    return Markdown(LINK.sub(r"\1", hover))


def fix_title(fix: Fix) -> Text:
    """Return what a fix does, in words."""
    return Text.assemble(("   fix  ", "dim"), prose(fix.title))


def differences(fix: Fix, texts: Mapping[str, str], paths: Mapping[str, str], width: int) -> Iterator[Text]:
    """Yield the lines of what a fix would change, file by file, cut at `width`."""
    for uri, text in fix.texts.items():
        if len(fix.texts) > 1:
            yield Text(f"{DIFF_INDENT}{paths.get(uri, uri)}", "dim")
        for line in difference(texts[uri], text):
            line.truncate(width, overflow="ellipsis")
            yield line


def difference(before: str, after: str) -> Iterator[Text]:
    """Yield the lines of the unified diff between two texts, without the names of files."""
    diff = difflib.unified_diff(before.splitlines(), after.splitlines(), n=1, lineterm="")
    lines = list(diff)[2:]
    margin = _margin(line[1:] for line in lines if not line.startswith("@@"))
    for line in lines[:LONGEST_DIFF]:
        yield _diff_line(line, margin)
    if len(lines) > LONGEST_DIFF:
        yield Text(f"{DIFF_INDENT}... and {len(lines) - LONGEST_DIFF} more", "dim")


def _diff_line(line: str, margin: int) -> Text:
    if line.startswith("@@"):
        return Text(f"{DIFF_INDENT}{line}", "cyan")
    return Text(f"{DIFF_INDENT}{line[0]}{line[1 + margin :]}".rstrip(), DIFF_STYLES.get(line[0], ""))


def _beginning(text: str) -> str:
    """Return the first sentences of a paragraph: enough to know what it is about."""
    enough = ""
    for sentence in re.split(r"(?<=[.!?])\s+", text.replace("\n", " ")):
        if len(enough) >= SHORTEST_REASON:
            break
        enough = f"{enough} {sentence}".strip()
    return enough


def _why(hover: str, rule: str) -> str:
    """Return the first paragraph below the heading `Why`, of the part of a hover that is on a rule."""
    part = hover.partition(f"ignore[{rule}]")[0]
    reasons = re.findall(r"^\W*Why\W*\n+(.+?)(?=\n\n|\Z)", part, re.DOTALL | re.MULTILINE)
    return reasons[-1] if reasons else ""


def _margin(lines: Iterable[str]) -> int:
    """Return by how much all lines are indented."""
    return min((len(line) - len(line.lstrip()) for line in lines if line.strip()), default=0)
