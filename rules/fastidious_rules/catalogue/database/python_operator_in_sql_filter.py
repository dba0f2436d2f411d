"""Conditions that Python decides before the database is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from fastidious_rules.api import (
    BooleanOperation,
    Call,
    Comparison,
    Constant,
    Finding,
    Fix,
    Keyword,
    Role,
    Rule,
    Safety,
    Scope,
    Severity,
    Starred,
    View,
    bare,
    is_sql,
    on,
)
from fastidious_rules.catalogue.database.sql_conditions import Rewriting, conditions_in, constants_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.api import Edit

_SPLITTING = frozenset({"where", "filter", "having", "and_"})
_FUNCTIONS = frozenset({"and_", "or_", "not_", "case", "with_loader_criteria"})
_METHODS = frozenset({"join", "outerjoin", "join_from", "outerjoin_from", "any", "has", "append", "exists"})
_ON_CLAUSES = frozenset({"onclause", "whereclause"})
_LONGEST = 60

_NEGATION = "`not` is decided in Python before the query is built, so `{text}` is no condition; {remedy}"
_BOOLEAN = "`{operator}` drops one of its conditions before the query is built; {remedy}"
_FAILING = "`{text}` raises an error: Python cannot look into what is in the database; use `.in_()` or `.contains()`"
_CHAINED = (
    "`{text}` raises `TypeError`: Python joins the two by an `and` that it decides itself; write them side by side"
)
_CONSTANT = "`{text}` works until a linter makes it `{trap}`, which is always `{value}`; use `{remedy}`"
_NAMES = {"is": "is_", "is not": "is_not", "in": "in_", "not in": "not_in"}


class PythonOperatorInSqlFilter(Rule):
    """Condition of a query that is written with `is`, `in`, `not`, `and` or `or`, which Python decides itself."""

    severity = Severity.ERROR
    message = "`{text}` is always `{value}`, whatever the row holds: Python decides it; use `{remedy}`"
    fixable = Safety.SAFE
    roles: ClassVar[frozenset[Role]] = frozenset({Role.CODE, Role.SCRIPT})

    @on(Call, names=_SPLITTING | _FUNCTIONS | _METHODS)
    def check(self, call: Call, scope: Scope) -> Iterator[Finding]:
        """Look at the conditions that a call is given."""
        for argument in _conditions(call, scope):
            for view in conditions_in(argument, scope):
                yield self._decided(view, argument, call, scope)
            for comparison in constants_in(argument, scope):
                if not _is_settled(comparison):
                    yield self._constant(comparison)

    def _decided(self, view: View, argument: View, call: Call, scope: Scope) -> Finding:
        inner = bare(view)
        if isinstance(inner, Comparison):
            return self._compared(inner, scope)
        remedy = _remedy(view, argument, call, scope)
        if isinstance(inner, BooleanOperation):
            operator = inner.operator
            return self.finding(inner, message=_BOOLEAN, operator=operator, remedy=remedy or f"use `{operator}_(...)`")
        return self.finding(inner, message=_NEGATION, text=_shortened(inner.text), remedy=remedy or "use `~`")

    def _compared(self, comparison: Comparison, scope: Scope) -> Finding:
        text, operator = _shortened(comparison.text), comparison.operators[0]
        if len(comparison.operators) > 1:
            return self.finding(comparison, message=_CHAINED, text=text)
        return self.finding(
            comparison,
            message=_FAILING if _fails(comparison, scope) else "",
            text=text,
            value="not" in operator,
            remedy=_in_place(comparison),
        )

    def _constant(self, comparison: Comparison) -> Finding:
        column, constant = (each.text for each in comparison.operands)
        positive = comparison.operators == ["=="]
        return self.finding(
            comparison,
            severity=Severity.HINT,
            message=_CONSTANT,
            text=_shortened(comparison.text),
            trap=f"{column.rpartition('.')[2]} {'is' if positive else 'is not'} {constant}",
            value=not positive,
            remedy=f".{'is_' if positive else 'is_not'}({constant})",
        )

    def fixes(self, view: Call, finding: Finding, scope: Scope) -> Iterator[Fix]:
        """Yield the same condition in the words of SQLAlchemy."""
        for argument in _conditions(view, scope):
            for each in conditions_in(argument, scope):
                if bare(each).span == finding.span:
                    yield from _rewritten(each, argument, view, scope)
                    return
            for comparison in constants_in(argument, scope):
                if comparison.span == finding.span:
                    yield from _as_identity(comparison, scope)
                    return


def _conditions(call: Call, scope: Scope) -> Iterator[View]:
    """Yield what a call takes as conditions."""
    if call.receiver is None and _name(call, scope) not in _FUNCTIONS:
        return
    for each in call.all_arguments:
        if not isinstance(each, Keyword):
            yield each
        elif each.name in _ON_CLAUSES:
            yield each.value


def _name(call: Call, scope: Scope) -> str:
    """Return the last name of what is called, as it is called where it is defined."""
    return call.last_name if call.receiver is not None else scope.resolve(call).rpartition(".")[2]


def _fails(comparison: Comparison, scope: Scope) -> bool:
    """Tell whether Python is asked to look for a value in a column, or in a query."""
    if comparison.operators[0] not in {"in", "not in"}:
        return False
    first, other = comparison.operands
    is_query = isinstance(other, Call) and scope.at(other).resolve(other) == "sqlalchemy.select"
    return is_query or not is_sql(scope.asker, scope.environment, first)


def _in_place(comparison: Comparison) -> str:
    """Return what to write in the place of an operator."""
    operator = comparison.operators[0]
    constants = [each.text for each in comparison.operands if isinstance(each, Constant)]
    if operator in {"is", "is not"} and not constants:
        return "==" if operator == "is" else "!="
    return f".{_NAMES[operator]}({constants[0] if constants else '...'})"


def _is_settled(comparison: Comparison) -> bool:
    """Tell whether somebody has told the linter already to leave the comparison alone."""
    text, end = comparison.unit.text, comparison.span.end
    return b"noqa" in text[end : max(text.find(b"\n", end), end)]


def _rewriting(view: View, argument: View, call: Call, scope: Scope) -> Rewriting:
    rewriting = Rewriting(scope)
    splits = view == argument and _name(call, scope) in _SPLITTING and not isinstance(argument, Starred)
    rewriting.condition(view, splits=splits)
    return rewriting


def _remedy(view: View, argument: View, call: Call, scope: Scope) -> str:
    """Return the advice to write a condition as the fix would, empty if that is long or takes a decision."""
    rewriting = _rewriting(view, argument, call, scope)
    text = _applied(view, rewriting.edits) if rewriting.is_possible else ""
    return f"use `{text}`" if text and len(text) <= _LONGEST and "\n" not in text else ""


def _rewritten(view: View, argument: View, call: Call, scope: Scope) -> Iterator[Fix]:
    rewriting = _rewriting(view, argument, call, scope)
    if not rewriting.is_possible:
        return
    text = _shortened(_applied(view, rewriting.edits))
    unsafe = rewriting.safety is Safety.UNSAFE
    title = f"Let the database decide: `{text}`" + (" (if that is what `not` was to mean)" if unsafe else "")
    yield Fix(title, tuple(rewriting.edits), rewriting.imports, rewriting.safety)


def _as_identity(comparison: Comparison, scope: Scope) -> Iterator[Fix]:
    rewriting = Rewriting(scope)
    rewriting.constant(comparison)
    if rewriting.is_possible:
        text = _shortened(_applied(comparison, rewriting.edits))
        is_null = comparison.operands[1].text == "None"
        title = f"Write `{text}`" + ("" if is_null else " (SQL Server and Oracle know no `IS 1`)")
        safety = Safety.SAFE if is_null else Safety.UNSAFE
        yield Fix(title, tuple(rewriting.edits), rewriting.imports, safety)


def _applied(view: View, edits: list[Edit]) -> str:
    """Return the text of a view after edits in it."""
    text, start = view.text.encode(), view.span.start
    for _, edit in sorted(enumerate(edits), key=lambda each: (each[1].span, each[0]), reverse=True):
        span = edit.span.shifted(-start)
        text = text[: span.start] + edit.replacement.encode() + text[span.end :]
    return text.decode()


def _shortened(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 4]} ..."
