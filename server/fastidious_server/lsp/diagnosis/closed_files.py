"""Findings of files that are not open, as JSON, and what the client was told of them."""

from __future__ import annotations

import json
import os
from itertools import count
from typing import TYPE_CHECKING, NamedTuple

from fastidious_rules.engine.finding import Severity
from fastidious_server.lsp.diagnosis.fragments import Said, members, range_json
from fastidious_server.lsp.diagnosis.pulling import digest
from fastidious_server.lsp.places import Location
from fastidious_server.lsp.positions import Range, from_mark
from fastidious_server.workspace.storage.identity import to_uri

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from fastidious_server.lsp.support import Support
    from fastidious_server.workspace.inspecting.inspected import InspectedFile, InspectedFinding, Mark


class ClosedReport(NamedTuple):
    """Diagnostics of a file as JSON, separated by commas, and the name that a client knows them by."""

    uri: str
    result_id: str
    diagnostics: bytes


class ClosedFiles:
    """Files with findings that are not open. `tell` is called with the URI and the diagnostics of each that has others."""

    def __init__(self, support: Support, tell: Callable[[str, bytes], None]) -> None:
        self._support = support
        self._tell = tell
        self._reports: dict[str, ClosedReport] = {}
        self._spellings: dict[str, str] = {}
        """URIs of files as the editor spelled them."""
        self._run = os.urandom(4).hex()
        self._numbers = count()

    def __iter__(self) -> Iterator[ClosedReport]:
        return iter(tuple(self._reports.values()))

    def at(self, path: str) -> ClosedReport | None:
        """Return what there is to say of the file at `path`, None if that is nothing."""
        return self._reports.get(path)

    def have(self, rule: str) -> bool:
        """Tell whether any of them has a finding of `rule`."""
        said = b'"code":%b' % json.dumps(rule).encode()  # quotes inside of messages are escaped
        return any(said in report.diagnostics for report in self._reports.values())

    def put(self, file: InspectedFile) -> None:
        """Take the findings of `file` as they are now."""
        diagnostics = b",".join(self._encoded(finding) for finding in file.findings)
        known = self._reports.get(file.path)
        if diagnostics == (b"" if known is None else known.diagnostics):
            return
        self._tell(self._put(file.path, diagnostics), diagnostics)

    def adopt(self, path: str, uri: str, diagnostics: bytes) -> None:
        """Take what the client knows of a file that was open until now."""
        self._spellings[path] = uri
        self._put(path, diagnostics)

    def drop(self, path: str, uri: str) -> None:
        """Leave the file at `path` to the editor, which opened it as `uri` and is told of its findings there."""
        known = self._reports.pop(path, None)
        self._spellings[path] = uri
        if known is not None and known.uri != uri:
            self._tell(known.uri, b"")

    def clear(self) -> None:
        """Take back everything."""
        reports, self._reports = self._reports, {}
        for report in reports.values():
            self._tell(report.uri, b"")

    def _put(self, path: str, diagnostics: bytes) -> str:
        """Keep the diagnostics of a file, if it has any, and return its URI."""
        uri = self._spellings.get(path) or to_uri(path)
        if diagnostics:
            # A number of its own: a client may have forgotten what it knew before the file was opened.
            result_id = f"{self._run}.{next(self._numbers)}.{digest(diagnostics)}"
            self._reports[path] = ClosedReport(uri, result_id, diagnostics)
        else:
            self._reports.pop(path, None)
        return uri

    def _encoded(self, finding: InspectedFinding) -> bytes:
        related = [
            (Location(to_uri(place.path), self._range(place.start, place.end)), place.message)
            for place in finding.related
        ]
        said = Said(finding.rule, Severity(finding.severity), finding.message, finding.tags, related)
        spread = range_json(self._range(finding.start, finding.end))
        return json.dumps({"range": spread, **members(self._support, said)}, separators=(",", ":")).encode()

    def _range(self, start: Mark, end: Mark) -> Range:
        encoding = self._support.encoding
        return Range(from_mark(start, encoding), from_mark(end, encoding))
