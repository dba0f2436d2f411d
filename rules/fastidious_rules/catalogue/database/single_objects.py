"""Objects that an async session gave a function, and what the function has loaded of them since."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from fastidious_rules.api import (
    Apply,
    Assignment,
    Attribute,
    Call,
    Literal,
    Parenthesized,
    Ref,
    Stage,
    callee_of,
    dotted,
    injected_rows,
    parts,
    position_of,
    query_of,
    reads_of,
    refreshes,
    relationship,
    relationships,
    signature,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from fastidious_rules.api import Function, Query, Relationship, Scope, View

_CHAINED = re.compile(rb"\)\s*\.\s*\w+\b(?!\s*\()")
_BOUND = frozenset({"for", "with", ":"})
_SESSION_METHODS = frozenset({"add", "delete", "expunge", "flush", "merge", "commit", "refresh", "expire"})


class Read(NamedTuple):
    """A relationship that is read of a single object, where nothing has loaded it."""

    view: View
    text: str
    rows: Query
    relationship: Relationship
    helper: str = ""
    is_written: bool = False


def objects_of(function: Function, scope: Scope) -> dict[str, Query]:
    """Return the names that hold one object of an async session each, and the query that it comes from."""
    fact, where = scope.fact_of(function), scope.inside(function)
    if fact is None or (not any(call.awaited for call in fact.calls) and not fact.parameters):
        return {}
    found = {each.name: injected_rows(scope.asker, scope.module, each) for each in fact.parameters if each.annotation}
    for name, terms in fact.local.items():
        if not any(isinstance(each, Apply) and dotted(each.function) in _BOUND for each in terms):
            found[name] = query_of(scope.asker, where, Ref(name))
    return {name: query for name, query in found.items() if query is not None and _is_object(query)}


def _is_object(query: Query) -> bool:
    is_known = query.origin is not None or bool(query.through)
    return query.stage is Stage.ROW and query.is_async and not query.has_columns and bool(query.entity) and is_known


def unloaded_reads(name: str, rows: Query, function: Function, scope: Scope) -> Iterator[Read]:
    """Yield what is read of an object, each relationship at its first place, if nothing before has loaded it."""
    found: dict[str, Read] = {}
    for read in (*_direct(name, rows, function, scope), *_through_functions(name, rows, function, scope)):
        known = found.get(read.text)
        if known is None or read.view.span.start < known.view.span.start:
            found[read.text] = read
    loaded = _Loaded(name, rows, function, scope) if found else None
    yield from (each for each in found.values() if loaded is not None and not loaded.before(each))


def chained_reads(function: Function, scope: Scope) -> Iterator[Read]:
    """Yield what is read of an object that has no name: `(await session.get_one(Order, 1)).lines`."""
    if not _CHAINED.search(function.unit.text, function.span.start, function.span.end):
        return
    for attribute in function.body.find(Attribute):
        value, around = attribute.value, attribute.parent
        is_called = isinstance(around, Call) and around.function == attribute
        if is_called or not isinstance(value, Call | Parenthesized):
            continue
        rows = query_of(scope.asker, scope.inside(function), value.term)
        read = _last_step(rows, [attribute.name.text], attribute, scope) if rows and _is_object(rows) else None
        if read is not None:
            entity = read.rows.entity.rpartition(".")[2]
            yield read._replace(text=f"{entity}.{read.relationship.name}")


def _direct(name: str, rows: Query, function: Function, scope: Scope) -> Iterator[Read]:
    text = function.unit.text[function.span.start : function.span.end]
    known = scope.ask(relationships, rows.entity)
    if not any(f"{name}.{each.name}".encode() in text for each in known):
        return
    for attribute in function.body.find(Attribute):
        first, *steps = attribute.text.split(".")
        if first != name or not all(each.isidentifier() for each in steps):
            continue
        read = _last_step(rows, steps, attribute, scope)
        is_written = _is_target(attribute)
        if read is not None and (not is_written or read.relationship.is_collection):
            yield read._replace(text=attribute.text, is_written=is_written)


def _through_functions(name: str, rows: Query, function: Function, scope: Scope) -> Iterator[Read]:
    """Yield what functions of the project read of the object that they are given."""
    for call in function.body.find(Call):
        term = call.term
        passed = position_of(term, name) if isinstance(term, Apply) else ""
        callee = scope.at(call).resolve(call) if passed else ""
        for each in scope.ask(reads_of, callee, passed) if callee and not scope.ask(refreshes, callee) else ():
            read = _last_step(rows, each.split(".")[:1], call, scope)
            if read is not None:
                yield read._replace(text=f"{name}.{read.relationship.name}", helper=call.last_name)


def _last_step(rows: Query, steps: list[str], view: View, scope: Scope) -> Read | None:
    for step in steps[:-1]:
        found = relationship(scope.asker, rows.entity, step)
        if found is None or found.is_collection:
            return None
        rows = rows.follow(found)
    found = relationship(scope.asker, rows.entity, steps[-1]) if steps else None
    if found is None or not (found.is_lazy or found.raises) or rows.loads_relationship(found.name):
        return None
    return Read(view, "", rows, found)


def _is_target(attribute: Attribute) -> bool:
    around = attribute.parent
    return isinstance(around, Assignment) and around.target == attribute


class _Loaded:
    """What a function has done to have relationships of an object loaded, and where."""

    __slots__ = ("_function", "_name", "_places", "_scope")

    def __init__(self, name: str, rows: Query, function: Function, scope: Scope) -> None:
        self._name = name
        self._function = function
        self._scope = scope
        self._places = [*self._by_calls(rows), *self._by_attributes()]

    def before(self, read: Read) -> bool:
        """Tell whether a relationship is loaded when it is read; `*` stands for any."""
        path = read.text.removeprefix(f"{self._name}.")
        return any(start < read.view.span.start and name in {"*", path} for start, name in self._places)

    def _by_attributes(self) -> Iterator[tuple[int, str]]:
        """Yield relationships that are assigned, or awaited by `awaitable_attrs`."""
        for attribute in self._function.body.find(Attribute):
            if not attribute.text.startswith(f"{self._name}."):
                continue
            path = attribute.text.removeprefix(f"{self._name}.")
            if path.startswith("awaitable_attrs."):
                yield attribute.span.start, path.removeprefix("awaitable_attrs.")
            elif _is_target(attribute):
                yield attribute.span.start, path

    def _by_calls(self, rows: Query) -> Iterator[tuple[int, str]]:
        for call in self._function.body.find(Call):
            term = call.term
            if isinstance(term, Apply) and (call.is_awaited or call.last_name == "refresh"):
                yield from ((call.span.start, each) for each in self._loaded_by(call, term, rows))

    def _loaded_by(self, call: Call, term: Apply, rows: Query) -> Iterable[str]:
        """Return what an awaited call loads of the object: a coroutine that is given it and is not known may load all."""
        scope = self._scope
        where = scope.inside(self._function)
        if call.last_name == "refresh" and Ref(self._name) in term.arguments:
            return _named(term)
        if position_of(term, self._name) and call.last_name not in _SESSION_METHODS:
            callee = callee_of(scope.asker, where, term)
            is_known = scope.ask(signature, callee) is not None and not scope.ask(refreshes, callee)
            return () if is_known else ("*",)
        query = query_of(scope.asker, where, term)
        is_same = query is not None and query.entity == rows.entity and query.origin != rows.origin
        return query.loads if query is not None and is_same else ()


def _named(term: Apply) -> Iterator[str]:
    """Yield the attributes that `session.refresh` names."""
    given = term.keyword("attribute_names") or (term.arguments[1] if len(term.arguments) > 1 else None)
    if given is not None:
        texts = [part.text for part in parts(given) if isinstance(part, Literal) and part.kind == "str"]
        yield from texts or ["*"]
