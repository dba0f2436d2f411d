"""What runs at the same time: the arguments of `gather`, the tasks of a group, tasks that are created side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fastidious_rules.api import (
    Apply,
    Assignment,
    Await,
    Call,
    Comprehension,
    Display,
    ExpressionStatement,
    For,
    Name,
    Starred,
    View,
    With,
    dependents,
    names_in,
    preceding,
    statement_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.api import Function, Scope

GATHERING = frozenset({"asyncio.gather", "asyncio.wait", "asyncio.as_completed", "anyio.gather"})
STARTING = frozenset({"asyncio.create_task", "asyncio.ensure_future", "asyncio.AbstractEventLoop.create_task"})
_WRAPPING = STARTING | {"asyncio.shield", "asyncio.wait_for"}
_GROUPS = frozenset({"asyncio.TaskGroup", "anyio.create_task_group", "trio.open_nursery"})
_ADDING = frozenset({"create_task", "start_soon", "start"})


class Part(NamedTuple):
    """Something that runs beside others: the call whose coroutine it is, as a term, and where that stands."""

    call: Apply
    view: Call
    varying: frozenset[str] = frozenset()
    """Names that stand for something else in each round."""
    repeated: bool = False
    """Whether it is there once for each round of a loop or comprehension."""


def gathered(call: Call, function: Function, scope: Scope) -> Iterator[Part]:
    """Yield what an `asyncio.gather` or its like runs at the same time."""
    for argument in call.arguments:
        value = next(argument.children(), argument) if isinstance(argument, Starred) else argument
        if isinstance(argument, Starred) or not scope.resolve(call).endswith("gather"):
            yield from _several(value, function, scope)
        else:
            yield from _one(value, function, scope)


def _one(view: View, function: Function, scope: Scope) -> Iterator[Part]:
    call = _work(view, scope)
    if call is not None:
        yield Part(_applied(call), call)
    elif isinstance(view, Name):
        values = [value for value in _values_of(view, function) if isinstance(value, Call)]
        if len(values) == 1:
            yield from _one(values[0], function, scope)


def _applied(call: Call) -> Apply:
    term = call.term
    return term if isinstance(term, Apply) else Apply(term)


def _work(view: View, scope: Scope) -> Call | None:
    """Return the call that makes the coroutine, out of `create_task`, `wait_for` and the like."""
    while isinstance(view, Call) and view.arguments and scope.at(view).resolve(view) in _WRAPPING:
        view = view.arguments[0]
    return view if isinstance(view, Call) else None


def _several(view: View, function: Function, scope: Scope) -> Iterator[Part]:
    if isinstance(view, Display):
        for item in view.items:
            yield from _one(item, function, scope)
    elif isinstance(view, Comprehension):
        varying = frozenset(name.text for clause in view.clauses for name in names_in(clause.target))
        for part in _one(view.element, function, scope):
            yield part._replace(varying=varying, repeated=True)
    elif isinstance(view, Name):
        for value in _values_of(view, function):
            yield from _several(value, function, scope)
        yield from _appended(view, function, scope)


def _values_of(name: Name, function: Function) -> list[View]:
    """Return what a name is assigned, if that happens once."""
    found = [
        each.final_value
        for each in function.body.find(Assignment)
        if isinstance(each.target, Name) and each.target.text == name.text
    ]
    return [each for each in found if each is not None] if len(found) == 1 and not isinstance(found[0], Name) else []


def _appended(name: Name, function: Function, scope: Scope) -> Iterator[Part]:
    for call in function.body.find(Call):
        receiver = call.receiver
        if call.last_name == "append" and receiver is not None and receiver.text == name.text and call.arguments:
            yield from (_in_rounds(part, call, scope) for part in _one(call.arguments[0], function, scope))


def _in_rounds(part: Part, where: View, scope: Scope) -> Part:
    loop = scope.at(where).loop
    if isinstance(loop, For):
        bound = dependents(loop.body, (each.text for each in names_in(loop.target)))
        return part._replace(varying=bound | _entered_in(loop), repeated=True)
    if isinstance(loop, Comprehension):
        varying = frozenset(name.text for clause in loop.clauses for name in names_in(clause.target))
        return part._replace(varying=varying, repeated=True)
    return part


def _entered_in(loop: For) -> frozenset[str]:
    """Return the names that the body of a loop binds anew in each round."""
    entered = (item.target for each in loop.body.find(With) for item in each.items)
    assigned = (each.target for each in loop.body.find(Assignment))
    return frozenset(name.text for target in (*entered, *assigned) if target is not None for name in names_in(target))


def grouped(group: With, function: Function, scope: Scope) -> Iterator[Part]:
    """Yield what the task group that `group` enters runs at the same time."""
    for item in group.items:
        if item.target is None or scope.at(item.context).resolve(item.context) not in _GROUPS:
            continue
        for call in group.body.find(Call):
            receiver = call.receiver
            if call.last_name in _ADDING and receiver is not None and receiver.text == item.target.text:
                yield from (_in_rounds(part, call, scope) for part in _added(call, function, scope))


def _added(call: Call, function: Function, scope: Scope) -> Iterator[Part]:
    if call.last_name == "create_task":
        yield from (part for each in call.arguments[:1] for part in _one(each, function, scope))
    elif call.arguments:  # a function, and what to call it with
        first, *rest = call.arguments
        yield Part(Apply(first.term, tuple(each.term for each in rest)), call)


def started(call: Call, function: Function, scope: Scope) -> Iterator[Part]:
    """Yield what the task runs that `call` creates."""
    return _one(call, function, scope)


def started_before(call: Call, function: Function, scope: Scope) -> Iterator[Part]:
    """Yield the tasks that the statements before that of `call` create with nothing awaited in between."""
    statement = statement_of(call)
    if statement is None or _task_of(statement, scope) != call:
        return
    for each in preceding(statement):
        task = _task_of(each, scope)
        if task is not None:
            yield from _one(task, function, scope)
        elif any(True for _ in each.find(Await)):
            return


def _task_of(statement: View, scope: Scope) -> Call | None:
    """Return the call by which a statement creates a task, and does no more."""
    inner = statement.value if isinstance(statement, ExpressionStatement) else statement
    value = inner.final_value if isinstance(inner, Assignment) else inner
    return value if isinstance(value, Call) and scope.at(value).resolve(value) in STARTING else None
