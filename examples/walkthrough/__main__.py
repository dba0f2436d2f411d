"""Open the bookshop in a real language server, and show what an editor would show."""

from __future__ import annotations

import statistics
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import frames
from connection import ServerFailure
from editor import Editor
from rich.console import Console
from rich.rule import Rule
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from editor import Diagnostic, Range

BOOKSHOP = Path(__file__).parent.parent / "bookshop"
SERVER = [sys.executable, "-I", "-m", "fastidious_server", "server"]
TYPED_IN = BOOKSHOP / "app/api/routes/health.py"
TYPED_BELOW = '    """Tell a load balancer that the process answers."""\n'
TYPED = "    time.sleep(1)"
WIDTH = 100


def main() -> int:
    """Run the demo and return its exit code."""
    console = Console(highlight=False, soft_wrap=False, width=min(WIDTH, Console().width))
    editor = Editor(SERVER, BOOKSHOP)
    try:
        count = review(editor, console)
        type_a_line(editor, console)
        exit_code = editor.close()
    except ServerFailure as failure:
        console.print(f"The demo stopped: {failure}", style="bold red", markup=False)
        return 1
    finally:
        editor.kill()
    show_farewell(console)
    return exit_code or int(count == 0)


def review(editor: Editor, console: Console) -> int:
    """Show all findings in the bookshop and return how many there are."""
    editor.start()
    editor.open(source_files())
    names = {uri: editor.name(uri) for uri in editor.texts}
    for uri, diagnostic in findings(editor):
        show(editor, console, uri, diagnostic, names)
    count = sum(map(len, editor.diagnostics.values()))
    console.print(Rule(style="dim"))
    console.print(f"{count} findings in {len(editor.texts)} files.\n", style="bold")
    return count


def source_files() -> list[Path]:
    """Return the Python files of the bookshop."""
    return sorted(
        path for folder in ("app", "tests") for path in (BOOKSHOP / folder).rglob("*.py")
    )


def findings(editor: Editor) -> Iterator[tuple[str, Diagnostic]]:
    """Yield the diagnostics of all documents, in order."""
    for uri in editor.texts:
        for diagnostic in editor.diagnostics.get(uri, ()):
            yield uri, diagnostic


def show(
    editor: Editor, console: Console, uri: str, diagnostic: Diagnostic, names: dict[str, str]
) -> None:
    """Show one finding: where, what, why, and the fix."""
    console.print(Rule(style="dim"))
    console.print(frames.headline(diagnostic, names[uri]))
    console.print(Text(diagnostic["message"]))
    console.print(frames.code_frame(editor.texts[uri], diagnostic))
    for place in frames.related_places(diagnostic, names):
        console.print(place)
    console.print(frames.reason(editor.hover(uri, diagnostic["range"]["start"])))
    fix = editor.fix(uri, diagnostic)
    for part in frames.quick_fix(fix, editor.texts, names) if fix else ():
        console.print(part)


def type_a_line(editor: Editor, console: Console) -> None:
    """Type a blocking call into an async route, then delete it, and show what is reported meanwhile."""
    uri = TYPED_IN.as_uri()
    line = editor.texts[uri][: editor.texts[uri].index(TYPED_BELOW)].count("\n") + 1
    console.print(f"Typing into {editor.name(uri)}, line {line + 1}:\n", style="bold")
    editor.edit(uri, span(line, 0, 0), "\n")
    latencies: list[float] = []
    for column, character in enumerate(TYPED):
        latencies.append(editor.edit(uri, span(line, column, column), character))
        show_keystroke(editor, console, uri, line, latencies[-1])
    latencies.append(editor.edit(uri, span(line, 0, len(TYPED)), ""))
    show_keystroke(editor, console, uri, line, latencies[-1])
    median = statistics.median(latencies) * 1000
    console.print(f"\n{len(latencies)} keystrokes, {median:.1f} ms each (median).\n", style="bold")


def span(line: int, start: int, end: int) -> Range:
    """Return a range within one line."""
    return {
        "start": {"line": line, "character": start},
        "end": {"line": line, "character": end},
    }


def show_keystroke(
    editor: Editor, console: Console, uri: str, line: int, latency: float
) -> None:
    """Show the line as typed so far and what is reported on it."""
    code = editor.texts[uri].splitlines()[line]
    shown = Text(f"{latency * 1000:7.1f} ms | ", "dim")
    shown.append(f"{code}_".ljust(len(TYPED) + 2), "default")
    for diagnostic in editor.diagnostics[uri]:
        _, style = frames.SEVERITIES[diagnostic["severity"]]
        shown.append(f" {diagnostic['code']}", style)
    console.print(shown)


def show_farewell(console: Console) -> None:
    """Tell how to get the same in an editor."""
    command = Path(sys.executable).with_name("fastidious")
    console.print("In your editor: let it run this for Python files (clients/README.md shows how)")
    console.print(f"    {command} server", style="bold", soft_wrap=True)


if __name__ == "__main__":
    sys.exit(main())
