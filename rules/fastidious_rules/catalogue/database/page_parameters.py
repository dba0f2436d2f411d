"""Parameters that page, and their use in the query of an endpoint."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastidious_rules.api import Call, Edit, Fix, NeededImport, Parameter, Safety, Span, Stage, query_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.api import Function, Query, Scope, View

_PARAMETERS = (
    "limit: Annotated[int, Query(ge=1, le=100)] = 50",
    "offset: Annotated[int, Query(ge=0)] = 0",
)
_WIDTH = 100
_PAGE = ".offset(offset).limit(limit)"
_RUNNING = frozenset({"scalars", "execute", "exec", "stream", "stream_scalars"})
_TITLE = "Take `limit` and `offset`: clients get 50 rows at a time"


def paged(function: Function, query: Query, scope: Scope) -> Iterator[Fix]:
    """Yield the fix that adds `limit` and `offset` to an endpoint and to its query."""
    place = _end_of_statement(function, query, scope)
    parameters = _added(function)
    known = scope.resolve_in_module("Query")
    taken = scope.fact_of(function)
    if place is None or parameters is None or known not in {"", "fastapi.Query"}:
        return
    if taken is None or not {"limit", "offset"}.isdisjoint(taken.local):
        return
    edits = (parameters, Edit(Span(place, place), _PAGE))
    yield Fix(_TITLE, edits, (NeededImport("typing", "Annotated"), NeededImport("fastapi", "Query")), Safety.UNSAFE)


def _end_of_statement(function: Function, query: Query, scope: Scope) -> int | None:
    """Return where the statement ends that is run: in `session.scalars(statement)`, or before `.all()`."""
    for call in function.body.find(Call):
        for statement in _statements(call):
            found = query_of(scope.asker, scope.inside(function), statement.term)
            if found is not None and found.stage is Stage.STATEMENT and found.origin == query.origin:
                return statement.span.end
    return None


def _statements(call: Call) -> Iterator[View]:
    if call.last_name in _RUNNING and call.arguments:
        yield call.arguments[0]
    elif call.last_name == "all" and call.receiver is not None:
        yield call.receiver


def _added(function: Function) -> Edit | None:
    """Return the edit that adds the parameters behind all others."""
    parameters = function.parameters
    listing = function.parameter_list
    if parameters and (parameters[-1].stars or parameters[-1].is_marker):
        return None
    if listing.row == listing.end_row and "#" not in listing.text:
        return Edit(listing.span, _rewritten(function, [*(each.text for each in parameters), *_PARAMETERS]))
    last = parameters[-1].span.end if parameters else listing.span.start + 1
    separator = _separator(function, parameters)
    return Edit(Span(last, last), "".join(f",{separator}{each}" for each in _PARAMETERS))


def _rewritten(function: Function, parameters: list[str]) -> str:
    """Return the parentheses with parameters, each on its own line if they do not fit on one."""
    line = f"({', '.join(parameters)})"
    end = function.body.statements[0].column if function.body.row == function.row else 0
    head = function.parameter_list.column + (len(function.returns.text) + 5 if function.returns is not None else 1)
    if head + len(line) + end <= _WIDTH:
        return line
    newline = "\r\n" if "\r\n" in function.text else "\n"
    lines = [f"{function.indent}{function.indent_step}{each}," for each in parameters]
    return newline.join(["(", *lines, f"{function.indent})"])


def _separator(function: Function, parameters: list[Parameter]) -> str:
    """Return what stands between parameters: a space, or a line end where each has its own line."""
    if len(parameters) > 1 and parameters[0].row == parameters[-1].row:
        return " "
    newline = "\r\n" if "\r\n" in function.text else "\n"
    return newline + parameters[-1].indent if parameters else " "
