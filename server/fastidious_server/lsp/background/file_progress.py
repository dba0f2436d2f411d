"""Progress of work in the background that is counted in files, as the editor shows it."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from lsprotocol import types as lsp

from fastidious_server.lsp.wire.client import Refused

if TYPE_CHECKING:
    from collections.abc import Callable

    from fastidious_server.lsp.session import Session
    from fastidious_server.lsp.wire.client import Client


class FileProgress:
    """Progress of one piece of work, counted in files. Without a token it is shown to nobody."""

    def __init__(self, client: Client, token: lsp.ProgressToken | None, title: str) -> None:
        self._client = client
        self._token = token
        self._title = title
        self._percentage = -1

    def show(self, done: int, total: int) -> None:
        """Show that `done` of `total` files are done; with the last one it is over."""
        percentage = 100 if done >= total else done * 100 // total
        if self._token is None or percentage == self._percentage:
            return
        is_first, self._percentage = self._percentage < 0, percentage
        if is_first:
            self._send(lsp.WorkDoneProgressBegin(title=self._title, percentage=0, cancellable=False))
        if done >= total:
            self._send(lsp.WorkDoneProgressEnd(message=f"{total} files"))
            self._token = None
        elif not is_first:
            self._send(lsp.WorkDoneProgressReport(message=f"{done} of {total} files", percentage=percentage))

    def _send(self, value: lsp.WorkDoneProgressBegin | lsp.WorkDoneProgressReport | lsp.WorkDoneProgressEnd) -> None:
        params = lsp.ProgressParams(token=self._token or "", value=value)
        self._client.notify(lsp.PROGRESS, params)


def begin(
    session: Session, title: str, then: Callable[[FileProgress], None], token: lsp.ProgressToken | None = None
) -> None:
    """Call `then` with the progress that the editor shows, if it can, at the place of `token` if it has one already."""
    if token is not None or not session.support.progress:
        then(FileProgress(session.client, token, title))
        return
    params = lsp.WorkDoneProgressCreateParams(token=f"fastidious/{uuid.uuid4()}")

    def answered(answer: object) -> None:
        then(FileProgress(session.client, None if isinstance(answer, Refused) else params.token, title))

    session.client.request(lsp.WINDOW_WORK_DONE_PROGRESS_CREATE, params, answered)
