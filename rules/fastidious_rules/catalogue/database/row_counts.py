"""Queries that count rows, or stop at the first one, in the place of queries that load them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastidious_rules.api import Call, Edit, Fix, Safety, Span, Stage, entity_of, query_of
from fastidious_rules.catalogue.database.library_names import library_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.api import NeededImport, Query, Scope, View

_ENTITIES = frozenset({"scalars", "exec", "stream_scalars"})
_RUNNING = _ENTITIES | {"execute", "stream"}
_SIMPLE = frozenset({"where", "filter", "filter_by", "join", "outerjoin"})


def counted(fetching: Call, number: View, scope: Scope) -> Iterator[Fix]:
    """Yield the fix that lets the database count what `len(rows.all())` counts."""
    query = query_of(scope.asker, scope.environment, fetching.term)
    if query is None or not isinstance(number, Call) or number.function.text != "len":
        return
    edits = [*_without(number), Edit(_name(fetching), "count")]
    needed: tuple[NeededImport, ...] = ()
    if not query.is_legacy:
        running = _running(fetching)
        counting = _counting(running.arguments[0], query, scope) if running is not None else None
        if running is None or counting is None:
            return
        end = "one" if _gives_scalars(fetching, running) else "scalar_one"
        edits = [*_without(number), counting[0], Edit(_name(fetching), end)]
        needed = counting[1]
    title = "Let the database count the rows (it then runs another query)"
    yield Fix(title, tuple(edits), needed, Safety.UNSAFE)


def _counting(statement: View, query: Query, scope: Scope) -> tuple[Edit, tuple[NeededImport, ...]] | None:
    """Return the edit that makes a statement count its rows, and the imports that it takes."""
    function, select = (library_name(each, "sqlalchemy", scope) for each in ("func", "select"))
    if function is None or select is None:
        return None
    inner = _inner_select(statement, query, scope)
    arguments = inner.argument_list if inner is not None else None
    if inner is not None and arguments is not None:
        text = f"({function.text}.count()).select_from({inner.arguments[0].text})"
        needed = (function.needed,)
        edit = Edit(arguments.span, text)
    else:
        text = f"{select.text}({function.text}.count()).select_from({statement.text}.subquery())"
        needed = (function.needed, select.needed)
        edit = Edit(statement.span, text)
    return edit, tuple(each for each in needed if each is not None)


def tested(fetching: Call, answer: View, scope: Scope) -> Iterator[Fix]:
    """Yield the fix that stops at the first row."""
    query = query_of(scope.asker, scope.environment, fetching.term)
    running = _running(fetching)
    if query is None or (running is None and not query.is_legacy):
        return
    limited: tuple[Edit, ...] = ()
    if running is not None and not query.is_legacy:
        end = running.arguments[0].span.end
        limited = (Edit(Span(end, end), ".limit(1)"),)
    inverted = answer.cst.parent is not None and answer.cst.parent.type == "not_operator"
    edits = (*limited, Edit(_name(fetching), "first"), *_compared(answer, inverted=inverted))
    yield Fix("Stop at the first row (the query then has a limit)", edits, (), Safety.UNSAFE)


def _compared(answer: View, *, inverted: bool) -> Iterator[Edit]:
    """Yield the edits that compare the first row with `None`, in the place of `not` and of `bool(...)`."""
    end = answer.span.end
    if isinstance(answer, Call) and answer.function.text == "bool":
        first, last = _without(answer)
        yield first
        yield Edit(last.span, " is not None")
        return
    if inverted:
        node = answer.cst.parent
        start = (node.start_byte if node is not None else 0) - answer.unit.start
        yield Edit(Span(start, answer.span.start), "")
    yield Edit(Span(end, end), " is None" if inverted else " is not None")


def _without(call: Call) -> tuple[Edit, Edit]:
    """Return the edits that leave of a call its argument."""
    inner = call.all_arguments[0].span
    return Edit(Span(call.span.start, inner.start), ""), Edit(Span(inner.end, call.span.end), "")


def _name(call: Call) -> Span:
    end = call.function.span.end
    return Span(end - len(call.last_name), end)


def _running(fetching: Call) -> Call | None:
    """Return the call that runs the statement, if rows are fetched from it on the spot."""
    inner = fetching.receiver
    while inner is not None:
        if isinstance(inner, Call):
            if inner.last_name in _RUNNING and inner.arguments:
                return inner
            inner = inner.receiver
        else:
            inner = next(inner.children(), None)
    return None


def _gives_scalars(fetching: Call, running: Call) -> bool:
    if running.last_name in _ENTITIES:
        return True
    receiver = fetching.receiver
    return isinstance(receiver, Call) and receiver.last_name == "scalars"


def _inner_select(statement: View, query: Query, scope: Scope) -> Call | None:
    """Return the `select(Entity)` that a statement starts with, if what follows can stay as it is."""
    inner: View | None = statement
    while isinstance(inner, Call) and inner.receiver is not None and inner.last_name in _SIMPLE:
        inner = inner.receiver
    if not isinstance(inner, Call) or inner.last_name != "select" or len(inner.all_arguments) != 1:
        return None
    known = query_of(scope.asker, scope.environment, inner.term)
    is_entity = entity_of(scope.asker, scope.environment, inner.arguments[0].term) if inner.arguments else ""
    is_whole = known is not None and known.stage is Stage.STATEMENT and not query.has_columns
    return inner if is_entity and is_whole else None
