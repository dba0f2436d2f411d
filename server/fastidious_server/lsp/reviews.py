"""Order of work: edited documents first, then those that others have touched."""

from __future__ import annotations

import logging
from collections import deque
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

if TYPE_CHECKING:
    from collections.abc import Callable

    from fastidious_server.lsp.publishing import Publisher
    from fastidious_server.workspace.documents import Documents, OpenDocument
    from fastidious_server.workspace.ports import Engine, Report

_log = logging.getLogger(__name__)


class Reviews:
    """Documents that wait for a review, done one at a time while nobody asks for anything else."""

    def __init__(self, documents: Documents, engine: Engine, publisher: Publisher) -> None:
        self._documents = documents
        self._engine = engine
        self._publisher = publisher
        self._revision = engine.revision
        self._waiting: deque[OpenDocument] = deque()
        self._lines: WeakKeyDictionary[OpenDocument, int] = WeakKeyDictionary()
        self._reported: set[tuple[str, str]] = set()

    def step(self) -> bool:
        """Do one piece of work, and tell whether there was any."""
        edited = next((document for document in self._documents if document.is_edited), None)
        if edited is not None:
            self._review(edited, edited.review, self._publisher.publish)
            self._note_lines(edited)
            return True
        if self._engine.revision != self._revision:
            self._revision = self._engine.revision
            self._waiting = deque(self._documents)
        return self._review_next()

    def finish(self) -> None:
        """Do all the work there is."""
        while self.step():
            pass

    def _note_lines(self, document: OpenDocument) -> None:
        """Let all others say again where their related places are, if lines have moved."""
        lines = len(document.source.lines)
        if self._lines.get(document) not in {None, lines}:
            self._waiting = deque(self._documents)
        self._lines[document] = lines

    def _review_next(self) -> bool:
        if not self._waiting:
            return False
        document = self._waiting.popleft()
        if self._documents.get(document.uri) is document:
            revision = self._engine.revision
            self._review(document, document.review_again, self._publisher.publish_changes)
            self._revision += self._engine.revision - revision  # nothing was edited: no reason for another round
        return True

    def _review(
        self,
        document: OpenDocument,
        review: Callable[[], Report | None],
        publish: Callable[[OpenDocument, Report | None], None],
    ) -> None:
        document.is_edited = False
        try:
            report = review()
            publish(document, report)
        except Exception:  # noqa: BLE001 - whatever one document does, the others are reviewed
            _log.exception("Could not review %s", document.uri)
            return
        self._report_failures(report)

    def _report_failures(self, report: Report | None) -> None:
        for failure in report.problems if report is not None else ():
            seen = (failure.rule, failure.error)
            if seen not in self._reported:
                self._reported.add(seen)
                _log.error("The rule %s crashed and is silent on this code: %s", *seen)
