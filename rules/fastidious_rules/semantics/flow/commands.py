"""Functions that somebody at a terminal runs: commands, and what a script consists of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastidious_rules.semantics.flow.entries import entry
from fastidious_rules.semantics.references import SCRIPT, callers, reached_from

if TYPE_CHECKING:
    from fastidious_rules.semantics.project import Project


def is_run_by_hand(project: Project, qualified: str) -> bool:
    """Tell whether a function is a command, or only commands and the end of a script lead to it."""
    if project.ask(entry, qualified).is_command or project.ask(reached_from, qualified) == SCRIPT:
        return True
    found = project.ask(callers, qualified)
    return bool(found) and all(project.ask(entry, each.qualified).is_command for each in found)
