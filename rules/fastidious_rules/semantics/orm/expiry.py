"""Objects that a commit expires: who reads them afterwards, and which sessions of the project expire them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fastidious_rules.semantics.asynchrony.execution import environment_of
from fastidious_rules.semantics.inference import callee_of, inferred
from fastidious_rules.semantics.orm.entities import columns, is_entity
from fastidious_rules.semantics.orm.query import Stage
from fastidious_rules.semantics.orm.statements import ASYNC_SESSIONS, query_of
from fastidious_rules.semantics.orm.uses import COMMITTING, database_use
from fastidious_rules.semantics.place import Place
from fastidious_rules.semantics.role import Role
from fastidious_rules.semantics.types import Environment, annotated, is_subclass
from fastidious_rules.semantics.web.fastapi import routes
from fastidious_rules.syntax.terms import Apply, Literal, Ref, parts
from fastidious_rules.syntax.text import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.semantics.facts import FunctionFact, StaleFact
    from fastidious_rules.semantics.module import Module
    from fastidious_rules.semantics.project import Project
    from fastidious_rules.syntax.terms import Term

OPTION = "expire_on_commit"
_COMMIT = "commit"
_FALSE = Literal("bool", "False")
_MOST = 10


class ExpiredRead(NamedTuple):
    """A read of an object that a commit has expired: which entity, which attribute; none where it is returned whole."""

    place: Place
    name: str
    entity: str
    attribute: str


def expired_reads(project: Project) -> tuple[ExpiredRead, ...]:
    """Return what coroutines of production code read of entities after they have committed."""
    found = (
        each
        for module in project.mentioning(_COMMIT)
        if project.role_of(module.path, module.name) is Role.CODE
        for fact in module.functions()
        for each in _in_function(project, module, fact)
    )
    return tuple(each for each, _ in zip(found, range(_MOST), strict=False))


def keeps_objects(project: Project) -> bool:
    """Tell whether production code makes sessions anywhere that keep objects readable: which one is used is not known then."""
    return any(
        project.role_of(module.path, module.name) is Role.CODE and any(map(_is_kept, _terms(module)))
        for module in project.mentioning(OPTION)
    )


def _is_kept(term: Term) -> bool:
    return any(isinstance(part, Apply) and part.keyword(OPTION) == _FALSE for part in parts(term)) or any(
        part == Literal("str", OPTION) for part in parts(term)
    )


def _terms(module: Module) -> Iterator[Term]:
    for unit in module.facts.units:
        yield from (each.value for each in unit.variables if each.value is not None)
        for function in unit.functions:
            yield from (each.term for each in function.calls)
            yield from (each for terms in function.local.values() for each in terms)


def _in_function(project: Project, module: Module, fact: FunctionFact) -> Iterator[ExpiredRead]:
    if not fact.stale:
        return
    where = environment_of(project, module, fact)
    commits = [each for each in fact.calls if each.span in {stale.commit for stale in fact.stale}]
    is_async = {each.span for each in commits if _commits_async(project, where, each.term)}
    for stale in fact.stale:
        entity = _entity(project, where, stale.name) if stale.commit in is_async else ""
        if entity and _is_read(project, where, fact, entity, stale):
            place = Place(module.path, fact.name, Span(*stale.span))
            yield ExpiredRead(place, stale.name, entity, stale.attribute)


def _commits_async(project: Project, where: Environment, call: Apply) -> bool:
    callee = callee_of(project, where, call)
    known = database_use(project, callee)
    is_session = is_subclass(project, callee.rpartition(".")[0], *ASYNC_SESSIONS)
    return known is not None and COMMITTING in known.lists and is_session


def _entity(project: Project, where: Environment, name: str) -> str:
    """Return the entity of which a name holds one object, empty unless that is known."""
    query = query_of(project, where, Ref(name))
    if query is not None:
        return query.entity if query.stage is Stage.ROW and not query.has_columns else ""
    known = inferred(project, where, Ref(name)).name
    return known if project.ask(is_entity, known) else ""


def _is_read(project: Project, where: Environment, fact: FunctionFact, entity: str, stale: StaleFact) -> bool:
    """Tell whether a column is read, or the object is returned to somebody who reads it."""
    if stale.attribute:
        return any(each.name == stale.attribute for each in project.ask(columns, entity))
    outside = where.outer or Environment(where.module, None, where.class_name)
    if routes(project, outside, fact):
        return True
    return entity in {each.name for each in annotated(project, where.module, fact.returns).members}
