"""The fix that lets FastAPI run an endpoint or a dependency in a thread: `async def` becomes `def`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fastidious_rules.api import (
    Await,
    ComprehensionClause,
    Edit,
    Fix,
    For,
    Function,
    NameDeclaration,
    Safety,
    Span,
    Use,
    With,
    Yield,
    is_only_injected,
    loop_bound_parameter,
    uses_event_loop,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.api import Scope

_ASYNC = re.compile(r"async\s+")


def plain_def(function: Function, scope: Scope) -> Iterator[Fix]:
    """Yield the fix, if the function awaits nothing, is bound to no event loop and nobody but FastAPI calls it."""
    keyword = _ASYNC.match(function.text)
    if keyword is None or not _is_run_by_fastapi(function, scope) or _needs_async(function):
        return
    where = scope.inside(function)
    if loop_bound_parameter(scope.asker, where) or uses_event_loop(scope.asker, where):
        return
    if scope.ask(is_only_injected, scope.qualified(function)):
        start = function.span.start
        edit = Edit(Span(start, start + len(keyword[0])), "")
        yield Fix(f"Declare `{function.name}` with `def`: FastAPI then runs it in a thread", (edit,), (), Safety.SAFE)


def _is_run_by_fastapi(function: Function, scope: Scope) -> bool:
    """Tell whether the function is an endpoint or a dependency, and nothing else: no other decorator looks at it."""
    uses = scope.uses(function)
    if scope.class_name or not uses or not uses <= {Use.ENDPOINT, Use.DEPENDENCY}:
        return False
    routes = scope.routes(function)
    return len(routes) == len(function.decorators) and not any(route.is_websocket for route in routes)


def _needs_async(function: Function) -> bool:
    body = function.body
    if any(True for kind in (Await, Yield, NameDeclaration) for _ in body.find(kind, into_functions=True)):
        return True
    clauses = (*body.find(For), *body.find(With), *body.find(ComprehensionClause))
    return any(each.is_async for each in clauses) or any(
        each.is_async for each in body.find(Function, into_functions=True)
    )
