"""Ends of blocks: whether control runs past the last statement."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastidious_rules.syntax.nodes import Else, If, Raise, Return, Try, View, While, With

if TYPE_CHECKING:
    from collections.abc import Sequence


def falls_through(statements: Sequence[View]) -> bool:
    """Tell whether control may run past the last of `statements`; a doubtful case counts as yes."""
    return not statements or not any(_leaves(each) for each in statements)


def _leaves(statement: View) -> bool:
    """Tell whether control never runs past `statement`."""
    match statement:
        case Return() | Raise():
            return True
        case If():
            return _all_branches_leave(statement)
        case While():
            return statement.condition.text in {"True", "1"} and not _has_break(statement)
        case With():
            return False if _may_swallow(statement) else not falls_through(_statements(statement.body))
        case Try():
            return _try_leaves(statement)
        case _:
            return statement.cst.type == "match_statement" and _match_leaves(statement)


def _all_branches_leave(statement: If) -> bool:
    alternatives = statement.alternatives
    bodies = [
        statement.body,
        *(child for each in alternatives for child in each.children() if child.cst.type == "block"),
    ]
    has_else = any(isinstance(each, Else) for each in alternatives)
    return has_else and all(not falls_through(_statements(body)) for body in bodies)


def _may_swallow(statement: With) -> bool:
    return any("suppress" in item.context.text or "raises" in item.context.text for item in statement.items)


def _try_leaves(statement: Try) -> bool:
    clauses = {each.cst.type: each for each in statement.children()}
    final = clauses.get("finally_clause")
    if final is not None and not falls_through(_clause(final)):
        return True
    after = clauses.get("else_clause")
    tried = not falls_through(_statements(statement.body)) or (after is not None and not falls_through(_clause(after)))
    return tried and all(not falls_through(_statements(handler.body)) for handler in statement.handlers)


def _match_leaves(statement: View) -> bool:
    cases = [child for block in statement.children() if block.cst.type == "block" for child in block.children()]
    catch_all = any(_is_catch_all(case) for case in cases)
    return catch_all and all(not falls_through(_clause(case)) for case in cases)


def _is_catch_all(case: View) -> bool:
    patterns = [each for each in case.children() if each.cst.type == "case_pattern"]
    return len(patterns) == 1 and patterns[0].text.isidentifier() and case.cst.child_by_field_name("guard") is None


def _clause(clause: View) -> list[View]:
    return [each for block in clause.children() if block.cst.type == "block" for each in block.children()]


def _statements(body: View) -> list[View]:
    return list(body.children())


def _has_break(loop: View) -> bool:
    """Tell whether a `break` leaves this very loop."""
    return any(_breaks(child) for child in loop.children())


def _breaks(view: View) -> bool:
    if view.cst.type == "break_statement":
        return True
    if view.opens_scope or view.cst.type in {"for_statement", "while_statement"}:
        return False
    return any(_breaks(child) for child in view.children())
