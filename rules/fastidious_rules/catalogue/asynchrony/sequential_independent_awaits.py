"""Look for requests that wait for each other and need not."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fastidious_rules.api import (
    ASKS,
    Assignment,
    Await,
    Call,
    Edit,
    ExpressionStatement,
    Fix,
    Name,
    NeededImport,
    Rule,
    Safety,
    Severity,
    Span,
    awaiting,
    following,
    names_read,
    on,
    preceding,
    statement_of,
)
from fastidious_rules.catalogue.asynchrony.independence import is_exclusive, knows_gather
from fastidious_rules.catalogue.asynchrony.statements import indentation_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.api import Finding, Scope, View

_LONGEST = 100
_SHOWN = 30
_SEVERAL = 2


class _Step(NamedTuple):
    """`name = await call`."""

    name: str
    call: Call
    statement: View


class SequentialIndependentAwaits(Rule):
    """Requests to other services that are awaited one after the other, though none needs the result of another."""

    severity = Severity.HINT
    card_severity = Severity.INFORMATION
    message = "`{second}` does not need what `{first}` gives, but waits for it; run both with `asyncio.gather`"
    fixable = Safety.UNSAFE

    @on(Await)
    def check(self, await_: Await, scope: Scope) -> Iterator[Finding]:
        """Report the first of several awaits side by side that only ask other services."""
        first = _first_step(await_)
        if first is None or is_exclusive(first.statement) or not knows_gather(scope):
            return
        for run in _runs(first, scope):
            yield self.finding(
                Span(run[0].statement.span.start, run[-1].statement.span.end),
                evidence=_evidence(run),
                first=_shown(run[0].call),
                second=_shown(run[1].call),
            )

    def fixes(self, view: Await, finding: Finding, scope: Scope) -> Iterator[Fix]:
        """Yield `asyncio.gather`, then a task group."""
        first = _first_step(view)
        for run in _runs(first, scope) if first is not None else ():
            span = Span(run[0].statement.span.start, run[-1].statement.span.end)
            if span != finding.span or _has_comments(run, scope):
                continue
            needed = (NeededImport("asyncio"),)
            title = "Run them at once with `asyncio.gather`: an error in one leaves the others running"
            yield Fix(title, (Edit(span, _gathered(run, scope)),), needed, Safety.UNSAFE)
            text = _grouped(run, scope)
            if text:
                title = "Run them at once in a task group: an error in one cancels the others"
                yield Fix(title, (Edit(span, text),), needed, Safety.UNSAFE)


def _first_step(await_: Await) -> _Step | None:
    """Return the step that `await_` is, if it is the first of several side by side."""
    if not isinstance(await_.parent, Assignment):
        return None
    statement = statement_of(await_)
    step = _step(statement) if statement is not None else None
    if step is None or statement is None or step.call.parent != await_:
        return None
    after = following(statement)
    before = next(preceding(statement), None)
    alone = after is None or _step(after) is None
    return None if alone or (before is not None and _step(before) is not None) else step


def _step(statement: View) -> _Step | None:
    assignment = statement.value if isinstance(statement, ExpressionStatement) else None
    if not isinstance(assignment, Assignment) or assignment.annotation is not None:
        return None
    value, target = assignment.value, assignment.target
    call = value.value if isinstance(value, Await) else None
    return _Step(target.text, call, statement) if isinstance(call, Call) and isinstance(target, Name) else None


def _runs(first: _Step, scope: Scope) -> Iterator[list[_Step]]:
    """Yield what can run at once of the steps that begin with `first`."""
    run: list[_Step] = []
    step: _Step | None = first
    while step is not None:
        asks = awaiting(scope.asker, scope.environment, step.call.term) == ASKS and not any(step.call.find(Await))
        names = {each.name for each in run}
        if run and (not asks or step.name in names or not names.isdisjoint(names_read(step.call))):
            if len(run) >= _SEVERAL:
                yield run
            run = []
        run = [*run, step] if asks else []
        after = following(step.statement)
        step = _step(after) if after is not None else None
    if len(run) >= _SEVERAL:
        yield run


def _shown(call: Call) -> str:
    name = call.function.text
    short = name if len(name) <= _SHOWN and "\n" not in name else call.last_name
    return f"{short}()"


def _evidence(run: list[_Step]) -> str:
    calls = ", ".join(f"`{_shown(each.call)}`" for each in run)
    return (
        f"{calls}: each asks another service and changes nothing. One after the other they take the sum of their times."
    )


def _has_comments(run: list[_Step], scope: Scope) -> bool:
    start = scope.unit_span.start
    text = scope.document_text[start + run[0].statement.span.start : start + run[-1].statement.span.end]
    return b"#" in text


def _gathered(run: list[_Step], scope: Scope) -> str:
    names = ", ".join(each.name for each in run)
    calls = [each.call.text for each in run]
    indentation = indentation_of(run[0].statement, scope) or ""
    line = f"{names} = await asyncio.gather({', '.join(calls)})"
    if len(indentation) + len(line) <= _LONGEST and "\n" not in line:
        return line
    lines = "".join(f"\n{indentation}{run[0].statement.indent_step}{call}," for call in calls)
    return f"{names} = await asyncio.gather({lines}\n{indentation})"


def _grouped(run: list[_Step], scope: Scope) -> str:
    indentation = indentation_of(run[0].statement, scope)
    if indentation is None or any("\n" in each.call.text for each in run):
        return ""
    tasks = [f"{run[0].statement.indent_step}{each.name}_task = group.create_task({each.call.text})" for each in run]
    results = [f"{each.name} = {each.name}_task.result()" for each in run]
    return f"\n{indentation}".join(["async with asyncio.TaskGroup() as group:", *tasks, *results])
