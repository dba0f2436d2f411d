"""Hover: why something is reported and how it would be fixed, what is known of a route, what a word means."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from lsprotocol import types as lsp

from fastidious_server.lsp.diagnosis.findings import findings_at
from fastidious_server.lsp.differences import difference
from fastidious_server.lsp.positions import Position, from_position, to_range
from fastidious_server.lsp.repair.edits import to_lsp_range
from fastidious_server.lsp.routes.route_cards import render
from fastidious_server.lsp.routes.targets import target_of
from fastidious_server.lsp.routes.turns import in_turns
from fastidious_server.workspace.words import Word

if TYPE_CHECKING:
    from collections.abc import Awaitable, Iterator

    from fastidious_rules.engine.explain import Remedy
    from fastidious_rules.engine.finding import Finding
    from fastidious_rules.engine.route_sites import RouteSite
    from fastidious_rules.syntax.text import Span
    from fastidious_server.lsp.routes.targets import Target
    from fastidious_server.lsp.session import Session
    from fastidious_server.workspace.documents import OpenDocument
    from fastidious_server.workspace.ports import Document

_MARK = b"fastidious:"
_SEPARATOR = "\n\n---\n\n"


class _Part(NamedTuple):
    """Something to say about a span, in Markdown."""

    span: Span
    text: str


def hover(session: Session, params: lsp.HoverParams) -> Awaitable[lsp.Hover | None] | lsp.Hover | None:
    """Explain findings, routes, rules that comments name, and keys of a configuration: whatever is under the pointer."""
    target = target_of(session, params)
    if target is not None and session.services.engine.routes.may_be_at(target.document, target.offset):
        return _prepared(session, params, target)
    return _shown(session, params)


async def _prepared(session: Session, params: lsp.HoverParams, target: Target) -> lsp.Hover | None:
    """Find what the card of a route needs, in turns, before it is shown."""
    routes = session.services.engine.routes
    await in_turns(routes.prepare())
    for site in _sites(session, target.document, target.offset):
        await in_turns(routes.prepare_card(site.routes[0]))
    return _shown(session, params)


def _shown(session: Session, params: lsp.HoverParams) -> lsp.Hover | None:
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
    found = findings_at(document, offset)
    for finding in found:
        yield _Part(finding.span, _explain(session, document, finding, briefly=len(found) > 1))
    for site in _sites(session, document.document, offset) if document.document is not None else ():
        card = session.services.engine.routes.card(site.routes[0])
        yield _Part(_span(site, offset), render(card, session.workbench.places.link))


def _sites(session: Session, document: Document, offset: int) -> list[RouteSite]:
    routes = session.services.engine.routes
    if not routes.may_be_at(document, offset):
        return []
    return [site for site in routes.sites(document) if site.is_at(offset)]


def _span(site: RouteSite, offset: int) -> Span:
    head, decorator = site.definition.head, site.decorator
    return site.definition.name if decorator is None or head.start <= offset <= head.end else decorator.span


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


def _explain(session: Session, document: OpenDocument, finding: Finding, *, briefly: bool) -> str:
    remedy = _remedy(session, document, finding)
    return session.services.engine.explain(finding, session.workbench.places.show, remedy, briefly=briefly)


def _remedy(session: Session, document: OpenDocument, finding: Finding) -> Remedy:
    from fastidious_rules.engine.explain import Remedy  # noqa: PLC0415 - brings the guides: loaded by now

    attempts = document.attempts(finding)
    if attempts.fixes:
        best = attempts.fixes[0]
        return Remedy(best.title, difference(document.source, best.edits))
    if attempts.refusals and session.services.inference.title(finding) is None:
        return Remedy(refusal=attempts.refusals[0].reason)
    return Remedy()
