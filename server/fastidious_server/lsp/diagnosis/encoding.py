"""Encoders of the diagnostics of all open documents."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastidious_server.lsp.diagnosis.fragments import DocumentEncoder

if TYPE_CHECKING:
    from fastidious_server.lsp.places import Places
    from fastidious_server.lsp.support import Support
    from fastidious_server.workspace.documents import OpenDocument
    from fastidious_server.workspace.reports import Report


class Encoders:
    """One encoder for each document, which remembers what it wrote."""

    def __init__(self, support: Support, places: Places) -> None:
        self._support = support
        self._places = places
        self._encoders: dict[str, DocumentEncoder] = {}

    def encode(self, document: OpenDocument, report: Report | None) -> bytes:
        """Return the diagnostics of `document` as JSON, separated by commas."""
        if report is None:
            return b""
        encoder = self._encoders.get(document.uri)
        if encoder is None:
            encoder = self._encoders[document.uri] = DocumentEncoder(self._support, self._places)
        return encoder.encode(document.source, report.units)

    def forget(self, uri: str) -> None:
        """Forget a document that was closed."""
        self._encoders.pop(uri, None)
