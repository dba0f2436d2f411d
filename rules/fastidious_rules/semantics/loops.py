"""Event loops: what starts one, which it may not do where one runs, and who looks for the running one first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastidious_rules.semantics.execution import imported_modules
from fastidious_rules.semantics.names import function_fact
from fastidious_rules.syntax.terms import called_name

if TYPE_CHECKING:
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


def lets_loops_nest(project: Project, module: str) -> bool:
    """Tell whether a module imports a library that lets loops run inside each other."""
    return not _NESTING.isdisjoint(project.ask(imported_modules, module))


def looks_for_loop(project: Project, qualified: str) -> bool:
    """Tell whether a function may find out first that a loop is running: it asks for it, or is told by an argument."""
    found = function_fact(project, qualified)
    if found is None:
        return True
    module, fact = found
    is_told = any("async" in parameter.name for parameter in fact.parameters)
    return (
        is_told
        or any(called_name(call.term) in _LOOKING for call in fact.calls)
        or lets_loops_nest(project, module.name)
    )
