"""An order for the rows of a page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastidious_rules.api import Call, Edit, Fix, Safety, Span, is_sql_model, key_columns
from fastidious_rules.catalogue.database.library_names import library_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.api import NeededImport, Query, Scope, View


def ordered(paging: Call, query: Query, scope: Scope) -> Iterator[Fix]:
    """Yield the fix that orders by the primary key, in front of the call that cuts the page."""
    columns = scope.ask(key_columns, query.entity) if query.entity else ()
    entity = query.entity.rpartition(".")[2]
    if not columns or paging.receiver is None or (query.has_columns and "distinct" in query.steps):
        return
    if scope.resolve_in_module(entity) != query.entity:
        return
    names = [f"{entity}.{each}" for each in columns]
    needed: tuple[NeededImport, ...] = ()
    if is_sql_model(scope.asker, query.entity):
        found = library_name("col", "sqlmodel", scope)
        if found is None:
            return
        names = [f"{found.text}({each})" for each in names]
        needed = (found.needed,) if found.needed is not None else ()
    text = f".order_by({', '.join(names)})"
    title = f"Order the rows by their primary key: `{text}` (the database then sorts)"
    yield Fix(title, (_in_line(paging, paging.receiver, text),), needed, Safety.UNSAFE)


def _in_line(paging: Call, receiver: View, text: str) -> Edit:
    """Return the edit that puts the call in front of the one that cuts the page: on a line of its own if that has one."""
    between = paging.function.text.encode("utf-8", "surrogatepass")[receiver.span.end - receiver.span.start :]
    before = between[: between.rindex(b".")]
    at = receiver.span.end + len(before)
    _, newline, indentation = before.rpartition(b"\n")
    return Edit(Span(at, at), f"{text}\n{indentation.decode()}" if newline else text)
