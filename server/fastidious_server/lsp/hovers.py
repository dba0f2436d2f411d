"""Hover: why something is reported, and how it would be fixed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types as lsp

from fastidious_server.lsp.differences import difference
from fastidious_server.lsp.edits import to_lsp_range
from fastidious_server.lsp.findings import findings_at
from fastidious_server.lsp.positions import Position, from_position, to_range

if TYPE_CHECKING:
    from fastidious_rules.engine.finding import Finding
    from fastidious_server.lsp.session import Session
    from fastidious_server.workspace.documents import OpenDocument

_SEPARATOR = "\n\n---\n\n"


def hover(session: Session, params: lsp.HoverParams) -> lsp.Hover | None:
    """Explain the findings under the pointer."""
    document = session.documents.get(params.text_document.uri)
    if document is None:
        return None
    position = Position(params.position.line, params.position.character)
    encoding = session.support.encoding
    findings = findings_at(document, from_position(document.source, position, encoding))
    if not findings:
        return None
    text = _SEPARATOR.join(_explain(session, document, finding) for finding in findings)
    kind = lsp.MarkupKind.Markdown if session.support.markdown else lsp.MarkupKind.PlainText
    spread = to_range(document.source, findings[0].span, encoding)
    return lsp.Hover(contents=lsp.MarkupContent(kind, text), range=to_lsp_range(spread))


def _explain(session: Session, document: OpenDocument, finding: Finding) -> str:
    best = next(iter(document.fixes(finding)), None)
    diff, title = (None, None) if best is None else (difference(document.source, best.edits), best.title)
    return session.services.engine.explain(finding, session.workbench.places.show, diff, title)
