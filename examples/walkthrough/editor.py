"""An editor without a screen: what it opens, what it is told, what it asks."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, NamedTuple, TypedDict

from connection import Connection, Message

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

CAPABILITIES = {
    # Characters of UTF-32 are characters of a Python string.
    "general": {"positionEncodings": ["utf-32"]},
    "window": {"workDoneProgress": True},
    "workspace": {"configuration": True, "workspaceEdit": {"documentChanges": True}},
    "textDocument": {
        "hover": {"contentFormat": ["markdown"]},
        "publishDiagnostics": {
            "relatedInformation": True,
            "versionSupport": True,
            "codeDescriptionSupport": True,
            "tagSupport": {"valueSet": [1, 2]},
        },
        "codeAction": {
            "codeActionLiteralSupport": {"codeActionKind": {"valueSet": ["quickfix", "refactor", "source.fixAll"]}},
            "dataSupport": True,
            "isPreferredSupport": True,
            "resolveSupport": {"properties": ["edit"]},
        },
    },
}


class Position(TypedDict):
    """Place between two characters, counted from zero."""

    line: int
    character: int


class Range(TypedDict):
    """Places between which text stands."""

    start: Position
    end: Position


class Location(TypedDict):
    """Range in a file."""

    uri: str
    range: Range


class Related(TypedDict):
    """Another place that explains a diagnostic."""

    location: Location
    message: str


class Diagnostic(TypedDict):
    """What the server has to say about a range."""

    range: Range
    severity: int
    code: str
    message: str
    relatedInformation: list[Related]


class Fix(NamedTuple):
    """A quick fix, and the texts of the files as it would leave them."""

    title: str
    is_preferred: bool
    texts: dict[str, str]


class Editor:
    """Documents of one workspace, and the diagnostics that the server published for them."""

    def __init__(self, command: Sequence[str], root: Path) -> None:
        self.texts: dict[str, str] = {}
        self.diagnostics: dict[str, list[Diagnostic]] = {}
        self._root = root
        self._versions: dict[str, int] = {}
        self._published: dict[str, tuple[int, float]] = {}
        self._connection = Connection(command, self._hear)

    def start(self) -> None:
        """Open the workspace and wait until the server has indexed it."""
        folder = {"uri": self._root.as_uri(), "name": self._root.name}
        parameters = {
            "processId": os.getpid(),
            "rootUri": folder["uri"],
            "workspaceFolders": [folder],
            "capabilities": CAPABILITIES,
        }
        self._connection.request("initialize", parameters)
        self._connection.notify("initialized", {})
        self._connection.request("fastidious/sync", {"index": True})

    def open(self, paths: Iterable[Path]) -> None:
        """Open files and wait for what the server has to say about them."""
        for path in paths:
            uri, text = path.as_uri(), path.read_bytes().decode()
            self.texts[uri], self._versions[uri] = text, 1
            document = {"uri": uri, "languageId": "python", "version": 1, "text": text}
            self._connection.notify("textDocument/didOpen", {"textDocument": document})
        self._connection.request("fastidious/sync", {"index": True})

    def edit(self, uri: str, place: Range, text: str) -> float:
        """Replace a range and return the seconds until the diagnostics of the new text arrived."""
        self.texts[uri] = replace(self.texts[uri], place, text)
        self._versions[uri] = version = self._versions[uri] + 1
        change = {"range": place, "text": text}
        sent = self._connection.notify(
            "textDocument/didChange",
            {"textDocument": {"uri": uri, "version": version}, "contentChanges": [change]},
        )

        def is_current(_: object) -> bool:
            return self._published.get(uri, (0, 0.0))[0] >= version

        self._connection.wait(is_current, f"diagnostics of version {version} of {self.name(uri)}")
        return self._published[uri][1] - sent

    def hover(self, uri: str, position: Position) -> str:
        """Return what the server says when the mouse rests on a position, as Markdown."""
        parameters = {"textDocument": {"uri": uri}, "position": position}
        result = self._connection.request("textDocument/hover", parameters)
        return result["contents"]["value"] if result else ""

    def fix(self, uri: str, diagnostic: Diagnostic) -> Fix | None:
        """Return the best quick fix of a diagnostic, if it has one."""
        context = {"diagnostics": [diagnostic], "only": ["quickfix"]}
        parameters = {
            "textDocument": {"uri": uri},
            "range": diagnostic["range"],
            "context": context,
        }
        actions: list[dict[str, Any]] = self._connection.request("textDocument/codeAction", parameters) or []
        fixes = [action for action in actions if _repairs(action)]
        if not fixes:
            return None
        best = max(fixes, key=lambda action: bool(action.get("isPreferred")))
        resolved = best if "edit" in best else self._connection.request("codeAction/resolve", best)
        texts = {change["textDocument"]["uri"]: self._edited(change) for change in resolved["edit"]["documentChanges"]}
        return Fix(best["title"], bool(best.get("isPreferred")), texts)

    def name(self, uri: str) -> str:
        """Return the path of a file, seen from the workspace."""
        return uri.removeprefix(f"{self._root.as_uri()}/")

    def close(self) -> int:
        """End the session and return the server's exit code."""
        return self._connection.close()

    def kill(self) -> None:
        """End the server whatever it does."""
        self._connection.kill()

    def _edited(self, change: dict[str, Any]) -> str:
        text = self.texts[change["textDocument"]["uri"]]
        edits = sorted(change["edits"], key=lambda edit: _order(edit["range"]["start"]))
        for edit in reversed(edits):
            text = replace(text, edit["range"], edit["newText"])
        return text

    def _hear(self, message: Message) -> None:
        content = message.content
        if content["method"] != "textDocument/publishDiagnostics":
            return
        parameters = content["params"]
        uri = parameters["uri"]
        self.diagnostics[uri] = parameters["diagnostics"]
        self._published[uri] = (parameters.get("version") or 0, message.arrived)


def replace(text: str, place: Range, replacement: str) -> str:
    """Return `text` with one range replaced."""
    lines = text.splitlines(keepends=True)
    start, end = (
        sum(map(len, lines[: position["line"]])) + position["character"] for position in (place["start"], place["end"])
    )
    return text[:start] + replacement + text[end:]


def _order(position: Position) -> tuple[int, int]:
    return position["line"], position["character"]


def _repairs(action: dict[str, Any]) -> bool:
    """Tell whether a code action changes the code rather than silencing the finding."""
    return not action["title"].startswith(("Ignore ", "Deactivate ", "Fix all "))
