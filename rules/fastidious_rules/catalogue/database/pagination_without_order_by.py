"""Pages of rows that come in no particular order."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from fastidious_rules.api import (
    Call,
    Comparison,
    Finding,
    Fix,
    Literal,
    Ref,
    Related,
    Role,
    Rule,
    Safety,
    Scope,
    Severity,
    Span,
    Stage,
    column_of,
    default_order,
    key_columns,
    on,
    parts,
    query_of,
)
from fastidious_rules.catalogue.database.page_order import ordered

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.api import Function, Query, View

_FIRST = "`.{method}()` of rows without an order: which {rows} it takes is left to chance; add `.order_by({key})`"
_PAGING = frozenset({"limit", "offset", "slice", "fetch"})
_SKIPPING = frozenset({"offset", "slice"})
_RUNNING = frozenset({"scalars", "execute", "exec", "stream", "stream_scalars", "all"})
_UNORDERED = frozenset({"with_for_update", "group_by"})
_BATCHES = ("batch", "chunk")
_ORDERING = frozenset({"<", "<=", ">", ">="})


class PaginationWithoutOrderBy(Rule):
    """Query that takes one page of its rows and does not say in which order they come."""

    severity = Severity.WARNING
    message = (
        "`.{method}()` of rows without an order: pages repeat some {rows} and leave others out; add `.order_by({key})`"
    )
    fixable = Safety.UNSAFE
    roles: ClassVar[frozenset[Role]] = frozenset({Role.CODE, Role.SCRIPT})

    @on(Call, names=_RUNNING)
    def check(self, call: Call, scope: Scope) -> Iterator[Finding]:
        """Look at statements where they are run."""
        statement = _statement(call)
        function = scope.function
        if statement is None or function is None or not _may_page(function):
            return
        query = query_of(scope.asker, scope.environment, statement.term)
        if query is None or not _is_page(query, scope):
            return
        paging = _paging_call(function, query, scope)
        if paging is None or _is_keyset(function, query, scope):
            return
        yield self.finding(
            _name_of(paging),
            message="" if query.steps & _SKIPPING else _FIRST,
            related=tuple(_related(query)),
            evidence="A database gives rows in the order that suits its plan: after an update, or under load, in another.",
            method=paging.last_name,
            rows=f"`{query.entity.rpartition('.')[2]}` rows" if query.entity else "rows",
            key=_key(query, scope),
        )

    def fixes(self, view: Call, finding: Finding, scope: Scope) -> Iterator[Fix]:
        """Yield the order by the primary key, in front of what cuts the page."""
        del finding
        statement, function = _statement(view), scope.function
        query = query_of(scope.asker, scope.environment, statement.term) if statement is not None else None
        paging = _paging_call(function, query, scope) if function is not None and query is not None else None
        if query is not None and paging is not None:
            yield from ordered(paging, query, scope)


def _statement(call: Call) -> View | None:
    """Return what a call runs as a statement: its argument, or what a legacy query is read from."""
    return call.receiver if call.last_name == "all" else call.argument(0, "statement")


def _may_page(function: Function) -> bool:
    return any(f".{each}(" in function.text for each in _PAGING)


def _is_page(query: Query, scope: Scope) -> bool:
    """Tell whether a statement gives a part of its rows, in no order."""
    if query.stage is not Stage.STATEMENT or query.is_ordered or query.limit == "1":
        return False
    if not query.steps & _PAGING or query.steps & _UNORDERED or query.is_aggregate:
        return False
    return not (query.entity and scope.ask(default_order, query.entity))


def _paging_call(function: Function, query: Query, scope: Scope) -> Call | None:
    """Return the call of the function that cuts the page, if that skips rows or takes as many as a client says."""
    found = [
        each
        for each in function.body.find(Call)
        if each.last_name in _PAGING and each.receiver is not None and _is_of(each, query, scope)
    ]
    found.sort(key=lambda each: each.span.end)
    is_page = any(each.last_name in _SKIPPING for each in found)
    return found[0] if is_page or (any(_is_chosen(each, scope) for each in found) and scope.routes(function)) else None


def _is_of(call: Call, query: Query, scope: Scope) -> bool:
    receiver = call.receiver
    known = query_of(scope.asker, scope.environment, receiver.term) if receiver is not None else None
    return known is not None and known.stage is Stage.STATEMENT and known.origin == query.origin


def _is_chosen(call: Call, scope: Scope) -> bool:
    """Tell whether a parameter says how many rows are taken."""
    fact = scope.environment.function
    parameters = {each.name for each in fact.parameters} if fact is not None else set[str]()
    names = [part.dotted for each in call.arguments for part in parts(each.term) if isinstance(part, Ref)]
    chosen = [each for each in names if each.partition(".")[0] in parameters - {"self", "cls"}]
    return bool(chosen) and not any(word in each.lower() for each in chosen for word in _BATCHES)


def _is_keyset(function: Function, query: Query, scope: Scope) -> bool:
    """Tell whether the rows of a page are those behind a key: then the order is a matter of that condition."""
    if query.steps & _SKIPPING or not query.steps & {"where", "filter"}:
        return False
    return any(
        column_of(scope.asker, scope.environment, comparison.operands[0].term) is not None
        for comparison in function.body.find(Comparison)
        if set(comparison.operators) <= _ORDERING and not isinstance(comparison.operands[-1].term, Literal)
    )


def _name_of(call: Call) -> Span:
    """Return where the name of a method stands."""
    end = call.function.span.end
    return Span(end - len(call.last_name), end)


def _related(query: Query) -> Iterator[Related]:
    for place in query.through:
        yield Related(place, "the statement comes from here")
    if query.origin is not None:
        yield Related(query.origin, "the statement, without an order")


def _key(query: Query, scope: Scope) -> str:
    entity = query.entity.rpartition(".")[2]
    known = scope.ask(key_columns, query.entity) if entity else ()
    return f"{entity}.{known[0]}" if known else "..."
