"""What a request points at: the document, and the offset in its text."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from lsprotocol import types as lsp

from fastidious_server.lsp.positions import Position, from_position, to_range
from fastidious_server.lsp.repair.edits import to_lsp_range

if TYPE_CHECKING:
    from fastidious_rules.semantics.place import Place
    from fastidious_rules.syntax.text import Span
    from fastidious_server.lsp.session import Session
    from fastidious_server.workspace.documents import OpenDocument
    from fastidious_server.workspace.ports import Document


class Target(NamedTuple):
    """A document under review, and where somebody points."""

    opened: OpenDocument
    document: Document
    offset: int


def target_of(session: Session, params: lsp.HoverParams | lsp.DefinitionParams | lsp.ReferenceParams) -> Target | None:
    """Return what `params` point at, None if that is no document under review."""
    opened = session.documents.get(params.text_document.uri)
    if opened is None or opened.document is None:
        return None
    position = Position(params.position.line, params.position.character)
    return Target(opened, opened.document, from_position(opened.source, position, session.support.encoding))


def range_of(session: Session, opened: OpenDocument, span: Span) -> lsp.Range:
    """Return `span` of an open document as its editor counts."""
    return to_lsp_range(to_range(opened.source, span, session.support.encoding))


def location_of(session: Session, place: Place) -> lsp.Location:
    """Return where a place is now."""
    location = session.workbench.places.location(place)
    return lsp.Location(location.uri, to_lsp_range(location.range))
