"""Collections without an end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fastidious_rules.api import (
    Function,
    Literal,
    Related,
    Rule,
    Safety,
    Severity,
    annotated,
    is_collection,
    on,
    response_contract,
    takes_page,
    unbounded_rows,
)
from fastidious_rules.catalogue.database.page_parameters import paged

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.api import Finding, Fix, Query, Route, Scope

_HIDDEN = Literal("bool", "False")
_PART = "`{endpoint}` returns every `{entity}` of its parent, however many there are; let the client page through them"


@dataclass(frozen=True, slots=True)
class Options:
    """What a project calls the parameters that page."""

    names: tuple[str, ...] = ()
    """More names of parameters by which a client says which part it wants."""


class MissingPagination(Rule):
    """Endpoint that returns all rows of a query, however many there are."""

    severity = Severity.WARNING
    message = (
        "`{endpoint}` returns every `{entity}` in the database; take `limit` and `offset` and pass them to the query"
    )
    fixable = Safety.UNSAFE
    Options = Options

    @on(Function)
    def check(self, function: Function, scope: Scope) -> Iterator[Finding]:
        """Report endpoints whose collection comes from a query without a limit, and that take no page."""
        routes = [each for each in scope.routes(function) if _lists(each)] if function.decorators else []
        query = _rows(function, routes[0], scope) if routes else None
        if query is None:
            return
        is_part = _is_part_of_parent(function, routes[0])
        yield self.finding(
            function.name_view,
            severity=Severity.INFORMATION if is_part else None,
            message=_PART if is_part else "",
            related=tuple(_related(query)),
            evidence=_evidence(query),
            endpoint=function.name,
            entity=query.entity.rpartition(".")[2] or "row",
        )

    def fixes(self, view: Function, finding: Finding, scope: Scope) -> Iterator[Fix]:
        """Yield the parameters and their use, where the endpoint writes the query itself."""
        del finding
        routes = [each for each in scope.routes(view) if _lists(each)]
        query = _rows(view, routes[0], scope) if routes else None
        if query is not None and not query.through:
            yield from paged(view, query, scope)


def _lists(route: Route) -> bool:
    return "GET" in route.methods and route.argument("include_in_schema") != _HIDDEN


def _rows(function: Function, route: Route, scope: Scope) -> Query | None:
    """Return the query whose rows the endpoint returns without any bound."""
    fact = scope.fact_of(function)
    if fact is None or fact.is_generator:
        return None
    response = annotated(scope.asker, scope.module, response_contract(fact, route))
    is_untyped = not response or response.name in {"typing.Any", "builtins.object"}
    if not is_untyped and not is_collection(scope.asker, response):
        return None
    query = unbounded_rows(scope.asker, scope.inside(function), is_wrapped=not is_untyped)
    if query is None or takes_page(scope.asker, scope.module, fact, scope.options.names):
        return None
    return query


def _is_part_of_parent(function: Function, route: Route) -> bool:
    """Tell whether the collection belongs to one object that the path names."""
    named = (each for each in function.parameters if each.default is None)
    return "{" in (route.path or "") or any(each.name.endswith(("_id", "_slug")) for each in named)


def _related(query: Query) -> Iterator[Related]:
    for place in query.through:
        yield Related(place, "the rows come from here")
    if query.origin is not None:
        yield Related(query.origin, "the query, without a limit")


def _evidence(query: Query) -> str:
    entity = query.entity.rpartition(".")[2] or "row"
    if query.origin is None:
        return f"Nothing limits how many `{entity}` rows the query gives."
    return (
        f"The query at {{@{len(query.through)}}} has no limit, and the endpoint takes no parameter that could set one."
    )
