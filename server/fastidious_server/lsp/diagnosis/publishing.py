"""Sending of diagnostics, as JSON that is written here and not by pygls."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import TYPE_CHECKING

from fastidious_server.lsp.diagnosis.fragments import SOURCE, range_json
from fastidious_server.lsp.positions import Encoding, Position, Range, from_range, to_range

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from fastidious_server.lsp.diagnosis.encoding import Encoders
    from fastidious_server.lsp.support import Support
    from fastidious_server.workspace.documents import OpenDocument
    from fastidious_server.workspace.ports import ConfigurationProblem
    from fastidious_server.workspace.reports import Report
    from fastidious_server.workspace.storage.current_texts import CurrentTexts

_METHOD = b'{"jsonrpc":"2.0","method":"textDocument/publishDiagnostics","params":{"uri":'
_CONFIGURATION_CODE = "configuration"
_END_OF_LINE = 2**31 - 1  # clients cut what is beyond the line


class Publisher:
    """What the client was told of each document, and how to tell it more."""

    def __init__(self, encoders: Encoders, send: Callable[[bytes], None]) -> None:
        self._encoders = encoders
        self._send = send
        self._published: dict[str, bytes] = {}

    def publish(self, document: OpenDocument, report: Report | None) -> None:
        """Tell the client all findings of `document`."""
        self._send_diagnostics(document.uri, self._encoders.encode(document, report), document.version)

    def publish_changes(self, document: OpenDocument, report: Report | None) -> None:
        """Tell the client the findings of `document` if they are not those it knows."""
        diagnostics = self._encoders.encode(document, report)
        if diagnostics != self._published.get(document.uri, b""):
            self._send_diagnostics(document.uri, diagnostics, document.version)

    def clear(self, uri: str) -> None:
        """Tell the client that a document has no findings any more."""
        self._encoders.forget(uri)
        self._send_diagnostics(uri, b"", None)
        del self._published[uri]

    def hand_over(self, uri: str) -> bytes:
        """Forget a document that was closed, and return the findings that the client keeps."""
        self._encoders.forget(uri)
        return self._published.pop(uri, b"")

    def _send_diagnostics(self, uri: str, diagnostics: bytes, version: int | None) -> None:
        self._published[uri] = diagnostics
        self._send(notification(uri, diagnostics, version))


class ProblemPublisher:
    """Mistakes in configuration files, shown in these files and cleared when they are gone."""

    def __init__(self, texts: CurrentTexts, support: Support, send: Callable[[bytes], None]) -> None:
        self._texts = texts
        self._encoding = support.encoding
        self._send = send
        self._published: dict[str, bytes] = {}

    def publish(self, problems: Sequence[ConfigurationProblem]) -> None:
        """Tell the client what is wrong with all configuration files now."""
        by_uri: dict[str, list[str]] = defaultdict(list)
        for problem in problems:
            by_uri[self._texts.uri(problem.path)].append(self._encode(problem))
        for uri in self._published.keys() - by_uri.keys():
            self._send(notification(uri, b"", None))
            del self._published[uri]
        for uri, encoded in by_uri.items():
            diagnostics = ",".join(encoded).encode()
            if self._published.get(uri) != diagnostics:
                self._published[uri] = diagnostics
                self._send(notification(uri, diagnostics, None))

    def _encode(self, problem: ConfigurationProblem) -> str:
        diagnostic = {
            "range": range_json(self._range(problem)),
            "severity": 1,
            "code": _CONFIGURATION_CODE,
            "source": SOURCE,
            "message": problem.message,
        }
        return json.dumps(diagnostic, separators=(",", ":"))

    def _range(self, problem: ConfigurationProblem) -> Range:
        source = self._texts.source(problem.path)
        if source is None or problem.row >= len(source.lines):
            return Range(Position(problem.row, 0), Position(problem.row, _END_OF_LINE))
        last = problem.end_column if problem.end_column > problem.column else _END_OF_LINE
        start, end = Position(problem.row, problem.column), Position(problem.row, last)
        return to_range(source, from_range(source, start, end, Encoding.UTF_32), self._encoding)


def notification(uri: str, diagnostics: bytes, version: int | None) -> bytes:
    """Return the message that publishes `diagnostics`."""
    versioned = b"" if version is None else b',"version":%d' % version
    return b'%b%b%b,"diagnostics":[%b]}}' % (_METHOD, json.dumps(uri).encode(), versioned, diagnostics)
