"""The two faces of the same review: what the command line says of a directory, and what the language server does."""

from __future__ import annotations

import asyncio
import json
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import unquote, urlsplit

from tests.lsp.wire import ALL_CAPABILITIES, process_wire

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tests.lsp.wire import Wire

COMMAND = (sys.executable, "-Im", "fastidious_server")
OPTIONS = {"select": ["ALL"], "defer-to-ruff": False}
SEVERITIES = ("", "error", "warning", "information", "hint")
UNITS = {"utf-8": "utf-8", "utf-16": "utf-16-le", "utf-32": "utf-32-le"}
SIZES = {"utf-8": 1, "utf-16": 2, "utf-32": 4}
_LINE_END = re.compile(r"\r\n|\n|\r")


class Said(NamedTuple):
    """A finding as both say it: places count from one, columns in characters."""

    start: tuple[int, int]
    end: tuple[int, int]
    rule: str
    severity: str
    message: str
    related: tuple[tuple[str, tuple[int, int], str], ...]


async def command_line(directory: Path, *arguments: str) -> dict[str, list[Said]]:
    """Return what `check` finds below `directory`, by file; the paths are relative to it."""
    arguments = arguments or ("--isolated", "--select", "ALL")
    written = await run_command(directory, "check", "--format", "json", "--no-cache", *arguments, ".")
    found: dict[str, list[Said]] = {}
    for each in json.loads(written):
        related = tuple((other["path"], _written_place(other["start"]), other["message"]) for other in each["related"])
        start, end = _written_place(each["start"]), _written_place(each["end"])
        said = Said(start, end, each["rule"], each["severity"], each["message"], related)
        found.setdefault(each["path"], []).append(said)
    return {path: sorted(said) for path, said in found.items()}


async def run_command(directory: Path, *arguments: str) -> bytes:
    """Return what the command writes in `directory`."""
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*COMMAND, *arguments, cwd=directory, stdout=pipe, stderr=pipe)
    written, complaints = await process.communicate()
    assert process.returncode in {0, 1}, complaints.decode()
    return written


async def language_server(
    directory: Path, files: Iterable[str], encoding: str = "utf-16", options: object = OPTIONS
) -> dict[str, list[Said]]:
    """Return what the server publishes for `files`, once all of them are open and the workspace is indexed."""
    async with process_wire(*COMMAND, "server") as client:
        await begin(client, directory, encoding, options)
        texts = {path: (directory / path).read_bytes().decode() for path in files}
        for path, text in texts.items():
            client.open((directory / path).as_uri(), text)
        return await published(client, directory, texts, encoding)


async def whole_workspace(
    directory: Path, files: Iterable[str], encoding: str, unsaved: Mapping[str, str] | None = None
) -> dict[str, list[Said]]:
    """Return what the server publishes for `files`, which nobody opens, and for others that are open with `unsaved` texts."""
    async with process_wire(*COMMAND, "server") as client:
        await begin(client, directory, encoding, {**OPTIONS, "diagnosticMode": "workspace"})
        await client.call("fastidious/sync", {"inspection": True})
        for path, text in (unsaved or {}).items():
            client.open((directory / path).as_uri(), "")
            client.change((directory / path).as_uri(), 2, {"text": text})
        await client.call("fastidious/sync", {"inspection": True})
        texts = {path: (directory / path).read_bytes().decode() for path in files} | dict(unsaved or {})
        return await published(client, directory, texts, encoding)


async def begin(client: Wire, directory: Path, encoding: str, options: object = OPTIONS) -> None:
    """Begin a session on `directory`."""
    folder = {"uri": directory.as_uri(), "name": directory.name}
    capabilities = {**ALL_CAPABILITIES, "general": {"positionEncodings": [encoding]}}
    await client.initialize(capabilities, workspaceFolders=[folder], initializationOptions=options)


async def published(client: Wire, directory: Path, texts: Mapping[str, str], encoding: str) -> dict[str, list[Said]]:
    """Return what the server says of the open `texts` once it has read all that it was sent."""
    await client.call("fastidious/sync", {"index": True})
    ruler = Ruler(directory, texts, encoding)
    latest = {each["uri"]: each["diagnostics"] for each in _publications(client)}
    found = {path: latest.get((directory / path).as_uri(), []) for path in texts}
    return {
        path: sorted(ruler.said(path, each) for each in each_file) for path, each_file in found.items() if each_file
    }


def _publications(client: Wire) -> list[dict[str, Any]]:
    return [each["params"] for each in client.received if each.get("method") == "textDocument/publishDiagnostics"]


def _written_place(place: Mapping[str, int]) -> tuple[int, int]:
    return place["line"], place["column"]


class Ruler:
    """Measure of places that were given in the units of a client."""

    def __init__(self, directory: Path, texts: Mapping[str, str], encoding: str) -> None:
        self._directory = directory
        self._lines = {path: _LINE_END.split(text) for path, text in texts.items()}
        self._encoding = encoding

    def said(self, path: str, diagnostic: Mapping[str, Any]) -> Said:
        """Return a diagnostic as the command line would write it."""
        return Said(
            self._place(path, diagnostic["range"]["start"]),
            self._place(path, diagnostic["range"]["end"]),
            diagnostic["code"],
            SEVERITIES[diagnostic["severity"]],
            diagnostic["message"],
            tuple(self._related(each) for each in diagnostic.get("relatedInformation", ())),
        )

    def _related(self, other: Mapping[str, Any]) -> tuple[str, tuple[int, int], str]:
        path = Path(unquote(urlsplit(other["location"]["uri"]).path)).relative_to(self._directory).as_posix()
        return path, self._place(path, other["location"]["range"]["start"]), other["message"]

    def _place(self, path: str, place: Mapping[str, int]) -> tuple[int, int]:
        if path not in self._lines:
            self._lines[path] = _LINE_END.split((self._directory / path).read_bytes().decode())
        line = self._lines[path][place["line"]]
        before = line.encode(UNITS[self._encoding])[: place["character"] * SIZES[self._encoding]]
        return place["line"] + 1, len(before.decode(UNITS[self._encoding])) + 1
