"""Edits of documents, as the client applies them."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from lsprotocol import types as lsp

from fastidious_server.lsp.positions import to_range

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from fastidious_rules.engine.finding import Edit
    from fastidious_server.lsp.positions import Range
    from fastidious_server.lsp.session import Session
    from fastidious_server.workspace.documents import OpenDocument

_ANNOTATION = "fastidious"


def to_workspace_edit(session: Session, document: OpenDocument, edits: Iterable[Edit]) -> lsp.WorkspaceEdit:
    """Return `edits` of `document` and of other files; those of open documents carry their versions."""
    by_path: dict[str, list[Edit]] = defaultdict(list)
    for edit in edits:
        by_path[edit.path or document.identity.path].append(edit)
    changes = {path: _text_edits(session, path, found) for path, found in by_path.items()}
    if not session.support.versioned_edits:
        return lsp.WorkspaceEdit(changes={session.texts.uri(path): found for path, found in changes.items()})
    if len(changes) > 1 and session.support.change_annotations:
        return _confirmed(session, changes)
    return lsp.WorkspaceEdit(document_changes=[_versioned(session, path, found) for path, found in changes.items()])


def to_lsp_range(spread: Range) -> lsp.Range:
    """Return `spread` as pygls knows it."""
    return lsp.Range(lsp.Position(*spread.start), lsp.Position(*spread.end))


def _text_edits(session: Session, path: str, edits: Sequence[Edit]) -> list[lsp.TextEdit]:
    source = session.texts.source(path)
    if source is None:
        message = f"{path} is to be edited but cannot be read"
        raise FileNotFoundError(message)
    encoding = session.support.encoding
    return [
        lsp.TextEdit(to_lsp_range(to_range(source, edit.span, encoding)), edit.replacement)
        for edit in sorted(edits, key=lambda edit: edit.span)
    ]


def _versioned(
    session: Session, path: str, edits: Sequence[lsp.TextEdit | lsp.AnnotatedTextEdit]
) -> lsp.TextDocumentEdit:
    opened = session.documents.at(path)
    identifier = lsp.OptionalVersionedTextDocumentIdentifier(
        uri=session.texts.uri(path), version=None if opened is None else opened.version
    )
    return lsp.TextDocumentEdit(text_document=identifier, edits=edits)


def _confirmed(session: Session, changes: Mapping[str, Sequence[lsp.TextEdit]]) -> lsp.WorkspaceEdit:
    """Return edits of several files, which the user is shown before they are made."""
    annotation = lsp.ChangeAnnotation(label="Changes other files", needs_confirmation=True)
    document_changes = [
        _versioned(session, path, [lsp.AnnotatedTextEdit(_ANNOTATION, edit.range, edit.new_text) for edit in edits])
        for path, edits in changes.items()
    ]
    return lsp.WorkspaceEdit(document_changes=document_changes, change_annotations={_ANNOTATION: annotation})
