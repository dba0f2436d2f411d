"""Ways from a function of the project to the statement that it runs on a database, in its own body or through others.

`effects.nearest` finds those on sessions of a known type. Here a statement is proof enough, so that functions with a
parameter `db_session` of no type are understood too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastidious_rules.semantics.asynchrony.effects import Effect, Step, body_of, callees
from fastidious_rules.semantics.asynchrony.execution import is_cached
from fastidious_rules.semantics.inference import callee_of
from fastidious_rules.semantics.names import signature
from fastidious_rules.semantics.orm.executions import executing_names, execution
from fastidious_rules.semantics.orm.query_steps import execution_stage
from fastidious_rules.semantics.orm.uses import database_use
from fastidious_rules.semantics.place import Place
from fastidious_rules.syntax.terms import Apply, called_name, parts
from fastidious_rules.syntax.text import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.semantics.asynchrony.effects import Body
    from fastidious_rules.semantics.facts import Bytes, FunctionFact
    from fastidious_rules.semantics.project import Project

_DEEPEST = 3


def query_path(project: Project, qualified: str, depth: str = str(_DEEPEST)) -> Effect | None:
    """Return the shortest way on which a call of a function runs a statement, None if it is not known to run one."""
    found = project.ask(signature, qualified)
    if found is None or found.is_generator:
        return None
    best = project.ask(own_query, qualified)
    for each in project.ask(callees, qualified, "") if best is None and depth != "1" else ():
        inner = project.ask(query_path, each.callee, str(int(depth) - 1))
        if inner is not None and (best is None or len(inner.steps) + 1 < len(best.steps)):
            best = inner._replace(steps=(Step(each.callee, each.place), *inner.steps))
    return best._replace(cached=True) if best is not None and is_cached(project, found) else best


def own_query(project: Project, qualified: str) -> Effect | None:
    """Return the first statement that a function runs in its own body."""
    body = project.ask(body_of, qualified)
    if body is None:
        return None
    where = body.environment
    for term, span in _candidates(body.fact):
        found = execution(project, where, term)
        if found is not None:
            callee = callee_of(project, where, term)
            name = callee if database_use(project, callee) is not None else _likely(called_name(term))
            return Effect(found.kind, (Step(name, _place(body, span)),))
    return None


def _candidates(fact: FunctionFact) -> Iterator[tuple[Apply, Bytes]]:
    """Yield the calls that may run a statement; then those that are returned or assigned, whose arguments are kept whole."""
    wanted = executing_names()
    calls = [(call.term, call.span) for call in fact.calls if called_name(call.term) in wanted]
    yield from calls
    spans = {called_name(term): span for term, span in reversed(calls)}
    whole = [*fact.returned, *(term for terms in fact.local.values() for term in terms)] if spans else []
    for part in (each for term in whole for each in parts(term)):
        if isinstance(part, Apply) and called_name(part) in spans:
            yield part, spans[called_name(part)]


def _likely(method: str) -> str:
    """Return the name of a method of a session whose type is not written anywhere."""
    is_session = bool(execution_stage(method)) or method in {"get", "get_one"}
    return f"sqlalchemy.orm.{'Session' if is_session else 'Query'}.{method}"


def _place(body: Body, span: tuple[int, int]) -> Place:
    return Place(body.path, body.fact.name, Span(*span))
