"""Conditions of statements: which of their operators Python decides, and how they are said to the database."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastidious_rules.api import (
    BinaryOperation,
    BooleanOperation,
    Comparison,
    Conditional,
    Constant,
    Display,
    Edit,
    NeededImport,
    Not,
    Parenthesized,
    Safety,
    Span,
    Starred,
    bare,
    column_of,
    decided_in_python,
    is_boolean_column,
    is_sql,
    is_sql_model,
    relationship_of,
)
from fastidious_rules.catalogue.database.library_names import library_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.api import Scope, View

_METHODS = {("is", True): "is_", ("is", False): "is_not", ("in", True): "in_", ("in", False): "not_in"}
_OLD_METHODS = {"is_not": "isnot", "not_in": "notin_"}
_OPPOSITE = {"==": "!=", "!=": "=="}


def conditions_in(view: View, scope: Scope) -> Iterator[View]:
    """Yield the operators in a condition that Python decides, the outermost ones, with the parentheses around them."""
    inner = bare(view)
    if decided_in_python(scope.asker, scope.environment, inner):
        yield view
        return
    for each in _parts(inner):
        yield from conditions_in(each, scope)


def constants_in(view: View, scope: Scope) -> Iterator[Comparison]:
    """Yield the comparisons in a condition of a column with `True`, `False` or `None` by `==` or `!=`."""
    inner = bare(view)
    if isinstance(inner, Comparison):
        left, *others = inner.operands
        is_plain = inner.operators in (["=="], ["!="]) and isinstance(others[0], Constant)
        if is_plain and column_of(scope.asker, scope.environment, left.term) is not None:
            yield inner
    for each in _parts(inner):
        yield from constants_in(each, scope)


def _parts(view: View) -> Iterator[View]:
    """Yield what a condition is made of where Python hands it on as it is."""
    match view:
        case Starred() | Display():
            yield from view.children()
        case BinaryOperation() if view.operator in {"&", "|"}:
            yield from (view.left, view.right)
        case BooleanOperation():
            yield from (view.left, view.right)
        case Conditional():
            first, _, other = view.choices
            yield from (first, other)
        case _ if view.cst.type == "unary_operator":
            yield from view.children()
        case _:
            pass


class Rewriting:
    """Edits that say a condition to the database; `is_possible` turns false where that takes a decision."""

    def __init__(self, scope: Scope) -> None:
        self.edits: list[Edit] = []
        self.safety = Safety.SAFE
        self.is_possible = True
        self._scope = scope
        self._library = "sqlalchemy"
        self._missing: list[str] = []

    @property
    def imports(self) -> tuple[NeededImport, ...]:
        """What the edits need."""
        return tuple(NeededImport(self._library, each) for each in self._missing)

    def condition(self, view: View, *, negated: bool = False, splits: bool = False) -> None:
        """Rewrite a condition, or its opposite; `splits` where conditions side by side mean that all of them hold."""
        inner = bare(view)
        match inner:
            case Not():
                self._replace(Span(inner.span.start, inner.value.span.start), "")
                self.condition(inner.value, negated=not negated)
            case BooleanOperation():
                self._boolean(view, inner, negated=negated, splits=splits)
            case Comparison():
                self._comparison(view, inner, negated=negated)
            case _:
                self._other(view, inner, negated=negated)

    def constant(self, view: Comparison) -> None:
        """Rewrite `column == True` as `column.is_(True)`."""
        left, right = view.operands
        self._call(view, left, right, "is", positive=view.operators == ["=="])

    # Operators

    def _boolean(self, view: View, inner: BooleanOperation, *, negated: bool, splits: bool) -> None:
        operands = list(_operands(inner, inner.operator))
        if not all(self._is_sql(each) for each in operands):
            self.is_possible = False
            return
        if splits and inner.operator == "and" and not negated:
            for parenthesis in _parentheses(view):
                self._replace(parenthesis, "")
        else:
            opening = ("~" if negated else "") + self._named(f"{inner.operator}_") + "("
            self._around(view, opening, ")")
        for operation in _operations(inner, inner.operator):
            self._comma(operation)
        for each in operands:
            self.condition(each)

    def _comma(self, operation: BooleanOperation) -> None:
        """Put a comma in the place of an operator, where that stands at the beginning of a line too."""
        left, right = operation.left, operation.right
        operator = operation.operator_view
        start, end = operator.span
        if operator.row == left.end_row:
            self._replace(Span(left.span.end, end), ",")
            return
        self._replace(Span(left.span.end, left.span.end), ",")
        self._replace(Span(start, right.span.start if right.row == operator.row else end), "")

    def _comparison(self, view: View, inner: Comparison, *, negated: bool) -> None:
        operators, operands = inner.operators, inner.operands
        if len(operators) != 1:
            self.is_possible = False
            return
        first = operators[0].replace("not", "").strip() if operators[0] not in _OPPOSITE else operators[0]
        positive = ("not" not in operators[0]) != negated
        is_plain = any(isinstance(each, Constant) for each in operands) and not self._names_relationship(operands)
        if first == "is" and not is_plain:
            self._operator(inner, "==" if positive else "!=")
        elif first in {"is", "in"}:
            column, other = operands if self._is_sql(operands[0]) else operands[::-1]
            self.is_possible = self.is_possible and (first == "is" or column is operands[0])
            self._call(view, column, other, first, positive=positive)
        elif negated and first in _OPPOSITE:
            self._operator(inner, _OPPOSITE[first])
        elif negated:
            self._around(view, "~(", ")")

    def _names_relationship(self, operands: list[View]) -> bool:
        """Tell whether a relationship is compared, which knows `==` and nothing else."""
        asker, where = self._scope.asker, self._scope.environment
        return any(relationship_of(asker, where, each.term) is not None for each in operands)

    def _operator(self, comparison: Comparison, operator: str) -> None:
        left, right = (each.span for each in comparison.operands)
        self._replace(Span(left.end, right.start), f" {operator} ")

    def _call(self, view: View, column: View, other: View, operator: str, *, positive: bool) -> None:
        """Replace a comparison by a method of its column."""
        method = _METHODS[operator, positive]
        version = self._scope.version("sqlalchemy")
        if version is not None and version.release < (1, 4):
            method = _OLD_METHODS.get(method, method)
        if "#" in view.text and view.row != view.end_row:
            self.is_possible = False
        self._replace(view.span, f"{self._column(column)}.{method}({other.text})")

    def _other(self, view: View, inner: View, *, negated: bool) -> None:
        if not negated:
            return
        if self._names_relationship([inner]):
            self.is_possible = False
            return
        found = column_of(self._scope.asker, self._scope.environment, inner.term)
        is_boolean = self._scope.ask(is_boolean_column, found.entity, found.name) if found is not None else True
        if is_boolean is None:
            self.safety = Safety.UNSAFE
        if is_boolean is False:
            self.safety = Safety.UNSAFE
            self._replace(view.span, f"{self._column(inner)}.is_(None)")
        elif found is not None:
            self._replace(view.span, f"~{self._column(inner)}")
        else:
            self._around(view, "~", "") if isinstance(view, Parenthesized) else self._inverted(view)

    def _inverted(self, view: View) -> None:
        is_binary = isinstance(view, BinaryOperation)
        self._around(view, "~(" if is_binary else "~", ")" if is_binary else "")

    # Text

    def _column(self, view: View) -> str:
        """Return the text of a column, in `col(...)` where a type checker would take it for its value."""
        found = column_of(self._scope.asker, self._scope.environment, view.term)
        is_wrapped = found is None or not is_sql_model(self._scope.asker, found.entity)
        if not is_wrapped and not view.text.endswith(")"):
            self._library = "sqlmodel"
            return f"{self._named('col')}({view.text})"
        is_operation = isinstance(view, BinaryOperation | Comparison | BooleanOperation | Not)
        return f"({view.text})" if is_operation else view.text

    def _named(self, name: str) -> str:
        """Return how a function of the library is called here, importing it where it is not."""
        found = library_name(name, self._library, self._scope)
        if found is None:
            self.is_possible = False
        elif found.needed is not None:
            self._missing.append(name)
        return found.text if found is not None else name

    def _is_sql(self, view: View) -> bool:
        return is_sql(self._scope.asker, self._scope.environment, view)

    def _around(self, view: View, opening: str, closing: str) -> None:
        """Put text around a view; parentheses that are there already are used."""
        if isinstance(view, Parenthesized):
            start, end = _outermost(view)
            self._replace(start, opening if opening.endswith("(") else f"{opening}(")
            self._replace(end, ")")
            return
        self._replace(Span(view.span.start, view.span.start), opening)
        self._replace(Span(view.span.end, view.span.end), closing)

    def _replace(self, span: Span, text: str) -> None:
        self.edits.append(Edit(span, text))


def _operations(view: BooleanOperation, operator: str) -> Iterator[BooleanOperation]:
    if isinstance(view.left, BooleanOperation) and view.left.operator == operator:
        yield from _operations(view.left, operator)
    yield view


def _operands(view: BooleanOperation, operator: str) -> Iterator[View]:
    operations = list(_operations(view, operator))
    yield operations[0].left
    yield from (each.right for each in operations)


def _outermost(view: Parenthesized) -> tuple[Span, Span]:
    start, end = view.span
    return Span(start, start + 1), Span(end - 1, end)


def _parentheses(view: View) -> Iterator[Span]:
    while isinstance(view, Parenthesized):
        yield from _outermost(view)
        view = view.value
