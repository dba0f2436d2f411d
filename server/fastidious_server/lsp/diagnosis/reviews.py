"""Order of work: edited documents first, then those that others have touched."""

from __future__ import annotations

import contextlib
import logging
import time
from typing import TYPE_CHECKING, NamedTuple, Protocol
from weakref import WeakKeyDictionary, WeakSet

from fastidious_server.lsp.background.recorder import REVIEW

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from contextlib import AbstractContextManager

    from fastidious_server.lsp.background.recorder import Recorder
    from fastidious_server.workspace.documents import Documents, OpenDocument
    from fastidious_server.workspace.ports import Engine
    from fastidious_server.workspace.reports import Report

_SECONDS_AT_ONCE = 0.05
"""What a large document may take before messages, and other documents, have their turn."""
_UNITS_AT_ONCE = 10

_log = logging.getLogger(__name__)


class Channel(Protocol):
    """Way in which a client learns of findings."""

    def publish(self, document: OpenDocument, report: Report | None) -> None:
        """Tell all findings of a document that was edited."""
        ...

    def publish_changes(self, document: OpenDocument, report: Report | None) -> None:
        """Tell the findings of a document if they are not those that the client knows."""
        ...

    def clear(self, uri: str) -> None:
        """Take back the findings of a document that was closed."""
        ...

    def hand_over(self, uri: str) -> bytes:
        """Forget a document that was closed, and return the findings that the client had, which it may keep."""
        ...


class _Done(NamedTuple):
    """What a document was last reviewed with."""

    revision: int
    lines: int


class Reviews:
    """Documents that wait for a review, done one at a time while nobody asks for anything else."""

    def __init__(self, documents: Documents, engine: Engine, channel: Channel, recorder: Recorder) -> None:
        self._documents = documents
        self._engine = engine
        self._channel = channel
        self._recorder = recorder
        self._revision = engine.revision
        self._waiting: dict[OpenDocument, None] = {}
        self._done: WeakKeyDictionary[OpenDocument, _Done] = WeakKeyDictionary()
        self._slow: WeakSet[OpenDocument] = WeakSet()
        self._reported: set[tuple[str, str]] = set()

    @property
    def failures(self) -> Sequence[tuple[str, str]]:
        """Rules that crashed so far, and what went wrong."""
        return sorted(self._reported)

    def begin_again(self) -> None:
        """Review all documents as if for the first time."""
        self._reported.clear()
        for document in self._documents:
            document.forget()

    def step(self) -> bool:
        """Do one piece of work, and tell whether there was any."""
        edited = self._edited()
        if edited:
            ready = next(filter(self._is_ready, edited), None)
            if ready is not None:
                self._review_edited(ready)
            return True
        if self._engine.revision != self._revision:
            self._revision = self._engine.revision
            self._waiting.update(dict.fromkeys(filter(self._is_outdated, self._documents)))
        return self._review_waiting()

    def finish(self) -> None:
        """Do all the work there is."""
        while self.step():
            pass

    def is_soon_done(self, document: OpenDocument | None = None) -> bool:
        """Work for a moment on `document`, or all, if it was edited; tell whether the rest is a matter of another."""
        return all(each not in self._slow and self._is_ready(each) for each in self._edited(document))

    def is_behind(self, document: OpenDocument | None = None) -> bool:
        """Tell whether `document`, or any, was edited and not reviewed yet."""
        return bool(self._edited(document))

    def _edited(self, document: OpenDocument | None = None) -> list[OpenDocument]:
        return [each for each in self._documents if each.is_edited and document in {None, each}]

    def settle(self, document: OpenDocument) -> Report | None:
        """Return the findings of `document` now that all that was edited is known; it does not wait for its turn."""
        for edited in self._documents:
            if edited.is_edited:
                self._review_edited(edited)
        try:
            with self._measured(document):
                report = document.review_again() if self._is_outdated(document) else document.review()
        except Exception:  # noqa: BLE001 - whatever one document does, the client is answered
            _log.exception("Could not review %s", document.uri)
            return None
        self._report_failures(document, report)
        return report

    def _is_ready(self, document: OpenDocument) -> bool:
        """Work on a large document for a moment, and tell whether the rest of its review is a matter of another."""
        end = time.perf_counter() + _SECONDS_AT_ONCE
        with contextlib.suppress(Exception):  # the review says it again, and is heard
            while not document.prepare(_UNITS_AT_ONCE):
                if time.perf_counter() > end:
                    self._slow.add(document)
                    return False
        self._slow.discard(document)
        return True

    def _review_edited(self, document: OpenDocument) -> None:
        document.is_edited = False
        lines = len(document.source.lines)
        before = self._done.get(document, _Done(0, lines))
        self._review(document, document.review, self._channel.publish)
        self._done[document] = _Done(self._engine.revision, lines)
        if before.lines != lines:  # all others say again where their related places are
            self._waiting.update(dict.fromkeys(other for other in self._documents if other is not document))

    def _review_waiting(self) -> bool:
        if not self._waiting:
            return False
        document = next(iter(self._waiting))
        del self._waiting[document]
        done = self._done.get(document)
        if self._documents.get(document.uri) is not document or done is None:
            return True
        revision = self._engine.revision
        review = document.review_again if self._is_outdated(document) else document.review
        self._review(document, review, self._channel.publish_changes)
        self._revision += self._engine.revision - revision  # nothing was edited: no reason for another round
        self._done[document] = _Done(self._engine.revision, done.lines)
        return True

    def _is_outdated(self, document: OpenDocument) -> bool:
        done = self._done.get(document)
        return done is not None and done.revision != self._engine.revision

    def _review(
        self,
        document: OpenDocument,
        review: Callable[[], Report | None],
        publish: Callable[[OpenDocument, Report | None], None],
    ) -> None:
        try:
            with self._measured(document):
                report = review()
                publish(document, report)
        except Exception:  # noqa: BLE001 - whatever one document does, the others are reviewed
            _log.exception("Could not review %s", document.uri)
            return
        self._report_failures(document, report)

    def _measured(self, document: OpenDocument) -> AbstractContextManager[None]:
        return self._recorder.measured(REVIEW, f"{document.uri} version {document.version}")

    def _report_failures(self, document: OpenDocument, report: Report | None) -> None:
        for failure in report.problems if report is not None else ():
            seen = (failure.rule, failure.error)
            if seen not in self._reported:
                self._reported.add(seen)
                what = "takes too long" if failure.is_overdue else "crashed"
                place = f"{document.identity.path}:{failure.line}"
                _log.error("The rule %s %s at %s and is silent there: %s", failure.rule, what, place, failure.error)
