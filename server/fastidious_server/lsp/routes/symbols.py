"""Symbols: routes by method and path.

The outline of a document holds what FastAPI, the database or Pydantic sees in it, under the names that matter there, and
what stands around that. Everything else is in the outline of the type checker already, and would stand there twice.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
from typing import TYPE_CHECKING

from lsprotocol import types as lsp

from fastidious_server.lsp.routes.targets import location_of, range_of
from fastidious_server.lsp.routes.turns import in_turns

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from fastidious_rules.engine.route_sites import OutlineItem
    from fastidious_rules.semantics.web.route_list import KnownRoute
    from fastidious_server.lsp.session import Session
    from fastidious_server.workspace.documents import OpenDocument

_MOST = 500
_SECONDS_TO_INDEX = 10.0
_WORD = re.compile(r"\w+")
_ROUTE = lsp.SymbolKind.Interface
_KINDS = {
    "route": _ROUTE,
    "dependency": lsp.SymbolKind.Function,
    "middleware": lsp.SymbolKind.Function,
    "exception handler": lsp.SymbolKind.Event,
    "lifespan": lsp.SymbolKind.Event,
    "table": lsp.SymbolKind.Struct,
    "model": lsp.SymbolKind.Class,
}
"""By role. The engine, which knows the roles, is not imported before it is needed."""


async def document_symbols(
    session: Session, params: lsp.DocumentSymbolParams
) -> list[lsp.DocumentSymbol] | list[lsp.SymbolInformation] | None:
    """Return what of a document has a role, nested if the client can show that."""
    routes, uri = session.services.engine.routes, params.text_document.uri
    asked = session.documents.get(uri)
    if asked is not None and asked.document is not None and routes.concern(asked.document):
        await _whole_project(session)
        await in_turns(routes.prepare())
    opened = session.documents.get(uri)  # it may have been closed meanwhile
    if opened is None or opened.document is None:
        return None
    items = routes.outline(opened.document)
    if session.support.nested_symbols:
        return [_nested(session, opened, item) for item in items] or None
    return list(_flat(session, opened, items, None)) or None


async def _whole_project(session: Session) -> None:
    """Wait for the index, but not for ever: a client asks again after the next edit only, and shows half of a path until then."""
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(session.indexed.wait(), _SECONDS_TO_INDEX)


def _nested(session: Session, opened: OpenDocument, item: OutlineItem) -> lsp.DocumentSymbol:
    return lsp.DocumentSymbol(
        name=item.title,
        detail=item.detail or None,
        kind=_kind(item),
        range=range_of(session, opened, item.definition.span),
        selection_range=range_of(session, opened, item.definition.name),
        children=[_nested(session, opened, inner) for inner in item.inner],
    )


def _flat(
    session: Session, opened: OpenDocument, items: Sequence[OutlineItem], around: str | None
) -> Iterator[lsp.SymbolInformation]:
    for item in items:
        where = lsp.Location(opened.uri, range_of(session, opened, item.definition.span))
        yield lsp.SymbolInformation(where, item.title, _kind(item), container_name=around)
        yield from _flat(session, opened, item.inner, item.title)


def _kind(item: OutlineItem) -> lsp.SymbolKind:
    around = lsp.SymbolKind.Class if item.definition.is_class else lsp.SymbolKind.Function
    return _KINDS.get(item.role.value, around)


async def workspace_symbols(session: Session, params: lsp.WorkspaceSymbolParams) -> list[lsp.SymbolInformation] | None:
    """Return the routes of the workspace that a query speaks of: each of its words stands in the method, path or function."""
    words = _WORD.findall(params.query.lower())
    routes = session.services.engine.routes
    await in_turns(routes.prepare())
    found: dict[tuple[str, object], KnownRoute] = {}
    for route in routes.everywhere():
        if _is_meant(words, f"{route.title} {_function(route)}".lower()):
            found.setdefault((route.title, route.entry.place), route)
    chosen = list(found.values())[:_MOST]
    return [
        lsp.SymbolInformation(
            location_of(session, routes.place(route)), route.title, _ROUTE, container_name=_function(route)
        )
        for route in chosen
    ] or None


def _function(route: KnownRoute) -> str:
    return getattr(route.entry, "handler", "") or f"{route.module}.{getattr(route.entry, 'symbol', '')}".rstrip(".")


def _is_meant(words: Sequence[str], text: str) -> bool:
    """Tell whether the letters of each word stand in the text in order, close to one another: `bks` means `books`."""
    return all(word in text or re.search(_loosely(word), text) is not None for word in words)


def _loosely(word: str) -> str:
    return r"\w?\w?".join(map(re.escape, word))
