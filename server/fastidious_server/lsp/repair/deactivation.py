"""Rules turned off in the configuration file that counts."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from fastidious_server.lsp.repair.edits import to_new_file, to_workspace_edit
from fastidious_server.lsp.wire.errors import failed
from fastidious_server.workspace.ports import ConfigurationHome, Obstacle

if TYPE_CHECKING:
    from lsprotocol import types as lsp

    from fastidious_rules.engine.finding import Edit
    from fastidious_server.lsp.session import Session
    from fastidious_server.workspace.documents import OpenDocument


def title_for(session: Session, document: OpenDocument, rule: str) -> str | None:
    """Return what turning `rule` off is called; None if there is no file to do that, or the client cannot make one."""
    if not document.identity.is_file:
        return None
    home = session.services.settings.home(document.identity.path)
    if home.is_new and not session.support.creates_files:
        return None
    name = posixpath.basename(home.path)
    return f"Deactivate {rule} in {f'a new {name}' if home.is_new else name}"


def obstacle_for(session: Session, document: OpenDocument, rule: str) -> str:
    """Return why `rule` cannot be turned off, the end of a sentence, or nothing if it can."""
    found = _deactivation(session, document, rule)
    return f"{_name(session, document)} stays as it is: {found.reason}" if isinstance(found, Obstacle) else ""


def edit_for(session: Session, document: OpenDocument, rule: str) -> lsp.WorkspaceEdit:
    """Return the edit of the configuration file that turns `rule` off."""
    found = _deactivation(session, document, rule)
    if isinstance(found, Obstacle):
        message = f"{_name(session, document)} stays as it is: {found.reason}"
        raise failed(message)
    if _home(session, document).is_new:
        return to_new_file(session, found)
    return to_workspace_edit(session, document, (found,))


def _deactivation(session: Session, document: OpenDocument, rule: str) -> Edit | Obstacle:
    home = _home(session, document)
    source = session.texts.source(home.path)
    if source is None and not home.is_new:
        return Obstacle("it cannot be read")
    text = b"" if source is None else source.text
    return session.services.settings.deactivation(document.identity.path, rule, text)


def _home(session: Session, document: OpenDocument) -> ConfigurationHome:
    return session.services.settings.home(document.identity.path)


def _name(session: Session, document: OpenDocument) -> str:
    return posixpath.basename(_home(session, document).path)
