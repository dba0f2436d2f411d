"""SQL expressions as they are written in Python: which operators SQLAlchemy overloads, and which Python keeps for itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastidious_rules.semantics.orm.columns import column_of, is_sql_function_call, relationship_of
from fastidious_rules.syntax.nodes import (
    Attribute,
    BinaryOperation,
    BooleanOperation,
    Call,
    Comparison,
    Not,
    Parenthesized,
    Subscript,
    View,
)

if TYPE_CHECKING:
    from fastidious_rules.semantics.project import Asker
    from fastidious_rules.semantics.types import Environment

_PYTHON_ONLY = frozenset({"is", "is not", "in", "not in"})
_EXPRESSIONS = frozenset({"astext"})
_INVERSIONS = ("~", "-")


def bare(view: View) -> View:
    """Return an expression without the parentheses around it."""
    while isinstance(view, Parenthesized) and view.value != view:
        view = view.value
    return view


def is_sql(asker: Asker, where: Environment, view: View) -> bool:
    """Tell whether an expression is, or is meant to be, a piece of SQL; False unless that is proven."""
    view = bare(view)
    match view:
        case Attribute():
            is_named = column_of(asker, where, view.term) or relationship_of(asker, where, view.term)
            return is_named is not None or _is_part(asker, where, view)
        case Subscript():
            return column_of(asker, where, view.term) is not None or is_sql(asker, where, view.value)
        case Call():
            return _is_sql_call(asker, where, view)
        case Comparison() | BooleanOperation() | BinaryOperation():
            return any(is_sql(asker, where, each) for each in view.children())
        case Not():
            return is_sql(asker, where, view.value)
        case _:
            is_inverted = view.cst.type == "unary_operator" and view.text.startswith(_INVERSIONS)
            return is_inverted and any(is_sql(asker, where, each) for each in view.children())


def _is_part(asker: Asker, where: Environment, view: Attribute) -> bool:
    """Tell whether an attribute is a piece of JSON in a column: `User.settings["theme"].astext`."""
    return view.name.text in _EXPRESSIONS and is_sql(asker, where, view.value)


def _is_sql_call(asker: Asker, where: Environment, view: Call) -> bool:
    receiver = view.receiver
    if receiver is not None and is_sql(asker, where, receiver):
        return True
    term = view.term
    return column_of(asker, where, term) is not None or is_sql_function_call(asker, where, term)


def decided_in_python(asker: Asker, where: Environment, view: View) -> bool:
    """Tell whether Python decides an operator on SQL before SQLAlchemy sees it: `is`, `in`, `not`, `and`, `or`, `a < b < c`."""
    match view:
        case Comparison():
            operators, operands = view.operators, view.operands
            if len(operators) > 1:
                return any(is_sql(asker, where, each) for each in operands[1:-1])
            return set(operators) <= _PYTHON_ONLY and any(is_sql(asker, where, each) for each in operands)
        case BooleanOperation():
            return is_sql(asker, where, view.left)
        case Not():
            return is_sql(asker, where, view.value)
        case _:
            return False
