"""Routers by other names: what callers pass to a function that puts routers together, and what a factory returns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastidious_rules.semantics.arguments import given_for
from fastidious_rules.semantics.calls import calls_of
from fastidious_rules.semantics.inference import callee_of
from fastidious_rules.semantics.names import function_fact, variable_fact
from fastidious_rules.semantics.types import Environment
from fastidious_rules.semantics.web.routing import LOCAL, router_named
from fastidious_rules.syntax.terms import Apply, Ref, dotted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.semantics.project import Project


def meant_by(project: Project, router: str) -> tuple[str, ...]:
    """Return the routers that a router really is: what callers pass for a parameter, what a factory made of a variable."""
    owner, _, name = router.partition(LOCAL)
    found = _passed(project, owner, name) if name else _made(project, router)
    further = ((each, project.ask(meant_by, each)) for each in found)
    known = tuple(dict.fromkeys(last for each, deeper in further for last in deeper or (each,)))
    return known or (router,)


def _passed(project: Project, owner: str, name: str) -> Iterator[str]:
    found = function_fact(project, owner)
    if found is None or all(each.name != name for each in found[1].parameters):
        return
    for call in calls_of(project, owner):
        term = given_for(project, owner, name, call.term)
        if isinstance(term, Ref):
            inside = call.where.function if call.place.symbol else None
            yield router_named(project, call.where.module, inside, term.dotted)


def _made(project: Project, qualified: str) -> Iterator[str]:
    found = variable_fact(project, qualified)
    value = found[1].value if found is not None else None
    if found is not None and isinstance(value, Apply):
        made = returned_by(project, Environment(found[0].name), value)
        if made:
            yield made


def returned_by(project: Project, where: Environment, call: Apply) -> str:
    """Return the application that a factory of the project puts together: `app = create_app()`; empty if it is none."""
    found = function_fact(project, callee_of(project, where, call))
    if found is None:
        return ""
    name = next((name for each in found[1].returned if (name := dotted(each))), "")
    return router_named(project, found[0].name, found[1], name) if name else ""
