"""Fixes of one rule in all files of the workspace, open or not."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, NamedTuple

from fastidious_server.lsp.repair.edits import Caution, to_workspace_edit
from fastidious_server.lsp.wire.errors import failed, modified
from fastidious_server.workspace.storage.files import Stamp, stamp

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable

    from lsprotocol import types as lsp

    from fastidious_rules.engine.finding import Edit
    from fastidious_server.lsp.session import Session
    from fastidious_server.workspace.documents import OpenDocument

MOST_FILES = 2_000
MOST_SECONDS = 30.0


class _Task(NamedTuple):
    """What is to be fixed, and the versions of the open documents when that was asked."""

    rule: str
    unsafe: bool
    versions: dict[str, int | None]


class _Fixed(NamedTuple):
    """What is to be done in a file, and the file as that was computed."""

    edit: Edit
    stamp: Stamp | None


def obstacle_for(session: Session, rule: str) -> str:
    """Return why the workspace cannot be fixed now, a sentence, or nothing if it can."""
    if not session.indexed.is_set():
        return "The workspace is not indexed yet; ask again in a moment"
    count = len(session.services.engine.files())
    if count > MOST_FILES:
        command = f"`fastidious check --fix --select {rule}`"
        return f"The workspace has {count:,} files, and an editor fixes at most {MOST_FILES:,} at once; run {command}"
    return ""


def edit_of_all(
    session: Session, document: OpenDocument, rule: str, *, unsafe: bool
) -> Awaitable[lsp.WorkspaceEdit | None]:
    """Return the edit that fixes all that `rule` finds in the workspace as it is now.

    It is made file by file, and others are served between two of them.
    """
    obstacle = obstacle_for(session, rule)
    if obstacle:
        raise failed(obstacle)
    return _edit_of_all(session, document, _Task(rule, unsafe, _versions(session)))


async def _edit_of_all(session: Session, document: OpenDocument, task: _Task) -> lsp.WorkspaceEdit | None:
    fixed = {path: each async for path, each in _closed_files(session, task)}
    if task.versions != _versions(session) or any(stamp(path) != each.stamp for path, each in fixed.items()):
        raise modified()
    edits = [*_open_files(session, task), *(each.edit for each in fixed.values())]
    if not edits:
        return None
    files = "file changes" if len(edits) == 1 else "files change"
    caution = Caution(f"Fix all {task.rule} in the workspace", f"{len(edits)} {files}.")
    return to_workspace_edit(session, document, edits, caution)


def _versions(session: Session) -> dict[str, int | None]:
    return {document.uri: document.version for document in session.documents}


def _open_files(session: Session, task: _Task) -> list[Edit]:
    edits: list[Edit] = []
    for document in session.documents:
        edit = None if document.document is None else document.document.fix_all({task.rule}, unsafe=task.unsafe)
        if edit is not None:
            edits.append(edit._replace(path=document.identity.path))
    return edits


async def _closed_files(session: Session, task: _Task) -> AsyncIterator[tuple[str, _Fixed]]:
    engine, settings_for = session.services.engine, session.services.settings.settings_for
    end = time.monotonic() + MOST_SECONDS
    for path in engine.files():
        await asyncio.sleep(0)
        if time.monotonic() > end:
            message = f"It took more than {MOST_SECONDS:.0f} seconds; run `fastidious check --fix --select {task.rule}`"
            raise failed(message)
        settings = settings_for(path) if session.documents.at(path) is None else None
        if settings is None:
            continue
        before = stamp(path)
        edit = engine.fix_closed(path, settings, task.rule, unsafe=task.unsafe)
        if edit is not None:
            yield path, _Fixed(edit._replace(path=path), before)
