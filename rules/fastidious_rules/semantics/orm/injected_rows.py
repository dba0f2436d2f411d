"""Rows that FastAPI injects: what a dependency found in a database."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastidious_rules.semantics.names import resolve
from fastidious_rules.semantics.orm.entities import is_entity
from fastidious_rules.semantics.orm.statements import returned_query
from fastidious_rules.semantics.types import alias_of, annotated
from fastidious_rules.semantics.web.fastapi import injection
from fastidious_rules.syntax.terms import Ref, dotted

if TYPE_CHECKING:
    from fastidious_rules.semantics.facts import ParameterFact
    from fastidious_rules.semantics.orm.query import Query
    from fastidious_rules.semantics.project import Asker

_FIRST_DEPTH = "1"


def injected_rows(asker: Asker, module: str, parameter: ParameterFact) -> Query | None:
    """Return the query whose row a dependency gives for a parameter, None unless that is proven."""
    if not asker.ask(is_entity, annotated(asker, module, parameter.annotation).name):
        return None
    where, annotation = module, parameter.annotation
    if isinstance(annotation, Ref):
        alias = asker.ask(alias_of, resolve(asker, module, annotation.dotted))
        where, annotation = alias if alias is not None else (where, annotation)
    found = injection(asker, where, annotation, parameter.default)
    provider = dotted(found.arguments[0]) if found is not None and found.arguments else ""
    qualified = resolve(asker, where, provider) if provider else ""
    return asker.ask(returned_query, qualified, "", _FIRST_DEPTH) if qualified else None
