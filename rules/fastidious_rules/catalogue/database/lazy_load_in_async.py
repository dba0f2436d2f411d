"""Relationships of a single object that an async session cannot load where they are read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastidious_rules.api import (
    Attribute,
    Comprehension,
    Edit,
    Fix,
    Function,
    Related,
    Rule,
    Safety,
    Severity,
    ancestry,
    entities_held,
    on,
)
from fastidious_rules.catalogue.database.loader_options import loading, option_for
from fastidious_rules.catalogue.database.single_objects import Read, chained_reads, objects_of, unloaded_reads

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.api import Finding, Scope

_RAISES = "`{read}` raises `InvalidRequestError`: it is lazy={loading} and its query does not load it; add `{loader}`"
_WRITTEN = "assigning `{read}` loads it first: in async code this raises `MissingGreenlet`; load it with `{loader}`"
_ASYNC_ATTRIBUTES = "sqlalchemy.ext.asyncio.AsyncAttrs"


class LazyLoadInAsync(Rule):
    """Relationship of one object that is read in a coroutine, and that its query did not load."""

    severity = Severity.ERROR
    message = "`{read}` is not loaded by its query: in async code this raises `MissingGreenlet`; add `{loader}`"
    fixable = Safety.UNSAFE

    @on(Function)
    def check(self, function: Function, scope: Scope) -> Iterator[Finding]:
        """Report what a coroutine reads of the single objects that an async session gave it."""
        for read in _reads(function, scope):
            yield self._finding(read, scope)

    def _finding(self, read: Read, scope: Scope) -> Finding:
        found = read.relationship
        message = _RAISES if found.raises else _WRITTEN if read.is_written else ""
        return self.finding(
            read.view,
            severity=Severity.HINT if _may_be_known(read, scope) else Severity.ERROR,
            message=message,
            related=tuple(_related(read)),
            evidence=_evidence(read),
            read=read.text,
            loading=found.loading,
            loader=option_for(read.rows, found),
        )

    def fixes(self, view: Function, finding: Finding, scope: Scope) -> Iterator[Fix]:
        """Yield the loader option at the statement, then `awaitable_attrs` where the entity has it."""
        for read in _reads(view, scope):
            if read.view.span == finding.span and self._finding(read, scope).message == finding.message:
                yield from loading(read.rows, read.relationship, scope)
                yield from _awaited(read, scope)
                return


def _reads(function: Function, scope: Scope) -> Iterator[Read]:
    if function.is_async:
        for name, rows in objects_of(function, scope).items():
            yield from unloaded_reads(name, rows, function, scope)
        yield from chained_reads(function, scope)


def _may_be_known(read: Read, scope: Scope) -> bool:
    """Tell whether the function holds an object of the entity that a single object is read of."""
    found = read.relationship
    if found.is_collection or found.raises or found.target == read.rows.entity:
        return False
    function = read.view.enclosing_function
    return isinstance(function, Function) and found.target in entities_held(scope.asker, scope.inside(function))


def _awaited(read: Read, scope: Scope) -> Iterator[Fix]:
    """Yield the await of the attribute, at each place where it is read: which one runs first is not said by their order."""
    view = read.view
    function = view.enclosing_function
    if (
        not isinstance(view, Attribute)
        or not isinstance(function, Function)
        or read.is_written
        or read.relationship.raises
    ):
        return
    places = [each for each in function.body.find(Attribute) if each.text == view.text]
    if any(_is_in_generator(each, scope) for each in places) or _ASYNC_ATTRIBUTES not in scope.ask(
        ancestry, read.rows.entity
    ):
        return
    awaited = f"await {view.value.text}.awaitable_attrs.{read.relationship.name}"
    edits = tuple(Edit(each.span, _enclosed(awaited, each)) for each in places)
    yield Fix(f"Load it where it is read, by a query of its own: `{awaited}`", edits, (), Safety.UNSAFE)


def _is_in_generator(view: Attribute, scope: Scope) -> bool:
    """Tell whether a generator expression reads an attribute: an await in it would make it an asynchronous one."""
    loop = scope.at(view).loop
    return isinstance(loop, Comprehension) and loop.is_generator


def _enclosed(awaited: str, view: Attribute) -> str:
    following = view.unit.text[view.span.end : view.span.end + 1]
    return f"({awaited})" if following in {b".", b"[", b"("} else awaited


def _related(read: Read) -> Iterator[Related]:
    entity = read.rows.entity.rpartition(".")[2]
    if read.rows.origin is not None:
        yield Related(read.rows.origin, "the query that gives the object")
    yield Related(read.relationship.place, f"`{entity}.{read.relationship.name}` is loaded when it is read")


def _evidence(read: Read) -> str:
    """Say which query gives the object, and what happens at the read."""
    entity = read.rows.entity.rpartition(".")[2]
    query = "the query at {@0}" if read.rows.origin is not None else "a query"
    helper = f" `{read.helper}` reads it of the object that it is given." if read.helper else ""
    return (
        f"The object is a `{entity}` of {query}, which does not load `{read.relationship.name}`.{helper} "
        "An async session cannot run a query in the middle of an attribute access."
    )
