"""What a session holds already: objects that a function was given, or asked for before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastidious_rules.semantics.names import function_fact
from fastidious_rules.semantics.orm.query import Stage
from fastidious_rules.semantics.orm.statements import query_of
from fastidious_rules.semantics.types import annotated
from fastidious_rules.syntax.terms import Ref, called_name, parts

if TYPE_CHECKING:
    from fastidious_rules.semantics.project import Asker, Project
    from fastidious_rules.semantics.types import Environment


def entities_held(asker: Asker, where: Environment) -> frozenset[str]:
    """Return the entities of which a function is given an object, or has asked for some."""
    fact = where.function
    if fact is None:
        return frozenset()
    given = {annotated(asker, where.module, each.annotation).name for each in fact.parameters}
    queries = (query_of(asker, where, Ref(name)) for name in fact.local)
    asked = {
        each.entity for each in queries if each is not None and each.stage is not Stage.STATEMENT and not each.path
    }
    return frozenset((given | asked) - {""})


def refreshes(project: Project, qualified: str) -> bool:
    """Tell whether a function has more of an object loaded: by `refresh`, or by `awaitable_attrs`."""
    found = function_fact(project, qualified)
    terms = [*(call.term for call in found[1].calls), *found[1].returned] if found is not None else []
    local = found[1].local.values() if found is not None else ()
    names = (each for term in [*terms, *(one for some in local for one in some)] for each in parts(term))
    return any(
        called_name(each) == "refresh" or (isinstance(each, Ref) and ".awaitable_attrs." in each.dotted)
        for each in names
    )
