"""Requests about a document whose first review takes long: they wait, and nothing waits for them."""

from __future__ import annotations

import asyncio
import inspect
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable

    from fastidious_server.lsp.session import Session
    from fastidious_server.workspace.documents import OpenDocument

Handler: TypeAlias = "Callable[[Session, Any], Any]"


def once_reviewed(handler: Handler) -> Handler:
    """Return a handler that answers when the document that it is asked about is reviewed: mostly, at once."""

    def handle(session: Session, params: Any) -> Any:
        document = session.documents.get(params.text_document.uri)
        return handler(session, params) if document is None else _in_time(session, params, handler, document)

    return handle


def once_all_are_reviewed(handler: Handler) -> Handler:
    """Return a handler that answers when all documents are reviewed: mostly, at once."""
    return lambda session, params: _in_time(session, params, handler, None)


def _in_time(session: Session, params: Any, handler: Handler, document: OpenDocument | None) -> Any:
    if session.loaded is None or session.loaded.reviews.is_soon_done(document):
        return handler(session, params)
    return _later(session, params, handler, document)


async def _later(session: Session, params: Any, handler: Handler, document: OpenDocument | None) -> Any:
    """Answer when the review is done, which goes on between messages."""
    while session.workbench.reviews.is_behind(document):  # noqa: ASYNC110  each turn brings it on; closing a document ends it
        await asyncio.sleep(0)
    result = handler(session, params)
    return await result if inspect.isawaitable(result) else result
