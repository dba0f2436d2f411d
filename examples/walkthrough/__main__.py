"""Open the bookshop in a real language server, and show what an editor would show."""

from __future__ import annotations

import statistics
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import frames
from connection import ServerError
from editor import Editor
from rich.console import Console
from rich.rule import Rule
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from editor import Diagnostic, Range

BOOKSHOP = Path(__file__).parent.parent / "bookshop"
SERVER = [sys.executable, "-I", "-m", "fastidious_server", "server"]
ROUTE_IN = BOOKSHOP / "app/api/routes/orders.py"
ROUTE = "place_order"
TYPED_IN = BOOKSHOP / "app/api/routes/health.py"
TYPED_BELOW = '    """Tell a load balancer that the process answers."""\n'
TYPED = "time.sleep(1)"
MARGIN = 4
WIDTH = 100


def main() -> int:
    """Run the demo and return its exit code."""
    terminal = Console()
    width = min(WIDTH, terminal.width) if terminal.is_terminal else WIDTH
    console = Console(highlight=False, width=width)
    editor = Editor(SERVER, BOOKSHOP)
    try:
        count = review(editor, console)
        show_route(editor, console)
        type_a_line(editor, console)
        exit_code = editor.close()
    except ServerError as failure:
        Console(stderr=True).print(f"The demo stopped: {failure}", style="bold red", markup=False)
        return 1
    finally:
        editor.kill()
    show_farewell(console)
    return exit_code or int(count == 0)


def review(editor: Editor, console: Console) -> int:
    """Show all findings in the bookshop and return how many there are."""
    editor.start()
    editor.open(source_files())
    paths = {uri: editor.name(uri) for uri in editor.texts}
    for uri, diagnostic in findings(editor):
        show(editor, console, uri, diagnostic, paths)
    count = sum(map(len, editor.diagnostics.values()))
    console.print(Rule(style="dim"))
    console.print(f"{count} findings in {len(editor.texts)} files.\n", style="bold")
    return count


def source_files() -> list[Path]:
    """Return the Python files of the bookshop."""
    return sorted(path for folder in ("app", "tests") for path in (BOOKSHOP / folder).rglob("*.py"))


def findings(editor: Editor) -> Iterator[tuple[str, Diagnostic]]:
    """Yield the diagnostics of all documents, in order."""
    for uri in editor.texts:
        for diagnostic in editor.diagnostics.get(uri, ()):
            yield uri, diagnostic


def show(editor: Editor, console: Console, uri: str, diagnostic: Diagnostic, paths: dict[str, str]) -> None:
    """Show one finding: where, what, why, and the fix."""
    console.print(Rule(style="dim"))
    console.print(frames.headline(diagnostic, paths[uri]))
    console.print(frames.prose(diagnostic["message"]))
    console.print(frames.code_frame(editor.texts[uri], diagnostic), no_wrap=True, overflow="crop")
    for place in frames.related_places(diagnostic, paths):
        console.print(place)
    hover = editor.hover(uri, diagnostic["range"]["start"])
    if reason := frames.reason(hover, diagnostic["code"], console.width):
        console.print(reason)
    fix = editor.fix(uri, diagnostic)
    if fix is not None:
        console.print(frames.fix_title(fix))
        for line in frames.differences(fix, editor.texts, paths, console.width):
            console.print(line)


def show_route(editor: Editor, console: Console) -> None:
    """Show what the mouse tells on the name of a route's function."""
    uri = ROUTE_IN.as_uri()
    before = editor.texts[uri].partition(ROUTE)[0]
    position = {"line": before.count("\n"), "character": len(before) - before.rfind("\n") - 1}
    console.print(f"Hovering over {ROUTE} in {editor.name(uri)}:\n", style="bold")
    console.print(frames.page(editor.hover(uri, position)))
    console.print()


def type_a_line(editor: Editor, console: Console) -> None:
    """Type a blocking call into an async route, delete it, and show what is reported meanwhile."""
    uri = TYPED_IN.as_uri()
    line = editor.texts[uri].partition(TYPED_BELOW)[0].count("\n") + 1
    console.print(f"Typing into {editor.name(uri)}, line {line + 1}:\n", style="bold")
    editor.edit(uri, span(line, 0, 0), " " * MARGIN + "\n")
    ends = range(MARGIN, MARGIN + len(TYPED))
    keystrokes = [(span(line, end, end), key) for end, key in zip(ends, TYPED, strict=True)]
    keystrokes.append((span(line, MARGIN, MARGIN + len(TYPED)), ""))
    latencies: list[float] = []
    for place, text in keystrokes:
        latencies.append(editor.edit(uri, place, text))
        console.print(keystroke(editor, uri, line, latencies[-1]))
    median = statistics.median(latencies) * 1000
    console.print(f"\n{median:.1f} ms from a keystroke to its diagnostics (median).\n", style="bold")


def span(line: int, start: int, end: int) -> Range:
    """Return a range within one line."""
    return {
        "start": {"line": line, "character": start},
        "end": {"line": line, "character": end},
    }


def keystroke(editor: Editor, uri: str, line: int, latency: float) -> Text:
    """Return the line as typed so far, and what is reported in the file."""
    shown = Text.assemble((f"{latency * 1000:7.1f} ms  ", "dim"))
    shown.append(editor.texts[uri].splitlines()[line].strip().ljust(len(TYPED) + 2))
    for diagnostic in editor.diagnostics[uri]:
        shown.append(f" {diagnostic['code']}", frames.SEVERITIES[diagnostic["severity"]][1])
    shown.rstrip()
    return shown


def show_farewell(console: Console) -> None:
    """Tell how to get the same in an editor."""
    command = Path(sys.executable).with_name("fastidious")
    console.print("In your editor: let it run this for Python files (README.md says how in yours)")
    console.print(f"    {command} server", style="bold", soft_wrap=True)


if __name__ == "__main__":
    sys.exit(main())
