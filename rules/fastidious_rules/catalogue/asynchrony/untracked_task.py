"""Look for tasks that are started and let go of."""

from __future__ import annotations

from itertools import chain, count
from typing import TYPE_CHECKING, NamedTuple

from fastidious_rules.api import (
    Await,
    Call,
    Edit,
    Fix,
    Function,
    NeededImport,
    Rule,
    Safety,
    Severity,
    Span,
    Treatment,
    Use,
    Yield,
    assigned_name,
    below_imports,
    is_only_injected,
    on,
    reached_from,
    readings,
    treatment,
)
from fastidious_rules.catalogue.asynchrony.statements import indentation_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.api import Finding, Scope, View

_STARTERS = {
    "asyncio.create_task": "Task",
    "asyncio.AbstractEventLoop.create_task": "Task",
    "asyncio.ensure_future": "Future",
    "asyncio.gather": "",
}
"""What starts tasks, and the class of what it gives; none where awaiting is the remedy."""
_SET = "_background_tasks"


class UntrackedTask(Rule):
    """Task that nobody keeps: it may vanish while it runs, and its exception is never seen."""

    severity = Severity.WARNING
    message = "nobody keeps what `{call}` starts: it may be collected before it is done, its errors go unseen; {remedy}"
    fixable = Safety.UNSAFE

    @on(Call, names=frozenset(name.rpartition(".")[2] for name in _STARTERS))
    def check(self, call: Call, scope: Scope) -> Iterator[Finding]:
        """Report calls that start a task and drop it."""
        function = scope.function
        if not _is_dropped(call, function):
            return
        name = scope.resolve(call)
        if name in _STARTERS and not (name == "asyncio.gather" and not call.all_arguments):
            reached = scope.ask(reached_from, scope.qualified(function)) if function is not None else ""
            yield self.finding(
                call, call=f"{call.last_name}()", remedy=_remedy(name, reached), evidence=_evidence(name)
            )

    def fixes(self, view: Call, finding: Finding, scope: Scope) -> Iterator[Fix]:
        """Yield a set that keeps the task, then FastAPI's background tasks; `await` for what is gathered."""
        del finding
        kept = _STARTERS[scope.resolve(view)]
        function = scope.function
        if function is None:
            return
        if kept:
            yield from _kept_in_set(view, kept, scope)
            yield from _as_background_task(view, function, scope)
        elif function.is_async:
            start = view.span.start
            yield Fix(
                "Await them: what follows then waits for all",
                (Edit(Span(start, start), "await "),),
                (),
                Safety.UNSAFE,
            )


def _is_dropped(call: Call, function: Function | None) -> bool:
    """Tell whether the call is a statement, or its value goes to a name that is gone before anything else can run."""
    if call.is_awaited:
        return False
    if treatment(call) is Treatment.DROPPED:
        return True
    target = assigned_name(call)
    if target is None or function is None or any(True for _ in readings(target, function)):
        return False
    end = call.span.end
    return not any(each.span.start > end for kind in (Await, Yield) for each in function.body.find(kind))


def _remedy(name: str, reached: str) -> str:
    if not _STARTERS[name]:
        return "`await` it"
    return "keep it, or use `BackgroundTasks`" if reached == "request" else "keep a reference to it"


def _evidence(name: str) -> str:
    return (
        f"The call is `{name}`. The event loop holds only weak references to tasks; "
        "an exception in one that nobody awaits is logged when it is collected, if ever."
    )


class _Line(NamedTuple):
    """The line of a statement: what stands in front, and where it ends."""

    indentation: str
    end: int


def _line_of(statement: View, scope: Scope) -> _Line | None:
    """Return the line of a statement that has it for itself, but for a comment."""
    indentation = indentation_of(statement, scope)
    text = scope.document_text
    end = scope.unit_span.start + statement.span.end
    rest = text[end : text.find(b"\n", end) if b"\n" in text[end:] else len(text)].rstrip(b"\r")
    if indentation is None or rest.strip()[:1] not in {b"", b"#"}:
        return None
    return _Line(indentation, statement.span.end + len(rest))


def _kept_in_set(call: Call, kept: str, scope: Scope) -> Iterator[Fix]:
    target = assigned_name(call)
    line = _line_of(call, scope) if target is None else _line_of(_assignment(call), scope)
    declared = below_imports(scope, f"{_SET}: set[asyncio.{kept}[object]] = set()")
    if line is None or declared is None:
        return
    name = target.text if target is not None else _free_name(scope)
    space = f"\n{line.indentation}"
    lines = f"{space}{_SET}.add({name}){space}{name}.add_done_callback({_SET}.discard)"
    edits = [Edit(Span(line.end, line.end), lines)]
    if target is None:
        edits.append(Edit(Span(call.span.start, call.span.start), f"{name} = "))
    if not scope.resolve_in_module(_SET):
        edits.append(declared)
    yield Fix(f"Keep the task in `{_SET}` until it is done", tuple(edits), (NeededImport("asyncio"),), Safety.UNSAFE)


def _assignment(call: Call) -> View:
    return call.parent if call.parent is not None else call


def _free_name(scope: Scope) -> str:
    fact = scope.environment.function
    taken: set[str] = set() if fact is None else {*fact.local, *(each.name for each in fact.parameters)}
    numbered = (f"task_{number}" for number in count(2))
    return next(name for name in chain(("task", "background_task", "kept_task"), numbered) if name not in taken)


def _as_background_task(call: Call, function: Function, scope: Scope) -> Iterator[Fix]:
    """Yield the fix that lets FastAPI run the work after the response."""
    work = call.arguments[0] if len(call.all_arguments) == 1 else None
    if not isinstance(work, Call) or work.argument_list is None or treatment(call) is not Treatment.DROPPED:
        return
    parameter = _parameter(function, scope)
    if parameter is None:
        return
    comma = ", " if work.all_arguments else ""
    start = Span(call.span.start, work.argument_list.span.start + 1)
    edits = [Edit(start, f"background_tasks.add_task({work.function.text}{comma}")]
    edits.append(Edit(Span(work.span.end, call.span.end), ""))
    needed = NeededImport("fastapi", "BackgroundTasks")
    title = "Hand it to `BackgroundTasks`: it then starts when the response is sent"
    yield Fix(title, (*parameter, *edits), (needed,), Safety.UNSAFE)


def _parameter(function: Function, scope: Scope) -> tuple[Edit, ...] | None:
    """Return the edits that add the parameter to an endpoint; None where that is impossible."""
    if (
        scope.class_name
        or scope.uses(function) != frozenset({Use.ENDPOINT})
        or any(each.is_websocket for each in scope.routes(function))
    ):
        return None
    names = {each.name for each in function.parameters}
    if "background_tasks" in names or not scope.ask(is_only_injected, scope.qualified(function)):
        return None
    inside = function.parameter_list.text[1:-1]
    start = function.parameter_list.span.start + 1
    space = inside[: len(inside) - len(inside.lstrip())] if inside.strip() else ""
    separator = "" if not inside.strip() else ("," if space else ", ")
    return (Edit(Span(start, start), f"{space}background_tasks: BackgroundTasks{separator}"),)
