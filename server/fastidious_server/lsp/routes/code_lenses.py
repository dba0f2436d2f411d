"""Lenses above the functions of routes: the full path, the tests that call it, the findings in it."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING

from lsprotocol import types as lsp

from fastidious_server.lsp.diagnosis.findings import all_findings
from fastidious_server.lsp.routes.targets import location_of, range_of
from fastidious_server.lsp.routes.turns import in_turns

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from fastidious_rules.engine.route_sites import RouteSite
    from fastidious_rules.syntax.text import Span
    from fastidious_server.lsp.session import Session
    from fastidious_server.workspace.documents import OpenDocument

SHOW_LOCATIONS = "fastidious.showLocations"
"""Command of the client: shows locations in the way of references."""


async def code_lenses(session: Session, params: lsp.CodeLensParams) -> list[lsp.CodeLens] | None:
    """Return the lenses of a document, if the user wants any."""
    if not session.services.settings.preferences.code_lens:
        session.lenses.shown = _state(session)
        return None
    opened = session.documents.get(params.text_document.uri)
    if opened is None or opened.document is None or not session.services.engine.routes.concern(opened.document):
        return None
    await in_turns(session.services.engine.routes.prepare())
    session.lenses.shown = _state(session)
    opened = session.documents.get(params.text_document.uri)
    if opened is None:
        return None
    sites = _sites(session, opened.uri)
    if not sites:
        return None
    findings = sorted((each.span for each in all_findings(opened)), key=lambda span: span.start)
    return [lens for site in sites for lens in _lenses(session, opened, site, findings)]


def _sites(session: Session, uri: str) -> Sequence[RouteSite]:
    opened = session.documents.get(uri)
    if opened is None or opened.document is None:
        return ()
    return session.services.engine.routes.sites(opened.document)


def _lenses(
    session: Session, opened: OpenDocument, site: RouteSite, findings: Sequence[Span]
) -> Iterator[lsp.CodeLens]:
    at = range_of(session, opened, site.definition.name)
    yield lsp.CodeLens(at, _label(site.title))
    calls = session.services.engine.routes.tests(site)
    count = len(dict.fromkeys(call.test for call in calls))
    title = _count(count, "test") if count else "no tests found"
    places = (location_of(session, call.place) for call in calls)
    yield lsp.CodeLens(at, _command(session, title, opened.uri, at, places if calls else None))
    span = site.definition.span
    own = findings[bisect_left(findings, span.start, key=_start) : bisect_left(findings, span.end, key=_start)]
    if own:
        found = (lsp.Location(opened.uri, range_of(session, opened, each)) for each in own)
        yield lsp.CodeLens(at, _command(session, _count(len(own), "finding"), opened.uri, at, found))


def _start(span: Span) -> int:
    return span.start


def _command(
    session: Session, title: str, uri: str, at: lsp.Range, places: Iterator[lsp.Location] | None
) -> lsp.Command:
    """Return the command of a lens; where the client has none that shows places, the title is all there is."""
    if places is None or SHOW_LOCATIONS not in session.lenses.commands:
        return _label(title)
    return lsp.Command(title, SHOW_LOCATIONS, arguments=[uri, at.start, list(places)])


def _label(title: str) -> lsp.Command:
    """Return the command of a lens that does nothing; there are clients that read `arguments` unchecked."""
    return lsp.Command(title, "", arguments=[])


def _count(number: int, name: str) -> str:
    return f"{number} {name}{'' if number == 1 else 's'}"


def _state(session: Session) -> object:
    """Return what is no longer equal when lenses should be asked for again."""
    is_wanted = session.services.settings.preferences.code_lens
    return is_wanted, session.services.engine.routes.state() if is_wanted else None


def refresh(session: Session) -> None:
    """Have the editor ask for lenses again if what they show of routes has changed since it did."""
    if session.lenses.shown is None:
        return
    state = _state(session)
    if state != session.lenses.shown:
        session.lenses.shown = state
        session.workbench.lenses.ask()
