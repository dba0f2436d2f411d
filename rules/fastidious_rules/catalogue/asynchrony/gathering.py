"""Fixes that send at the same time what a loop sends one after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastidious_rules.api import Await, Call, Edit, ExpressionStatement, Name, Span, statement_of
from fastidious_rules.catalogue.asynchrony.statements import indentation_of

if TYPE_CHECKING:
    from fastidious_rules.api import Comprehension, For, Scope

_BOUND = "at_once"
_ONE = "send_one"


def of_comprehension(view: Comprehension) -> Edit | None:
    """Return `await gather(...)` for a list comprehension that does nothing but await one call for each item."""
    element = view.element
    if view.cst.type != "list_comprehension" or not isinstance(element, Await):
        return None
    if len(list(view.find(Await))) > 1 or len(list(view.children())) > 2:  # noqa: PLR2004  element and clause, no condition
        return None
    text = view.text.encode()
    opening = element.span.start - view.span.start
    closing = element.value.span.start - view.span.start
    inner = text[1:opening] + text[closing:-1]
    return Edit(view.span, f"await asyncio.gather(*({inner.decode()}))")


def of_loop(view: For) -> Edit | None:
    """Return `found.extend(await gather(...))` for a loop that does nothing but append what it awaits."""
    statements = list(view.body.children())
    statement = statements[0] if len(statements) == 1 else None
    call = statement.value if isinstance(statement, ExpressionStatement) else None
    if not isinstance(call, Call) or call.last_name != "append" or call.receiver is None or "#" in view.text:
        return None
    value = call.arguments[0] if len(call.all_arguments) == 1 else None
    if not isinstance(value, Await) or "\n" in value.text or len(list(view.body.find(Await))) > 1:
        return None
    rounds = f"{value.value.text} for {view.target.text} in {view.iterable.text}"
    return Edit(view.span, f"{call.receiver.text}.extend(await asyncio.gather(*({rounds})))")


def in_bounds(view: Comprehension, scope: Scope) -> tuple[Edit, ...]:
    """Return the edits that send ten at a time: a function behind a semaphore, above the statement; empty if impossible."""
    element, target = view.element, view.clauses[0].target
    statement = statement_of(view)
    indentation = indentation_of(statement, scope) if statement is not None else None
    if statement is None or indentation is None or of_comprehension(view) is None or not isinstance(element, Await):
        return ()
    if (
        not isinstance(target, Name)
        or "\n" in element.text
        or any(name in scope.document_text.decode() for name in (_BOUND, _ONE))
    ):
        return ()
    step = view.indent_step
    lines = [
        f"{_BOUND} = asyncio.Semaphore(10)",
        "",
        f"async def {_ONE}({target.text}):",
        f"{step}async with {_BOUND}:",
        f"{step}{step}return {element.text}",
        "",
        "",
    ]
    above = "\n".join(f"{indentation}{line}" if line and number else line for number, line in enumerate(lines))
    start = statement.span.start
    text = f"await asyncio.gather(*({_ONE}({target.text}) for {target.text} in {view.clauses[0].iterable.text}))"
    return (Edit(Span(start, start), f"{above}{indentation}"), Edit(view.span, text))
