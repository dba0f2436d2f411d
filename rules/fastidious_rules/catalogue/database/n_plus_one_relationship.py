"""Relationships that are loaded row by row."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fastidious_rules.api import (
    FOR,
    Apply,
    Assignment,
    Attribute,
    AugmentedAssignment,
    Call,
    Comprehension,
    For,
    Name,
    Query,
    Related,
    Role,
    Rule,
    Safety,
    Severity,
    Stage,
    entities_held,
    on,
    position_of,
    query_of,
    reads_of,
    relationship,
    standing_for,
)
from fastidious_rules.catalogue.database.loader_options import loading, option_for

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.api import Finding, Fix, Relationship, Scope, View

_ASYNC = "`{read}` is not loaded by its query: in async code this raises `MissingGreenlet`; add `{loader}`"
_RAISES = "`{read}` raises `InvalidRequestError`: it is lazy={loading} and its query does not load it; add `{loader}`"


class _Read(NamedTuple):
    """A relationship read in a loop: where, what is written there, and the rows that it is read from."""

    view: View
    text: str
    rows: Query
    relationship: Relationship
    helper: str = ""
    is_known_before: bool = False
    """Whether the session has seen objects of that sort already: the read may find one without a query."""
    wanted: tuple[Query, Relationship] | None = None
    """The last relationship of the path that is read, where that goes on."""


class NPlusOneRelationship(Rule):
    """Relationship that is read in a loop over rows, and that their query does not load."""

    severity = Severity.WARNING
    message = "`{read}` runs one query for each `{row}`; load it with the rows: `{loader}`"
    fixable = Safety.UNSAFE
    roles = frozenset({Role.CODE, Role.SCRIPT})

    @on(For)
    def check_loop(self, loop: For, scope: Scope) -> Iterator[Finding]:
        """Report what the body of a loop reads of its row."""
        for read in _reads_in_loop(loop, scope):
            yield self._finding(read, scope)

    @on(Comprehension)
    def check_comprehension(self, comprehension: Comprehension, scope: Scope) -> Iterator[Finding]:
        """Report what a comprehension reads of its row."""
        for read in _reads_in_comprehension(comprehension, scope):
            yield self._finding(read, scope)

    def _finding(self, read: _Read, scope: Scope) -> Finding:
        found, is_async = read.relationship, read.rows.is_async
        severity = Severity.ERROR if is_async or found.raises else Severity.WARNING
        return self.finding(
            read.view,
            severity=Severity.HINT if scope.role is Role.SCRIPT or read.is_known_before else severity,
            message=_RAISES if found.raises else _ASYNC if is_async else "",
            related=tuple(_related(read)),
            evidence=_evidence(read),
            read=read.text,
            row=read.rows.entity.rpartition(".")[2],
            loading=found.loading,
            loader=option_for(read.rows, found),
        )

    def fixes(self, view: For | Comprehension, finding: Finding, scope: Scope) -> Iterator[Fix]:
        """Yield the loader option, at the statement that the rows come from."""
        reads = _reads_in_loop(view, scope) if isinstance(view, For) else _reads_in_comprehension(view, scope)
        for read in reads:
            if read.view.span == finding.span and self._finding(read, scope).message == finding.message:
                yield from loading(*(read.wanted or (read.rows, read.relationship)), scope)
                return


def _reads_in_loop(loop: For, scope: Scope) -> Iterator[_Read]:
    if isinstance(loop.target, Name) and scope.function is not None:
        rows = _rows(loop.iterable, scope)
        if rows is not None:
            yield from _reads(loop.target.text, rows, loop.body, scope)


def _reads_in_comprehension(comprehension: Comprehension, scope: Scope) -> Iterator[_Read]:
    for clause in comprehension.clauses if scope.function is not None else ():
        rows = _rows(clause.iterable, scope) if isinstance(clause.target, Name) else None
        if rows is not None:
            yield from _reads(clause.target.text, rows, comprehension, scope)


def _rows(iterable: View, scope: Scope) -> Query | None:
    """Return what a loop gives each round, if that is an entity out of several."""
    rows = query_of(scope.asker, scope.environment, standing_for(FOR, iterable.term))
    if rows is None or rows.stage is not Stage.ROW or rows.has_columns or not rows.entity or rows.limit == "1":
        return None
    return rows if rows.origin is not None or rows.through else None


class _Body(NamedTuple):
    """What runs for each row, and what the row is called in it."""

    name: str
    rows: Query
    view: View
    scope: Scope


def _reads(name: str, rows: Query, view: View, scope: Scope) -> Iterator[_Read]:
    """Yield each lazy relationship that is read of the row called `name`, once."""
    body = _Body(name, rows, view, scope)
    found: dict[str, _Read] = {}
    for read in (*_direct(body), *_through_functions(body)):
        known = found.setdefault(read.text, read)
        if known.wanted and read.wanted and len(read.wanted[0].path) > len(known.wanted[0].path):
            found[read.text] = known._replace(wanted=read.wanted)
    yield from found.values()


def _direct(body: _Body) -> Iterator[_Read]:
    for attribute in body.view.find(Attribute):
        name, *steps = attribute.text.split(".")
        if name == body.name and not _is_written(attribute):
            read = _last_step(body, steps, attribute)
            if read is not None:
                yield read


def _through_functions(body: _Body) -> Iterator[_Read]:
    """Yield what functions read that are given the row."""
    for call in body.view.find(Call):
        term = call.term
        passed = position_of(term, body.name) if isinstance(term, Apply) else ""
        callee = body.scope.at(call).resolve(call) if passed else ""
        for each in body.scope.ask(reads_of, callee, passed) if callee else ():
            steps = each.split(".")
            found = (_last_step(body, steps[:size], call) for size in range(1, len(steps) + 1))
            reads = [read for read in found if read is not None]
            if reads:
                yield reads[0]._replace(helper=call.last_name, wanted=(reads[-1].rows, reads[-1].relationship))


def _last_step(body: _Body, steps: list[str], view: View) -> _Read | None:
    """Return the reading of the last relationship of a path, if it runs a query of its own."""
    asker, rows = body.scope.asker, body.rows
    for step in steps[:-1]:
        found = relationship(asker, rows.entity, step)
        if found is None or found.is_collection:
            return None
        rows = rows.follow(found)
    found = relationship(asker, rows.entity, steps[-1])
    if found is None or not (found.is_lazy or found.raises) or rows.loads_relationship(found.name):
        return None
    if _is_at_hand(rows, found):
        return None
    text = ".".join([body.name, *steps])
    return _Read(
        view, text, rows, found, is_known_before=not rows.is_async and _is_known_before(rows, found, body.scope)
    )


def _is_known_before(rows: Query, found: Relationship, scope: Scope) -> bool:
    """Tell whether the function holds objects of the entity that a single object is read of."""
    steps = (relationship(scope.asker, entity, name) for entity, name in rows.path)
    targets = {each.target for each in (*steps, found) if each is not None and not each.is_collection}
    return not targets.isdisjoint(entities_held(scope.asker, scope.environment))


def _is_at_hand(rows: Query, found: Relationship) -> bool:
    """Tell whether the row on the other side is in the session anyway: it is the one that the loop came from."""
    return not found.is_collection and found.target in {entity for entity, _ in rows.path}


def _is_written(attribute: Attribute) -> bool:
    """Tell whether an attribute is assigned to, not read."""
    around = attribute.parent
    return isinstance(around, Assignment | AugmentedAssignment) and around.target == attribute


def _related(read: _Read) -> Iterator[Related]:
    entity = read.rows.entity.rpartition(".")[2]
    if read.rows.origin is not None:
        yield Related(read.rows.origin, "the query that gives the rows")
    yield Related(read.relationship.place, f"`{entity}.{read.relationship.name}` is loaded when it is read")


def _evidence(read: _Read) -> str:
    """Say which query gives the rows, and what happens for each."""
    entity = read.rows.entity.rpartition(".")[2]
    query = "the query at {@0}" if read.rows.origin is not None else "the query"
    helper = f" `{read.helper}` reads it of the row that it is given." if read.helper else ""
    cost = (
        "An async session cannot load it at that point."
        if read.rows.is_async
        else "For N rows that makes 1 + N queries."
    )
    return f"The rows are `{entity}` objects of {query}, which does not load `{read.relationship.name}`.{helper} {cost}"
