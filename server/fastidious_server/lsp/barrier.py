"""Request by which tests and tools wait instead of sleeping."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from fastidious_server.lsp.session import Session

SYNC = "fastidious/sync"


def sync(session: Session, params: Any) -> Awaitable[dict[str, int | None]] | dict[str, int | None]:
    """Answer the versions of all documents once all that was received before is published.

    With `{"index": true}`, wait until the workspace is indexed too, and with `{"inspection": true}` until the
    files that are not open are reviewed as well.
    """
    if getattr(params, "inspection", False):
        return _after_inspection(session)
    if getattr(params, "index", False):
        return _after_index(session)
    return _published(session)


async def _after_index(session: Session) -> dict[str, int | None]:
    await session.indexed.wait()
    return _published(session)


async def _after_inspection(session: Session) -> dict[str, int | None]:
    await session.indexed.wait()
    inspecting = session.workbench.inspecting
    inspecting.tell_edits()
    if inspecting.is_on:
        await inspecting.finished.wait()
    return _published(session)


def _published(session: Session) -> dict[str, int | None]:
    session.workbench.reviews.finish()
    return {document.uri: document.version for document in session.documents}
