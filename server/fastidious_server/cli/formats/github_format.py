"""Results as workflow commands of GitHub Actions, which become annotations."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fastidious_server.cli.formats.listing import Listing
    from fastidious_server.workspace.checking.results import Result

_COMMANDS = {"error": "error", "warning": "warning", "information": "notice", "hint": "notice"}


def render(listing: Listing) -> str:
    """Return one command per result."""
    return "".join(f"{_command(result, listing)}\n" for result in listing.results)


def _command(result: Result, listing: Listing) -> str:
    path = listing.path(result.path)
    properties = {
        "title": f"fastidious ({result.rule})",
        "file": path,
        "line": str(result.start.line),
        "col": str(result.start.column),
        "endLine": str(result.end.line),
        "endColumn": str(result.end.column),
    }
    shown = ",".join(f"{name}={_escaped_property(value)}" for name, value in properties.items())
    text = f"{path}:{result.start.line}:{result.start.column}: {result.rule}: {result.message}"
    return f"::{_COMMANDS[result.severity]} {shown}::{_escaped(text)}"


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _escaped_property(text: str) -> str:
    return _escaped(text).replace(":", "%3A").replace(",", "%2C")
