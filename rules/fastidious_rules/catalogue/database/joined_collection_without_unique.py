"""Results of joins to a collection, in which each row comes once per member."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from fastidious_rules.api import (
    Await,
    Call,
    Comprehension,
    Edit,
    Finding,
    Fix,
    For,
    Related,
    Role,
    Rule,
    Safety,
    Scope,
    Severity,
    Span,
    Stage,
    on,
    query_of,
    relationship,
    relationships,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.api import Query, Relationship, View

_FETCHING = frozenset({
    "all", "fetchall", "fetchmany", "fetchone", "one", "one_or_none", "partitions", "scalar_one", "scalar_one_or_none",
})  # fmt: skip
_CONSUMING = frozenset({"list", "tuple", "set", "sorted", "next", "iter"})
_JOINED = "joined"


class JoinedCollectionWithoutUnique(Rule):
    """Result of a query that joins a collection, read without `unique()`."""

    severity = Severity.ERROR
    message = "`{read}` raises `InvalidRequestError`: `{collection}` is joined to its rows; call `.unique()` first"
    fixable = Safety.SAFE
    roles: ClassVar[frozenset[Role]] = frozenset({Role.CODE, Role.SCRIPT})
    requires: ClassVar[dict[str, str]] = {"sqlalchemy": ">=1.4"}

    @on(Call, names=_FETCHING | _CONSUMING)
    def check_call(self, call: Call, scope: Scope) -> Iterator[Finding]:
        """Look at results that a call reads."""
        result = _result(call)
        if result is not None:
            yield from self._check(result, call, scope)

    @on(For)
    def check_loop(self, loop: For, scope: Scope) -> Iterator[Finding]:
        """Look at results that a loop reads."""
        yield from self._check(loop.iterable, loop.iterable, scope)

    @on(Comprehension)
    def check_comprehension(self, comprehension: Comprehension, scope: Scope) -> Iterator[Finding]:
        """Look at results that a comprehension reads."""
        for clause in comprehension.clauses:
            yield from self._check(clause.iterable, clause.iterable, scope)

    def _check(self, result: View, read: View, scope: Scope) -> Iterator[Finding]:
        query = query_of(scope.asker, scope.environment, result.term) if scope.function is not None else None
        if query is None or query.stage not in {Stage.ROWS, Stage.TUPLES}:
            return
        if query.is_unique or query.is_legacy or query.is_fetched or query.path:
            return
        collection = _joined_collection(query, scope)
        if collection is not None:
            yield self.finding(
                read,
                related=tuple(_related(query, collection)),
                evidence=_evidence(query, collection),
                read=f".{read.last_name}()" if isinstance(read, Call) and read.receiver else read.text.split("\n")[0],
                collection=f"{query.entity.rpartition('.')[2]}.{collection.name}",
            )

    def fixes(self, view: Call | For | Comprehension, finding: Finding, scope: Scope) -> Iterator[Fix]:
        """Yield the call of `unique()` on the result."""
        del scope
        for result in _results(view, finding):
            span = result.span
            closing = ").unique()" if isinstance(result, Await) else ".unique()"
            opening = (Edit(Span(span.start, span.start), "("),) if isinstance(result, Await) else ()
            yield Fix("Drop the rows that come twice: `unique()`", (*opening, Edit(Span(span.end, span.end), closing)))


def _result(call: Call) -> View | None:
    """Return the result that a call reads."""
    if call.receiver is not None:
        return call.receiver if call.last_name in _FETCHING else None
    return call.argument(0, "") if call.last_name in _CONSUMING else None


def _results(view: View, finding: Finding) -> Iterator[View]:
    if isinstance(view, Call):
        found = _result(view)
        if found is not None:
            yield found
    elif isinstance(view, For):
        yield view.iterable
    elif isinstance(view, Comprehension):
        yield from (each.iterable for each in view.clauses if each.iterable.span == finding.span)


def _joined_collection(query: Query, scope: Scope) -> Relationship | None:
    """Return a collection that is joined to the rows, by an option or by how it is declared."""
    for path in sorted(query.joined):
        entity = query.entity
        for name in path.split("."):
            found = relationship(scope.asker, entity, name)
            if found is None:
                break
            if found.is_collection:
                return found
            entity = found.target
    declared = scope.ask(relationships, query.entity) if query.entity and not query.has_columns else ()
    lazily = (each for each in declared if each.is_collection and each.loading == _JOINED)
    return next((each for each in lazily if not query.loads_relationship(each.name)), None)


def _related(query: Query, collection: Relationship) -> Iterator[Related]:
    yield Related(collection.place, "the collection")
    if query.origin is not None:
        yield Related(query.origin, "the query")
    for place in query.through:
        yield Related(place, "the result comes from here")


def _evidence(query: Query, collection: Relationship) -> str:
    how = 'is declared with `lazy="joined"`' if not query.joined else "is joined by an option of the query"
    entity = query.entity.rpartition(".")[2]
    return f"`{collection.name}` {how}, so each `{entity}` comes once for each of its members."
