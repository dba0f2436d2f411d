"""Fixes that await one after the other what ran at the same time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastidious_rules.api import (
    Assignment,
    Await,
    Call,
    Comprehension,
    Display,
    Edit,
    ExpressionStatement,
    Fix,
    Name,
    Safety,
    Span,
    Starred,
    With,
)
from fastidious_rules.catalogue.asynchrony.statements import indentation_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.api import Scope, View

_TITLE = "Await one after the other: all together take as long as the sum of them"


def one_after_the_other(gathering: Call, scope: Scope) -> Iterator[Fix]:
    """Yield the fix that awaits the arguments of an awaited `gather` in their order."""
    awaited = gathering.parent
    if (
        not isinstance(awaited, Await)
        or not gathering.is_awaited
        or len(gathering.arguments) != len(gathering.all_arguments)
    ):
        return
    edit = _of_comprehension(gathering, awaited) or _of_arguments(gathering, awaited, scope)
    if edit is not None:
        yield Fix(_TITLE, (edit,), (), Safety.UNSAFE)


def _of_comprehension(gathering: Call, awaited: Await) -> Edit | None:
    argument = gathering.arguments[0] if len(gathering.arguments) == 1 else None
    inner = next(argument.children(), None) if isinstance(argument, Starred) else None
    if not isinstance(inner, Comprehension) or not isinstance(inner.element, Call):
        return None
    text = inner.text.encode()
    at = inner.element.span.start - inner.span.start
    return Edit(awaited.span, f"[{text[1:at].decode()}await {text[at:-1].decode()}]")


def _of_arguments(gathering: Call, awaited: Await, scope: Scope) -> Edit | None:
    calls = [each for each in gathering.arguments if isinstance(each, Call)]
    if len(calls) != len(gathering.arguments) or "#" in gathering.text:
        return None
    lines = [f"await {each.text}" for each in calls]
    outer = awaited.parent
    if isinstance(outer, Assignment) and outer.value == awaited and isinstance(outer.target, Display):
        names = [each.text for each in outer.target.items if isinstance(each, Name)]
        if len(names) == len(lines) == len(outer.target.items):
            lines = [f"{name} = {line}" for name, line in zip(names, lines, strict=True)]
            return _on_lines(outer, lines, scope)
    if isinstance(outer, ExpressionStatement):
        return _on_lines(outer, lines, scope)
    return Edit(awaited.span, f"[{', '.join(lines)}]")


def _on_lines(statement: View, lines: list[str], scope: Scope) -> Edit | None:
    indentation = indentation_of(statement, scope)
    return Edit(statement.span, f"\n{indentation}".join(lines)) if indentation is not None else None


def awaited_in_group(group: With, names: frozenset[str]) -> Iterator[Fix]:
    """Yield the fix that awaits what is added to a task group, where nobody wants the tasks themselves."""
    edits: list[Edit] = []
    for call in group.body.find(Call):
        receiver = call.receiver
        if receiver is None or receiver.text not in names:
            continue
        if not isinstance(call.parent, ExpressionStatement) or call.argument_list is None or call.keywords:
            return
        edits += _awaited(call)
    if edits:
        yield Fix(_TITLE, tuple(edits), (), Safety.UNSAFE)


def _awaited(call: Call) -> Iterator[Edit]:
    arguments = call.arguments
    if call.last_name == "create_task":
        yield Edit(Span(call.span.start, arguments[0].span.start), "await ")
        yield Edit(Span(arguments[0].span.end, call.span.end), "")
        return
    rest = ", ".join(each.text for each in arguments[1:])
    yield Edit(call.span, f"await {arguments[0].text}({rest})")
