"""Inlay hints: the return types that functions do not declare, for those who want to see them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types as lsp

from fastidious_rules.engine.finding import Finding, Request, Severity, Task
from fastidious_server.lsp.positions import Position, from_range, to_position, to_range
from fastidious_server.lsp.repair.edits import to_lsp_range
from fastidious_server.lsp.wire.errors import modified

if TYPE_CHECKING:
    from collections.abc import Awaitable, Sequence

    from fastidious_rules.engine.finding import Edit
    from fastidious_rules.engine.hints import ReturnHint
    from fastidious_server.lsp.session import Session
    from fastidious_server.workspace.documents import OpenDocument

_MOST_INFERRED = 12
"""Functions that are inferred for one answer: the others wait until the user scrolls to them."""


def inlay_hints(
    session: Session, params: lsp.InlayHintParams
) -> Awaitable[list[lsp.InlayHint]] | list[lsp.InlayHint] | None:
    """Show what functions return that do not say so, as far as it is certain or can be inferred."""
    document = session.documents.get(params.text_document.uri)
    if document is None or document.document is None or not session.services.settings.preferences.return_type_hints:
        return None
    start, end = (Position(at.line, at.character) for at in (params.range.start, params.range.end))
    span = from_range(document.source, start, end, session.support.encoding)
    found = session.services.engine.return_hints(document.document, span)
    certain = [_shown(session, document, hint.place, hint.text, hint.edits) for hint in found if hint.text]
    open_questions = [hint for hint in found if not hint.text][:_MOST_INFERRED]
    if not open_questions:
        return certain
    return _with_inferred(session, document, document.source.text, certain, open_questions)


async def _with_inferred(
    session: Session, document: OpenDocument, text: bytes, shown: list[lsp.InlayHint], hints: Sequence[ReturnHint]
) -> list[lsp.InlayHint]:
    """Add the types that inference knows; whoever changes `text` meanwhile is told to ask again."""
    for hint in hints:
        request = Request(Task.RETURN_TYPE)
        question = Finding("missing-return-type", hint.name, "", Severity.HINT, request=request)
        _must_be(session, document, text)
        fix = await session.workbench.inferred_types.fix(document, question)
        _must_be(session, document, text)
        if fix is not None:
            annotation = fix.edits[-1].replacement.removeprefix(" -> ")
            shown.append(_shown(session, document, hint.place, annotation, fix.edits))
    return sorted(shown, key=lambda hint: (hint.position.line, hint.position.character))


def _must_be(session: Session, document: OpenDocument, text: bytes) -> None:
    if session.documents.get(document.uri) is not document or document.source.text is not text:
        raise modified()


def _shown(
    session: Session, document: OpenDocument, place: int, annotation: str, edits: Sequence[Edit]
) -> lsp.InlayHint:
    source, encoding = document.source, session.support.encoding
    return lsp.InlayHint(
        position=lsp.Position(*to_position(source, place, encoding)),
        label=f"-> {annotation}",
        kind=lsp.InlayHintKind.Type,
        padding_left=True,
        text_edits=[
            lsp.TextEdit(to_lsp_range(to_range(source, edit.span, encoding)), edit.replacement) for edit in edits
        ],
    )
