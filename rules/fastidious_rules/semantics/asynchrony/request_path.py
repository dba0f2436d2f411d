"""Whether a function runs again for each request, as a part of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastidious_rules.semantics.names import function_fact
from fastidious_rules.semantics.references import REQUEST, callers, root_of
from fastidious_rules.syntax.terms import called_name

if TYPE_CHECKING:
    from fastidious_rules.semantics.project import Project

_DEEPEST = 3


def runs_per_request(project: Project, qualified: str) -> bool:
    """Tell whether a request leads to a function by calls alone: what is handed on, to run later, is left out."""
    seen: set[str] = set()
    waiting = [qualified]
    for _ in range(_DEEPEST + 1):
        level, waiting = waiting, list[str]()
        for name in level:
            if name in seen:
                continue
            seen.add(name)
            root = project.ask(root_of, name)
            if root == REQUEST:
                return True
            waiting.extend(() if root else project.ask(direct_callers, name))
    return False


def direct_callers(project: Project, qualified: str) -> tuple[str, ...]:
    """Return the functions of production code, on the event loop of the server, that call a function themselves."""
    name = qualified.rpartition(".")[2]
    found = (each.qualified for each in project.ask(callers, qualified) if not each.has_own_loop)
    return tuple(each for each in found if _calls(project, each, name))


def _calls(project: Project, qualified: str, name: str) -> bool:
    found = function_fact(project, qualified)
    return found is not None and any(called_name(call.term) == name for call in found[1].calls)
