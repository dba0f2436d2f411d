"""Findings drawn for a terminal."""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING

from rich.markdown import Markdown
from rich.padding import Padding
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import RenderableType

    from editor import Diagnostic, Fix

SEVERITIES = {
    1: ("error", "bold red"),
    2: ("warning", "bold yellow"),
    3: ("information", "bold blue"),
    4: ("hint", "bold cyan"),
}
DIFF_STYLES = {"+": "green", "-": "red"}
INDENT = 8
LINES_BEFORE = 1


def headline(diagnostic: Diagnostic, place: str) -> Text:
    """Return severity, rule and place of a finding."""
    name, style = SEVERITIES[diagnostic["severity"]]
    start = diagnostic["range"]["start"]
    row, column = start["line"] + 1, start["character"] + 1
    return Text.assemble(
        (name, style), " ", (diagnostic["code"], "bold"), f"  {place}:{row}:{column}"
    )


def code_frame(text: str, diagnostic: Diagnostic) -> Text:
    """Return the code around a finding, with carets below what is wrong."""
    lines = text.splitlines()
    start, end = diagnostic["range"]["start"], diagnostic["range"]["end"]
    row, code = start["line"], lines[start["line"]]
    last = end["character"] if end["line"] == row else len(code)
    frame = Text()
    for number in range(max(row - LINES_BEFORE, 0), row + 1):
        frame.append(f"{number + 1:>5} | ", "dim")
        frame.append(f"{lines[number]}\n")
    frame.append("      | ", "dim")
    frame.append(" " * start["character"])
    style = SEVERITIES[diagnostic["severity"]][1]
    frame.append("^" * max(last - start["character"], 1), style)
    return frame


def related_places(diagnostic: Diagnostic, name: dict[str, str]) -> Iterator[Text]:
    """Yield the other places that explain a finding."""
    for related in diagnostic.get("relatedInformation") or ():
        location = related["location"]
        line = location["range"]["start"]["line"] + 1
        place = f"{name.get(location['uri'], location['uri'])}:{line}"
        yield Text.assemble((f"{'see':>6} ", "dim"), (place, "cyan"), f" {related['message']}")


def why(hover: str) -> str:
    """Return the first paragraph that the hover gives as the reason."""
    section = re.search(r"^(?:#+ |\*\*)Why[^\n]*\n+(.+?)(?=\n\n|\Z)", hover, re.DOTALL | re.MULTILINE)
    return section[1] if section else ""


def reason(hover: str) -> RenderableType:
    """Return the why of a finding, as the hover words it."""
    return Padding(Markdown(why(hover)), (0, 0, 0, INDENT))


def difference(before: str, after: str) -> Text:
    """Return the unified diff between two texts, without the names of files."""
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), n=1, lineterm="")
    drawn = Text()
    for line in list(lines)[2:]:
        style = "cyan" if line.startswith("@@") else DIFF_STYLES.get(line[:1], "dim")
        drawn.append(f"{' ' * INDENT}{line}\n", style)
    drawn.rstrip()
    return drawn


def quick_fix(fix: Fix, texts: dict[str, str], name: dict[str, str]) -> Iterator[Text]:
    """Yield the title of a fix and what it would change."""
    safety = "preferred" if fix.is_preferred else "asks for a second look"
    yield Text.assemble((f"{'fix':>6} ", "dim"), (fix.title, "bold"), (f" ({safety})", "dim"))
    for uri, text in fix.texts.items():
        if len(fix.texts) > 1:
            yield Text(f"{' ' * INDENT}{name.get(uri, uri)}", "dim")
        yield difference(texts[uri], text)
