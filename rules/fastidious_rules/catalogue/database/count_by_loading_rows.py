"""Rows that are loaded to be counted, or to see whether there are any."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, NamedTuple

from fastidious_rules.api import (
    Assert,
    Assignment,
    BooleanOperation,
    Call,
    Conditional,
    ElseIf,
    Finding,
    Fix,
    Function,
    If,
    Name,
    Not,
    Related,
    Role,
    Rule,
    Safety,
    Scope,
    Severity,
    Stage,
    View,
    While,
    on,
    query_of,
)
from fastidious_rules.catalogue.database.row_counts import counted, tested

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.api import Query

_FETCHING = frozenset({"all", "fetchall"})
_TESTED = (
    "every `{entity}` that matches is loaded to see whether there is one; ask for the first: `.limit(1)` and `.first()`"
)


class RowUse(NamedTuple):
    """What is done with the rows: `is_counted`, or only tested for there being any."""

    is_counted: bool
    view: View
    """What stands for the number, or for the answer: `len(...)`, what a condition tests."""


class CountByLoadingRows(Rule):
    """Rows that are loaded only to be counted, or to see whether there are any."""

    severity = Severity.INFORMATION
    card_severity = Severity.WARNING
    message = "every `{entity}` that matches is loaded to be counted; let the database count: `select(func.count())`"
    fixable = Safety.UNSAFE
    roles: ClassVar[frozenset[Role]] = frozenset({Role.CODE, Role.SCRIPT})

    @on(Call, names=_FETCHING)
    def check(self, call: Call, scope: Scope) -> Iterator[Finding]:
        """Look at what becomes of rows where they are fetched."""
        use = _use(call) if call.receiver is not None and scope.function is not None else None
        query = query_of(scope.asker, scope.environment, call.term) if use is not None else None
        if query is None or use is None or not _is_many(query):
            return
        yield self.finding(
            call,
            message="" if use.is_counted else _TESTED,
            related=(Related(query.origin, "the query"),) if query.origin is not None else (),
            entity=query.entity.rpartition(".")[2] or "row",
        )

    def fixes(self, view: Call, finding: Finding, scope: Scope) -> Iterator[Fix]:
        """Yield the query that counts, or that stops at the first row."""
        del finding
        use = _use(view)
        if use is None or isinstance(use.view, Name):
            return
        yield from (counted if use.is_counted else tested)(view, use.view, scope)


def _is_many(query: Query) -> bool:
    return query.stage in {Stage.ROWS, Stage.TUPLES} and not (query.is_bounded or query.is_aggregate or query.path)


def _use(call: Call) -> RowUse | None:
    """Return what is done with the rows that a call fetches, None if they are used for more than their number."""
    value, outer = _outermost(call)
    if isinstance(outer, Assignment) and isinstance(outer.target, Name) and outer.annotation is None:
        return _use_of_name(outer)
    return _use_at(value, outer)


def _outermost(view: View) -> tuple[View, View | None]:
    """Return a value with the `await` and the parentheses around it, and what these stand in."""
    node = view.cst.parent
    while node is not None and node.type in {"parenthesized_expression", "await"}:
        view = view.unit.view(node, view.parent)
        node = node.parent
    return view, view.unit.view(node, None) if node is not None else None


def _use_at(value: View, outer: View | None) -> RowUse | None:
    if value.cst.parent is not None and value.cst.parent.type == "argument_list":
        called = value.cst.parent.parent
        call = value.unit.view(called, None) if called is not None else None
        name = call.function.text if isinstance(call, Call) and len(call.all_arguments) == 1 else ""
        is_used = isinstance(call, Call) and name in {"len", "bool"}
        return RowUse(name == "len", call) if is_used and call is not None else None
    return RowUse(is_counted=False, view=value) if outer is not None and _is_condition(value, outer) else None


def _is_condition(value: View, outer: View) -> bool:
    """Tell whether a value is only tested where it stands."""
    match outer:
        case If() | ElseIf() | While():
            return outer.condition.span == value.span
        case Not() | Assert():
            return True
        case Conditional():
            return outer.choices[1].span == value.span
        case BooleanOperation():
            around, further = _outermost(outer)
            return further is not None and _is_condition(around, further)
        case _:
            return False


def _use_of_name(assignment: Assignment) -> RowUse | None:
    """Return the use of rows that are given a name, if all that reads it asks for their number."""
    function = assignment.enclosing_function
    name = assignment.target.text
    if not isinstance(function, Function):
        return None
    names = [each for each in function.body.find(Name, into_functions=True) if each.text == name]
    others = [each for each in names if each.span != assignment.target.span]
    uses = [_use_at(*_outermost(each)) for each in others if each.span.start > assignment.span.start]
    found = [each for each in uses if each is not None]
    if not found or len(found) != len(others):
        return None
    return RowUse(any(each.is_counted for each in found), assignment.target)
