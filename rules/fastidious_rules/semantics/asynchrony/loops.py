"""Event loops: what starts one, which it may not do where one runs, and who looks for the running one first."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fastidious_rules.semantics.asynchrony.execution import imported_modules, is_offloaded
from fastidious_rules.semantics.names import function_fact, signature
from fastidious_rules.semantics.place import Place
from fastidious_rules.semantics.references import callers
from fastidious_rules.syntax.terms import called_name
from fastidious_rules.syntax.text import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.semantics.project import Project

LOOP_STARTERS = frozenset(
    {
        "anyio.run",
        "asyncio.AbstractEventLoop.run_forever",
        "asyncio.AbstractEventLoop.run_until_complete",
        "asyncio.Runner.run",
        "asyncio.run",
    }
)
"""Functions that raise `RuntimeError` in a thread whose event loop is running."""
_LOOKING = frozenset({"current_async_library", "current_task", "get_running_loop", "is_running"})
_NESTING = frozenset({"nest_asyncio", "nest_asyncio2"})
"""Libraries that let loops run inside each other."""
_DEEPEST = 4


class LoopCaller(NamedTuple):
    """A function that calls another one, and where."""

    qualified: str
    callee: str
    place: Place
    is_async: bool


def lets_loops_nest(project: Project, module: str) -> bool:
    """Tell whether a module imports a library that lets loops run inside each other."""
    return not _NESTING.isdisjoint(project.ask(imported_modules, module))


def way_from_coroutine(project: Project, qualified: str) -> tuple[LoopCaller, ...]:
    """Return the calls by which a coroutine leads to a synchronous function, that of the coroutine first.

    It is empty where none does, or where a function on the way may find out that a loop is running.
    """
    seen = {qualified}
    waiting: list[tuple[str, tuple[LoopCaller, ...]]] = [(qualified, ())]
    while waiting:
        name, way = waiting.pop(0)
        if len(way) == _DEEPEST or project.ask(avoids_running_loop, name):
            continue
        for caller in project.ask(calling_functions, name):
            if caller.is_async:
                return (caller, *way)
            if caller.qualified not in seen:
                seen.add(caller.qualified)
                waiting.append((caller.qualified, (caller, *way)))
    return ()


def avoids_running_loop(project: Project, qualified: str) -> bool:
    """Tell whether a function looks for a running loop, is told of it by an argument, or runs in another thread."""
    found = function_fact(project, qualified)
    outside = project.ask(signature, qualified)
    if found is None or outside is None or is_offloaded(project, outside):
        return True
    module, fact = found
    is_told = any("async" in parameter.name for parameter in fact.parameters)
    return (
        is_told
        or any(called_name(call.term) in _LOOKING for call in fact.calls)
        or lets_loops_nest(project, module.name)
    )


def calling_functions(project: Project, qualified: str) -> tuple[LoopCaller, ...]:
    """Return the functions that call a function themselves; those that hand it on do not."""
    return tuple(_calling(project, qualified))


def _calling(project: Project, qualified: str) -> Iterator[LoopCaller]:
    name = qualified.rpartition(".")[2]
    for caller in project.ask(callers, qualified):
        found = function_fact(project, caller.qualified)
        if found is None:
            continue
        module, fact = found
        call = next((each for each in fact.calls if called_name(each.term) == name and not each.awaited), None)
        if call is not None:
            place = Place(module.path, fact.name, Span(*call.span))
            yield LoopCaller(caller.qualified, qualified, place, fact.is_async)
