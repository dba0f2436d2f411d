"""Hover: why something is reported, and how it would be fixed."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from lsprotocol import types as lsp

from fastidious_server.lsp.differences import difference
from fastidious_server.lsp.edits import to_lsp_range
from fastidious_server.lsp.findings import findings_at
from fastidious_server.lsp.positions import Position, from_position, to_range
from fastidious_server.workspace.words import Word

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.engine.finding import Finding
    from fastidious_rules.syntax.text import Span
    from fastidious_server.lsp.session import Session
    from fastidious_server.workspace.documents import OpenDocument

_MARK = b"fastidious:"
_SEPARATOR = "\n\n---\n\n"


class _Part(NamedTuple):
    """Something to say about a span, in Markdown."""

    span: Span
    text: str


def hover(session: Session, params: lsp.HoverParams) -> lsp.Hover | None:
    """Explain the findings under the pointer, the rule that a comment names there, or the key of a configuration."""
    document = session.documents.get(params.text_document.uri)
    if document is None:
        return None
    position = Position(params.position.line, params.position.character)
    offset = from_position(document.source, position, session.support.encoding)
    parts = list((_in_configuration if document.is_configuration else _in_code)(session, document, offset))
    if not parts:
        return None
    kind = lsp.MarkupKind.Markdown if session.support.markdown else lsp.MarkupKind.PlainText
    spread = to_range(document.source, parts[0].span, session.support.encoding)
    text = _SEPARATOR.join(part.text for part in parts)
    return lsp.Hover(contents=lsp.MarkupContent(kind, text), range=to_lsp_range(spread))


def _in_code(session: Session, document: OpenDocument, offset: int) -> Iterator[_Part]:
    yield from _suppression(session, document, offset)
    for finding in findings_at(document, offset):
        yield _Part(finding.span, _explain(session, document, finding))


def _suppression(session: Session, document: OpenDocument, offset: int) -> Iterator[_Part]:
    """Yield what a rule is that a suppression comment names, and whether that is of any use."""
    line = document.source.line_span(document.source.lines.row_of(offset))
    if document.document is None or _MARK not in document.source.text[line.start : line.end]:
        return
    engine = session.services.engine
    directive = engine.directive_at(document.document, offset)
    about = engine.about(directive.word) if directive is not None and directive.is_rule else None
    if directive is not None and about is not None:
        count = engine.found_beneath(document.document, directive).get(directive.word, 0)
        yield _Part(directive.span, f"{_use(count)}\n\n{about}")


def _use(count: int) -> str:
    if not count:
        return "*Nothing here is reported by this rule.*"
    return f"*Silences {count} finding{'' if count == 1 else 's'} here.*"


def _in_configuration(session: Session, document: OpenDocument, offset: int) -> Iterator[_Part]:
    services = session.services
    found = services.configuration_help.explain(document.identity.path, document.source.text, offset)
    if found is not None:
        word = found.word
        about = services.engine.about(word.text) if word.word is Word.RULE else None
        yield _Part(found.span, about or f"**`{word.text}`**: {word.meaning}")


def _explain(session: Session, document: OpenDocument, finding: Finding) -> str:
    best = next(iter(document.fixes(finding)), None)
    diff, title = (None, None) if best is None else (difference(document.source, best.edits), best.title)
    return session.services.engine.explain(finding, session.workbench.places.show, diff, title)
