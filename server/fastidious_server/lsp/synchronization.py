"""Documents: opened, changed, saved, closed."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from fastidious_server.lsp.positions import from_range, read_position
from fastidious_server.lsp.routes import code_lenses
from fastidious_server.lsp.settings import configuration, watching
from fastidious_server.workspace.documents import is_configuration_file, is_reviewable
from fastidious_server.workspace.storage.identity import identify

if TYPE_CHECKING:
    from lsprotocol import types as lsp

    from fastidious_server.lsp.session import Session
    from fastidious_server.workspace.documents import OpenDocument

_log = logging.getLogger(__name__)


def opened(session: Session, params: lsp.DidOpenTextDocumentParams) -> None:
    """Take the text of a document from the editor."""
    item = params.text_document
    watching.look(session)
    if is_configuration_file(item.uri):
        session.documents.open(item.uri, item.version, item.text)
        return
    if not is_reviewable(item.uri, item.language_id):
        return
    document = session.documents.open(item.uri, item.version, item.text)
    services = session.services
    document.configure(services.engine, services.settings.settings_for(document.identity.path))
    session.workbench.inspecting.opened(document)
    configuration.publish_problems(session)


def changed(session: Session, params: dict[str, Any]) -> None:
    """Apply the edits of one `textDocument/didChange`, which comes as parsed JSON."""
    match params:
        case {"textDocument": {"uri": str() as uri, **identifier}, "contentChanges": changes}:
            document, version = session.documents.get(uri), identifier.get("version")
        case _:
            _log.warning("Ignored a change without a document or without changes")
            return
    if document is None:
        _log.info("Ignored a change of %s, which is not open", uri)
        return
    if type(version) is int and document.version is not None and version < document.version:
        _log.warning("Ignored a change of %s from version %d to %d", uri, document.version, version)
        return
    for change in changes:
        _apply(session, document, change)
    document.version = version if type(version) is int else document.version
    document.is_edited = True


def saved(session: Session, params: lsp.DidSaveTextDocumentParams) -> None:
    """Read the configuration again if it was saved, here or by another program."""
    path = identify(params.text_document.uri).path
    if session.services.settings.is_configuration(path):
        session.services.settings.invalidate(path)
        configuration.apply(session)
    else:
        watching.look(session)
    session.workbench.inferred_types.forget()
    code_lenses.refresh(session)


def closed(session: Session, params: lsp.DidCloseTextDocumentParams) -> None:
    """Forget a document, and take it as the disk has it from now on."""
    document = session.documents.close(params.text_document.uri)
    if document is None or document.is_configuration:
        return
    if not session.workbench.inspecting.take_over(document):
        session.workbench.channel.clear(document.uri)
    session.services.engine.close(document.identity.path)
    if document.identity.is_file:
        session.services.index.refresh([document.identity.path])


def _apply(session: Session, document: OpenDocument, change: dict[str, Any]) -> None:
    text = change["text"].encode("utf-8", "surrogatepass")
    spread = change.get("range")
    if spread is None:
        document.replace_all(text)
        return
    start, end = read_position(spread["start"]), read_position(spread["end"])
    document.edit(from_range(document.source, start, end, session.support.encoding), text)
