"""Ways between routes and the tests that call them: definition and references."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastidious_server.lsp.routes.targets import location_of, target_of
from fastidious_server.lsp.routes.turns import in_turns

if TYPE_CHECKING:
    from lsprotocol import types as lsp

    from fastidious_server.lsp.session import Session


async def definition(session: Session, params: lsp.DefinitionParams) -> list[lsp.Location] | None:
    """Lead from a request of a test to the function that answers it; nothing else is ours to know."""
    target = target_of(session, params)
    if target is None:
        return None
    routes = session.services.engine.routes
    if not routes.may_call(target.document, target.offset):
        return None
    await in_turns(routes.prepare())
    aimed = routes.called_at(target.document, target.offset)
    places = dict.fromkeys(routes.place(route) for each in aimed for route in each.routes)
    return [location_of(session, place) for place in places] or None


async def references(session: Session, params: lsp.ReferenceParams) -> list[lsp.Location] | None:
    """Lead from a route to the requests of tests that it takes."""
    target = target_of(session, params)
    if target is None:
        return None
    routes = session.services.engine.routes
    if not routes.may_be_at(target.document, target.offset):
        return None
    await in_turns(routes.prepare())
    sites = [site for site in routes.sites(target.document) if site.is_named_at(target.offset)]
    calls = dict.fromkeys(call.place for site in sites for call in routes.tests(site))
    declared = dict.fromkeys(routes.place(site.routes[0]) for site in sites)
    places = [*(declared if params.context.include_declaration else ()), *calls]
    return [location_of(session, place) for place in places] or None
