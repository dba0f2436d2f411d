"""Baseline of the workspace, written on request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastidious_server.lsp.settings import configuration
from fastidious_server.workspace.background import BaselineError

if TYPE_CHECKING:
    from fastidious_server.lsp.session import Session


async def write_baseline(session: Session) -> str:
    """Write the findings that exist now into the baselines of the workspace, and return what was written in words.

    Documents count as the editor has them. What keeps it from being written is raised as `BaselineError`.
    """
    if not session.roots:
        message = "there is no folder open that a baseline could belong to"
        raise BaselineError(message)
    texts = {
        document.identity.path: str(document.source)
        for document in session.documents
        if document.identity.is_file and document.document is not None
    }
    said = await session.services.baselines.write(session.roots, texts)
    configuration.refresh(session)
    return said
