"""Completion of rule names where rules are named: in suppression comments and in configuration files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types as lsp

from fastidious_server.lsp.positions import Position, from_position, to_range
from fastidious_server.lsp.repair.edits import to_lsp_range
from fastidious_server.workspace.words import Word

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.engine.directives import Directive
    from fastidious_server.lsp.session import Session
    from fastidious_server.workspace.documents import OpenDocument

TRIGGERS = ("[", ",", '"', ":")
_MARK = b"fastidious:"
_KINDS = {
    Word.KEY: lsp.CompletionItemKind.Property,
    Word.RULE: lsp.CompletionItemKind.EnumMember,
    Word.FAMILY: lsp.CompletionItemKind.Enum,
    Word.VALUE: lsp.CompletionItemKind.Value,
    Word.SWITCH: lsp.CompletionItemKind.Keyword,
}


def complete(session: Session, params: lsp.CompletionParams) -> list[lsp.CompletionItem] | None:
    """Offer names of rules, and what else belongs beside them; nothing anywhere else."""
    document = session.documents.get(params.text_document.uri)
    if document is None:
        return None
    position = Position(params.position.line, params.position.character)
    offset = from_position(document.source, position, session.support.encoding)
    if document.is_configuration:
        return list(_in_configuration(session, document, offset)) or None
    line = document.source.line_span(document.source.lines.row_of(offset))
    if document.document is None or _MARK not in document.source.text[line.start : offset]:
        return None
    directive = session.services.engine.directive_at(document.document, offset)
    if directive is None:
        return None
    offered = _rules if directive.is_rule else _words
    return list(offered(session, document, directive))


def _in_configuration(session: Session, document: OpenDocument, offset: int) -> Iterator[lsp.CompletionItem]:
    source = document.source
    found = session.services.configuration_help.suggest(document.identity.path, source.text, offset)
    if found is None:
        return
    spread = to_lsp_range(to_range(source, found.span, session.support.encoding))
    for number, each in enumerate(found.words):
        yield lsp.CompletionItem(
            label=each.text,
            kind=_KINDS[each.word],
            documentation=_documentation(session, each.meaning),
            sort_text=f"{number:03}",
            text_edit=lsp.TextEdit(spread, each.written),
        )


def _rules(session: Session, document: OpenDocument, directive: Directive) -> Iterator[lsp.CompletionItem]:
    """Yield the rules that a comment may name: first those that report something there."""
    engine = session.services.engine
    assert document.document is not None  # noqa: S101 - asked before
    found = engine.found_beneath(document.document, directive)
    places = {rule: number for number, rule in enumerate(found)}
    spread = to_lsp_range(to_range(document.source, directive.span, session.support.encoding))
    for rule in engine.rules():
        if rule.name in directive.others:
            continue
        place = places.get(rule.name)
        yield lsp.CompletionItem(
            label=rule.name,
            kind=lsp.CompletionItemKind.EnumMember,
            detail=rule.family if place is None else f"{rule.family}, reported here",
            documentation=_documentation(session, rule.summary),
            sort_text=f"1{rule.name}" if place is None else f"0{place:03}",
            preselect=True if place == 0 else None,
            text_edit=lsp.TextEdit(spread, rule.name),
        )


def _words(session: Session, document: OpenDocument, directive: Directive) -> Iterator[lsp.CompletionItem]:
    """Yield what may follow `# fastidious:`."""
    from fastidious_rules.engine.directives import WORDS  # noqa: PLC0415 - brings the parser: loaded by now

    spread = to_lsp_range(to_range(document.source, directive.span, session.support.encoding))
    has_rules = document.source.text[directive.span.end : directive.span.end + 1] == b"["
    is_snippet = session.support.snippets and not has_rules
    for number, (word, meaning) in enumerate(WORDS.items()):
        brackets = "" if has_rules else "[$1]$0" if is_snippet else "["
        yield lsp.CompletionItem(
            label=word,
            kind=lsp.CompletionItemKind.Keyword,
            documentation=_documentation(session, meaning),
            sort_text=str(number),
            insert_text_format=lsp.InsertTextFormat.Snippet if is_snippet else None,
            text_edit=lsp.TextEdit(spread, word + brackets),
        )


def _documentation(session: Session, text: str) -> lsp.MarkupContent | str | None:
    """Return one sentence of Markdown in the form that the client shows."""
    if not text or not session.support.completion_markdown:
        return text or None
    return lsp.MarkupContent(lsp.MarkupKind.Markdown, text)
