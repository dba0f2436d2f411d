"""Review of the files that are not open, for an editor that wants the findings of the whole workspace."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from fastidious_server.lsp.background import file_progress
from fastidious_server.workspace.ports import DiagnosticMode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from fastidious_server.lsp.background.file_progress import FileProgress
    from fastidious_server.lsp.diagnosis.closed_files import ClosedFiles
    from fastidious_server.lsp.session import Session
    from fastidious_server.workspace.documents import OpenDocument
    from fastidious_server.workspace.inspecting.inspected import InspectedFile, RuleCrash
    from fastidious_server.workspace.ports import Services

_TITLE = "Fastidious: reviewing"
_SECONDS_BETWEEN_EDITS = 0.5
"""How often at most the inspection hears of a document that is edited."""
_log = logging.getLogger(__name__)


class Inspecting:
    """What the inspection and the session have to tell each other."""

    def __init__(self, session: Session, services: Services, closed: ClosedFiles) -> None:
        self.finished = asyncio.Event()
        """Set while nothing is left to review."""
        self._session = session
        self._services = services
        self._closed = closed
        self._shown: FileProgress | None = None
        self._is_on = False
        self._told: WeakKeyDictionary[OpenDocument, bytes] = WeakKeyDictionary()
        self._prevent: Callable[[], object] | None = None
        self._crashes: set[tuple[str, str]] = set()

    @property
    def is_on(self) -> bool:
        """Whether files that are not open are reviewed."""
        return self._is_on

    @property
    def knows_all(self) -> bool:
        """Whether all files that are not open are reviewed."""
        return self._is_on and self.finished.is_set()

    def configure(self) -> None:
        """Review closed files if the editor wants that, and by the settings as they are now."""
        mode = self._services.settings.preferences.diagnostic_mode
        if mode is not DiagnosticMode.WORKSPACE or not self._session.roots:
            self._stop()
        elif self._session.indexed.is_set():  # what the index has read need not be read again
            self._begin()

    def begin_again(self) -> None:
        """Forget all that was found in closed files, which are reviewed anew once they are indexed."""
        self._stop()
        self._crashes.clear()

    def opened(self, document: OpenDocument) -> None:
        """Leave a document to its own review."""
        if self._is_on and document.identity.is_file:
            self._closed.drop(document.identity.path, document.uri)
            self._hold(document)

    def take_over(self, document: OpenDocument) -> bool:
        """Show what is known of a document that was closed until it is reviewed as a file; tell whether it will be."""
        path = document.identity.path
        if not self._is_on or document not in self._told:
            return False
        self._closed.adopt(path, document.uri, self._session.workbench.channel.hand_over(document.uri))
        self.finished.clear()
        self._services.inspection.release(path)
        del self._told[document]
        return True

    def look(self) -> None:
        """Have files reviewed that changed on the disk."""
        if self._is_on:
            self.finished.clear()
            self._services.inspection.look()

    def follow(self) -> None:
        """Have the inspection hear of edits soon; to be called when nothing else is to be done."""
        if self._is_on and self._prevent is None and next(self._untold(), None) is not None:
            self._prevent = self._session.client.later(_SECONDS_BETWEEN_EDITS, self.tell_edits)

    def tell_edits(self) -> None:
        """Let the inspection hear of all edits."""
        if self._prevent is not None:
            self._prevent()
            self._prevent = None
        for document in self._untold():
            self._hold(document)

    def run(self, change: Callable[[], None]) -> None:
        """Call `change` in the thread that owns the documents."""
        self._session.client.post(change)

    def progress(self, done: int, total: int) -> None:
        """Show that `done` of `total` files are reviewed."""
        self._session.client.post(lambda: self._progress(done, total))

    def show(self, files: Sequence[InspectedFile]) -> None:
        """Show what was found in `files`, unless they were opened meanwhile."""
        for file in files:
            if self._session.documents.at(file.path) is None:
                self._closed.put(file)
            for crash in file.crashes:
                self._report(file.path, crash)

    def _begin(self) -> None:
        self.finished.clear()
        if self._is_on and self._shown is not None:
            self._services.inspection.start(self._session.roots, self)
        elif not self._is_on:
            self._is_on = True
            for document in self._session.documents:
                self.opened(document)
            file_progress.begin(self._session, _TITLE, self._start)

    def _start(self, shown: FileProgress) -> None:
        if self._is_on:
            self._shown = shown
            self._services.inspection.start(self._session.roots, self)

    def _stop(self) -> None:
        if not self._is_on:
            return
        self._is_on = False
        self._shown = None
        self._services.inspection.stop()
        for document in list(self._told):
            self._services.inspection.release(document.identity.path)
        self._told.clear()
        self._closed.clear()

    def _untold(self) -> Iterator[OpenDocument]:
        """Yield the documents that have another text than the inspection knows."""
        if self._is_on:
            for document in self._session.documents:
                told = self._told.get(document)
                if told is not None and told is not document.source.text:
                    yield document

    def _hold(self, document: OpenDocument) -> None:
        text = self._told[document] = document.source.text
        self.finished.clear()
        self._services.inspection.hold(document.identity.path, text)

    def _progress(self, done: int, total: int) -> None:
        if done >= total:
            self.finished.set()
        if self._shown is not None:
            self._shown.show(done, total)

    def _report(self, path: str, crash: RuleCrash) -> None:
        seen = (crash.rule, crash.error)
        if seen not in self._crashes:
            self._crashes.add(seen)
            what = "takes too long" if crash.is_overdue else "crashed"
            place = f"{path}:{crash.line}"
            _log.error("The rule %s %s at %s and is silent there: %s", crash.rule, what, place, crash.error)
