"""Background index of the workspace, with the progress that the editor shows."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from lsprotocol import types as lsp

from fastidious_server.lsp.client import Refused
from fastidious_server.lsp.session import IndexProgress

if TYPE_CHECKING:
    from collections.abc import Callable

    from fastidious_server.lsp.session import Session

_TITLE = "Fastidious: indexing"


def start(session: Session, token: lsp.ProgressToken | None = None) -> None:
    """Index the workspace from here on, and show how far it is, at the place of `token` if there is one already."""
    session.indexed.clear()
    if token is not None:
        _start(session, token)
    elif session.support.progress and session.roots:
        params = lsp.WorkDoneProgressCreateParams(token=f"fastidious/{uuid.uuid4()}")
        session.client.request(
            lsp.WINDOW_WORK_DONE_PROGRESS_CREATE,
            params,
            lambda answer: _start(session, None if isinstance(answer, Refused) else params.token),
        )
    else:
        _start(session, None)


def _start(session: Session, token: lsp.ProgressToken | None) -> None:
    host = Indexing(session, token)
    if session.roots:
        session.services.index.start(session.roots, host)
    else:
        host.progress(0, 0)


class Indexing:
    """What the index asks of the session; it may do so from any thread."""

    def __init__(self, session: Session, token: lsp.ProgressToken | None) -> None:
        self._session = session
        self._token = token
        self._percentage = -1

    def run(self, change: Callable[[], None]) -> None:
        """Call `change` in the thread that owns the documents, which are reviewed again if they need be."""
        self._session.client.post(change)

    def progress(self, done: int, total: int) -> None:
        """Show that `done` of `total` files are indexed."""
        self._session.client.post(lambda: self._show(done, total))

    def _show(self, done: int, total: int) -> None:
        self._session.index_progress = IndexProgress(done, total)
        if done >= total:
            self._session.indexed.set()
        percentage = 100 if done >= total else done * 100 // total
        if self._token is None or percentage == self._percentage:
            return
        is_first, self._percentage = self._percentage < 0, percentage
        if is_first:
            self._send(lsp.WorkDoneProgressBegin(title=_TITLE, percentage=0, cancellable=False))
        if done >= total:
            self._send(lsp.WorkDoneProgressEnd(message=f"{total} files"))
            self._token = None
        elif not is_first:
            self._send(lsp.WorkDoneProgressReport(message=f"{done} of {total} files", percentage=percentage))

    def _send(self, value: lsp.WorkDoneProgressBegin | lsp.WorkDoneProgressReport | lsp.WorkDoneProgressEnd) -> None:
        params = lsp.ProgressParams(token=self._token or "", value=value)
        self._session.client.notify(lsp.PROGRESS, params)
