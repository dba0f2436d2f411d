"""Work that the editor shows while it goes on."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, TypeVar

from lsprotocol import types as lsp

from fastidious_server.lsp.wire.client import Refused, answer_of

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from fastidious_server.lsp.session import Session

_Result = TypeVar("_Result")


async def shown(
    session: Session, title: str, work: Awaitable[_Result], token: lsp.ProgressToken | None = None
) -> _Result:
    """Do `work` while the editor shows `title`, at the place of `token` if it has one already."""
    place = await _created(session) if token is None else token
    if place is None:
        return await work
    _tell(session, place, lsp.WorkDoneProgressBegin(title=title, cancellable=False))
    try:
        return await work
    finally:
        _tell(session, place, lsp.WorkDoneProgressEnd())


async def _created(session: Session) -> lsp.ProgressToken | None:
    """Return a new place for progress, if the editor makes one."""
    if not session.support.progress:
        return None
    token = f"fastidious/{uuid.uuid4()}"
    params = lsp.WorkDoneProgressCreateParams(token=token)
    answer = await answer_of(session.client, lsp.WINDOW_WORK_DONE_PROGRESS_CREATE, params)
    return None if isinstance(answer, Refused) else token


def _tell(session: Session, token: lsp.ProgressToken, value: object) -> None:
    session.client.notify(lsp.PROGRESS, lsp.ProgressParams(token=token, value=value))
