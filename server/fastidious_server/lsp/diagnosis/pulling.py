"""Diagnostics for a client that asks for them, and what it was answered."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
from itertools import count
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fastidious_server.lsp.background.refreshes import Refresh
    from fastidious_server.lsp.diagnosis.encoding import Encoders
    from fastidious_server.workspace.documents import OpenDocument
    from fastidious_server.workspace.reports import Report


class Pulled(NamedTuple):
    """Diagnostics of one version of a document as JSON, and the name that the client knows them by."""

    version: int | None
    diagnostics: bytes
    result_id: str

    def as_json(self, previous: str | None) -> bytes:
        """Return the report for a client that has those of `previous`."""
        return report_json(self.result_id, self.diagnostics, previous)


class Changes:
    """News of findings, for who waits for it."""

    def __init__(self) -> None:
        self.upcoming = asyncio.Event()

    def happened(self) -> None:
        """Wake all who wait."""
        self.upcoming.set()
        self.upcoming = asyncio.Event()


class Answers:
    """What the client was answered for each document that it asked about.

    A result id holds for one opening of a document in one run of the server: whoever closes a document forgets its diagnostics.
    """

    def __init__(self, encoders: Encoders, refresh: Refresh) -> None:
        self.changes = Changes()
        self._encoders = encoders
        self._refresh = refresh
        self._answered: dict[str, Pulled] = {}
        self._openings: dict[str, str] = {}
        self._run = os.urandom(4).hex()
        self._numbers = count()

    def __contains__(self, uri: str) -> bool:
        return uri in self._answered

    def answer(self, document: OpenDocument, report: Report | None) -> Pulled:
        """Return the findings of `document`, and take note that the client knows them."""
        self._answered[document.uri] = pulled = self.pulled(document, report)
        return pulled

    def pulled(self, document: OpenDocument, report: Report | None) -> Pulled:
        """Return the findings of `document`."""
        diagnostics = self._encoders.encode(document, report)
        opening = self._openings.get(document.uri)
        if opening is None:
            opening = self._openings[document.uri] = f"{self._run}.{next(self._numbers)}"
        return Pulled(document.version, diagnostics, f"{opening}.{digest(diagnostics)}")

    def publish(self, document: OpenDocument, report: Report | None) -> None:
        """Have the client ask again if it has other findings for the very same text; for another text it asks by itself."""
        self.changes.happened()
        known = self._answered.get(document.uri)
        if known is None or known.version != document.version:
            return
        if self._encoders.encode(document, report) != known.diagnostics:
            self._refresh.ask()

    publish_changes = publish

    def clear(self, uri: str) -> None:
        """Forget a document that was closed."""
        self._encoders.forget(uri)
        self._answered.pop(uri, None)
        self._openings.pop(uri, None)
        self.changes.happened()

    def hand_over(self, uri: str) -> bytes:
        """Forget a document that was closed, and return the findings that the client had."""
        known = self._answered.get(uri)
        self.clear(uri)
        return b"" if known is None else known.diagnostics


def digest(diagnostics: bytes) -> str:
    """Return a short name that other diagnostics do not have."""
    return hashlib.blake2b(diagnostics, digest_size=8).hexdigest()


def report_json(
    result_id: str, diagnostics: bytes, previous: str | None, rest: Mapping[str, object] | None = None
) -> bytes:
    """Return a report, with members beside its own, for a client that has the diagnostics of `previous`."""
    kind = "unchanged" if previous == result_id else "full"
    head = json.dumps({"kind": kind, "resultId": result_id, **(rest or {})}, separators=(",", ":")).encode()
    return head if kind == "unchanged" else b'%b,"items":[%b]}' % (head[:-1], diagnostics)
