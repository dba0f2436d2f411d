"""Background index of the workspace, with the progress that the editor shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastidious_server.lsp.background import file_progress
from fastidious_server.lsp.background.file_progress import FileProgress
from fastidious_server.lsp.routes import code_lenses
from fastidious_server.lsp.session import IndexProgress

if TYPE_CHECKING:
    from collections.abc import Callable

    from lsprotocol import types as lsp

    from fastidious_server.lsp.session import Session

_TITLE = "Fastidious: indexing"


def start(session: Session, token: lsp.ProgressToken | None = None) -> None:
    """Index the workspace from here on, and show how far it is, at the place of `token` if there is one already."""
    session.indexed.clear()
    if session.roots:
        file_progress.begin(session, _TITLE, lambda shown: _start(session, shown), token)
    else:
        Indexing(session, FileProgress(session.client, token, _TITLE)).progress(0, 0)


def _start(session: Session, shown: FileProgress) -> None:
    session.services.index.start(session.roots, Indexing(session, shown))


class Indexing:
    """What the index asks of the session; it may do so from any thread."""

    def __init__(self, session: Session, shown: FileProgress) -> None:
        self._session = session
        self._shown = shown

    def run(self, change: Callable[[], None]) -> None:
        """Call `change` in the thread that owns the documents, which are reviewed again if they need be."""
        self._session.client.post(lambda: self._run(change))

    def _run(self, change: Callable[[], None]) -> None:
        change()
        self._session.workbench.inferred_types.forget()
        if self._session.indexed.is_set():
            code_lenses.refresh(self._session)

    def progress(self, done: int, total: int) -> None:
        """Show that `done` of `total` files are indexed."""
        self._session.client.post(lambda: self._show(done, total))

    def _show(self, done: int, total: int) -> None:
        self._session.index_progress = IndexProgress(done, total)
        if done >= total:
            self._session.indexed.set()
            self._session.workbench.inspecting.configure()
            code_lenses.refresh(self._session)
        self._shown.show(done, total)
