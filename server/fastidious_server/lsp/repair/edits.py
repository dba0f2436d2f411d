"""Edits of documents, as the client applies them."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from lsprotocol import types as lsp

from fastidious_server.lsp.positions import to_range

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from fastidious_rules.engine.finding import Edit
    from fastidious_rules.syntax.text import Source
    from fastidious_server.lsp.positions import Range
    from fastidious_server.lsp.session import Session
    from fastidious_server.workspace.documents import OpenDocument

_ANNOTATION = "fastidious"


class Caution(NamedTuple):
    """What users are to look at before it is done."""

    label: str
    description: str


def to_workspace_edit(
    session: Session, document: OpenDocument, edits: Iterable[Edit], caution: Caution | None = None
) -> lsp.WorkspaceEdit:
    """Return `edits` of `document` and of other files; those of open documents carry their versions.

    With `caution`, and where other files are touched, the client asks before it applies them, if it can.
    """
    by_path: dict[str, list[Edit]] = defaultdict(list)
    for edit in edits:
        by_path[edit.path or document.identity.path].append(edit)
    changes = {path: _text_edits(session, path, found) for path, found in by_path.items()}
    if not session.support.versioned_edits:
        return lsp.WorkspaceEdit(changes={session.texts.uri(path): found for path, found in changes.items()})
    if len(changes) > 1 and caution is None:
        caution = Caution("Change other files too", f"{len(changes)} files change together.")
    if caution is None or not session.support.change_annotations:
        return lsp.WorkspaceEdit(document_changes=[_versioned(session, path, each) for path, each in changes.items()])
    annotated = [_versioned(session, path, [_annotated(each) for each in found]) for path, found in changes.items()]
    annotation = lsp.ChangeAnnotation(label=caution.label, description=caution.description, needs_confirmation=True)
    return lsp.WorkspaceEdit(document_changes=annotated, change_annotations={_ANNOTATION: annotation})


def to_new_file(session: Session, edit: Edit) -> lsp.WorkspaceEdit:
    """Return the edit that creates the file at `edit.path` with what `edit` puts into an empty text."""
    create = lsp.CreateFile(uri=session.texts.uri(edit.path), options=lsp.CreateFileOptions(ignore_if_exists=True))
    start = lsp.Position(0, 0)
    filled = _versioned(session, edit.path, [lsp.TextEdit(lsp.Range(start, start), edit.replacement)])
    return lsp.WorkspaceEdit(document_changes=[create, filled])


def to_lsp_range(spread: Range) -> lsp.Range:
    """Return `spread` as pygls knows it."""
    return lsp.Range(lsp.Position(*spread.start), lsp.Position(*spread.end))


def current_source(session: Session, path: str) -> Source:
    """Return the text of a file that is to be edited."""
    source = session.texts.source(path)
    if source is None:
        message = f"{path} is to be edited but cannot be read"
        raise FileNotFoundError(message)
    return source


def _text_edits(session: Session, path: str, edits: Sequence[Edit]) -> list[lsp.TextEdit]:
    source = current_source(session, path)
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


def _annotated(edit: lsp.TextEdit) -> lsp.AnnotatedTextEdit:
    return lsp.AnnotatedTextEdit(_ANNOTATION, edit.range, edit.new_text)
