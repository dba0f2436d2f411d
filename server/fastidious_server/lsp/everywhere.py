"""Fixes of one rule in all files of the workspace, open or not."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, NamedTuple

from fastidious_server.lsp.edits import Caution, to_workspace_edit
from fastidious_server.lsp.errors import failed, modified
from fastidious_server.workspace.files import Stamp, stamp

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from lsprotocol import types as lsp

    from fastidious_rules.engine.finding import Edit
    from fastidious_server.lsp.session import Session
    from fastidious_server.workspace.documents import OpenDocument

MOST_FILES = 2_000
MOST_SECONDS = 30.0


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


async def edit_of_all(session: Session, document: OpenDocument, rule: str, *, unsafe: bool) -> lsp.WorkspaceEdit | None:
    """Return the edit that fixes all that `rule` finds in the workspace; others are served between two files."""
    obstacle = obstacle_for(session, rule)
    if obstacle:
        raise failed(obstacle)
    versions = _versions(session)
    fixed = {path: each async for path, each in _closed_files(session, rule, unsafe=unsafe)}
    if versions != _versions(session) or any(stamp(path) != each.stamp for path, each in fixed.items()):
        raise modified()
    edits = [*_open_files(session, rule, unsafe=unsafe), *(each.edit for each in fixed.values())]
    if not edits:
        return None
    files = "file" if len(edits) == 1 else "files"
    caution = Caution(f"Fix all {rule} in the workspace", f"{len(edits)} {files} change.")
    return to_workspace_edit(session, document, edits, caution)


def _versions(session: Session) -> dict[str, int | None]:
    return {document.uri: document.version for document in session.documents}


def _open_files(session: Session, rule: str, *, unsafe: bool) -> list[Edit]:
    edits: list[Edit] = []
    for document in session.documents:
        edit = None if document.document is None else document.document.fix_all({rule}, unsafe=unsafe)
        if edit is not None:
            edits.append(edit._replace(path=document.identity.path))
    return edits


async def _closed_files(session: Session, rule: str, *, unsafe: bool) -> AsyncIterator[tuple[str, _Fixed]]:
    engine, settings_for = session.services.engine, session.services.settings.settings_for
    end = time.monotonic() + MOST_SECONDS
    for path in engine.files():
        await asyncio.sleep(0)
        if time.monotonic() > end:
            message = f"It took more than {MOST_SECONDS:.0f} seconds; run `fastidious check --fix --select {rule}`"
            raise failed(message)
        settings = settings_for(path) if session.documents.at(path) is None else None
        if settings is None:
            continue
        before = stamp(path)
        edit = engine.fix_closed(path, settings, rule, unsafe=unsafe)
        if edit is not None:
            yield path, _Fixed(edit._replace(path=path), before)
