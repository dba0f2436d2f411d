"""How often clients may call a route."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastidious_rules.semantics.types import Environment
from fastidious_rules.semantics.web.protection import Shield, Strength, dependency_strength, is_limiting
from fastidious_rules.semantics.web.route_dependencies import short_name
from fastidious_rules.syntax.terms import Apply
from fastidious_rules.syntax.writing import written

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.semantics.project import Project
    from fastidious_rules.semantics.web.route_dependencies import Need
    from fastidious_rules.semantics.web.route_list import Handler


def limits_of(project: Project, handler: Handler | None, needs: tuple[Need, ...]) -> tuple[str, ...]:
    """Return the limits of a route: those of its decorators as they are written, and dependencies that limit."""
    found = dict.fromkeys(_of_decorators(project, handler) if handler is not None else ())
    for need in needs:
        for each in need.everything:
            if dependency_strength(project, Shield.LIMITER, each) is Strength.CERTAIN:
                found[short_name(each) or each.written] = None
    return tuple(each for each in found if each)


def _of_decorators(project: Project, handler: Handler) -> Iterator[str]:
    where = Environment(handler.module)
    for decorator in handler.fact.decorators:
        if isinstance(decorator, Apply) and is_limiting(project, where, decorator):
            yield ", ".join(map(written, decorator.arguments)) or "a limit"
