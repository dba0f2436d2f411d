"""What the methods of statements, sessions and results make of a query."""

from __future__ import annotations

from fastidious_rules.knowledge import table
from fastidious_rules.semantics.orm.loading import joined_by, loaded_by
from fastidious_rules.semantics.orm.query import Query, Stage
from fastidious_rules.syntax.terms import Apply, Literal, Term, parts, receiver_of

_AGGREGATES = frozenset({"count", "sum", "avg", "min", "max", "array_agg", "json_agg", "exists"})


def execution_stage(method: str) -> Stage | None:
    """Return what a method of a session that runs a statement gives; None for all other methods."""
    kinds: dict[str, list[str]] = table("orm")["execution"]
    stages = {"rows": Stage.ROWS, "tuples": Stage.TUPLES, "single": Stage.ROW}
    return next((stages[kind] for kind, methods in kinds.items() if method in methods), None)


def chained(query: Query, method: str, call: Apply) -> Query | None:
    """Return what a method of a statement or of a result gives."""
    if "paginate" in method:
        return query._replace(stage=Stage.ROWS, is_bounded=True)
    return _built(query, method, call) if query.stage is Stage.STATEMENT else _fetched(query, method)


def _built(query: Query, method: str, call: Apply) -> Query | None:
    steps: dict[str, list[str]] = table("orm")["statement"]
    if method == "options":
        loads = query.loads | loaded_by(call.arguments)
        return query._replace(loads=loads, joined=query.joined | joined_by(call.arguments))
    if method in steps["passing"]:
        return query._replace(is_bounded=query.is_bounded or _is_list_given(call), steps=query.steps | {method})
    if method in steps["bounding"]:
        first = call.arguments[0] if call.arguments else None
        limit = first.text if isinstance(first, Literal) else ""
        return query._replace(is_bounded=True, limit=limit, steps=query.steps | {method})
    if method in steps["aggregating"]:
        return query._replace(is_aggregate=True, has_columns=True, steps=query.steps | {method})
    if method in steps["reshaping"]:
        return query._replace(
            has_columns=True, is_aggregate=query.is_aggregate or any(map(is_aggregate, call.arguments))
        )
    if method in steps["several"]:
        return query._replace(stage=Stage.ROWS, is_fetched=True)
    return query._replace(stage=Stage.ROW, is_bounded=True) if method in steps["single"] else None


def _fetched(query: Query, method: str) -> Query | None:
    steps: dict[str, list[str]] = table("orm")["result"]
    if query.stage is Stage.ROW:
        return None
    if method in steps["scalars"] and query.stage is Stage.TUPLES:
        return query._replace(stage=Stage.ROWS)
    if method in steps["passing"]:
        is_fetched = query.is_fetched or method in steps["fetching"]
        return query._replace(is_unique=query.is_unique or method == "unique", is_fetched=is_fetched)
    if method in steps["bounding"]:
        return query._replace(is_bounded=True, is_fetched=True)
    if method not in steps["single"]:
        return None
    is_tuple = query.stage is Stage.TUPLES and not method.startswith("scalar")
    return query._replace(stage=Stage.TUPLES if is_tuple else Stage.ROW, is_bounded=True)


def listed(query: Query | None) -> Query | None:
    """Return what `list(...)` makes of a query."""
    if query is None or query.stage is Stage.ROW:
        return None
    stage = Stage.ROWS if query.stage is Stage.STATEMENT else query.stage
    return query._replace(stage=stage, is_fetched=True)


def is_aggregate(term: Term) -> bool:
    """Tell whether something selected is computed from many rows."""
    if not isinstance(term, Apply):
        return False
    receiver, name = receiver_of(term)
    if name == "label" and receiver is not None:
        return is_aggregate(receiver)
    return name in _AGGREGATES


def _is_list_given(call: Apply) -> bool:
    """Tell whether a condition is that a column is in a list, which limits the rows to those asked for."""
    found = (part for argument in call.arguments for part in parts(argument) if isinstance(part, Apply))
    return any(receiver_of(each)[1] == "in_" and len(each.arguments) == 1 for each in found)
