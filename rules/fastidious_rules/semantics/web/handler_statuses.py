"""Statuses of the responses that handlers of exceptions make: always the same, from a table by class, or the exception's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fastidious_rules.semantics.names import ancestry, find_member, function_fact, resolve, variable_fact
from fastidious_rules.semantics.web.responses import status_of
from fastidious_rules.syntax.terms import Apply, Collection, Index, Ref, dotted, parts, receiver_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.semantics.facts import FunctionFact
    from fastidious_rules.semantics.module import Module
    from fastidious_rules.semantics.project import Project
    from fastidious_rules.syntax.terms import Term

_DEEPEST = 3


class StatusSource(NamedTuple):
    """Where a handler has the status from: the class in a table, else an attribute of the exception, else one for all."""

    by_class: tuple[tuple[str, int], ...] = ()
    attribute: str = ""
    otherwise: int | None = None

    def status_for(self, project: Project, exception: str) -> int | None:
        """Return the status with which an exception of this class is answered, None if nobody knows."""
        table = dict(self.by_class)
        found = next((table[each] for each in project.ask(ancestry, exception) if each in table), None)
        if found is None and self.attribute:
            member = variable_fact(project, project.ask(find_member, exception, self.attribute))
            found = status_of(member[1].value) if member is not None else None
        return self.otherwise if found is None else found


def status_source(project: Project, module: Module, handler: FunctionFact) -> StatusSource:
    """Return where the responses of a handler have their status from."""
    responses = (part for term in handler.returned for part in parts(term) if isinstance(part, Apply))
    given = [each.keyword("status_code") for each in responses]
    sources = {_source(project, module, handler, each) for each in given if each is not None}
    return sources.pop() if len(sources) == 1 else StatusSource()


def _source(project: Project, module: Module, around: FunctionFact, term: Term, depth: int = 0) -> StatusSource:
    known = status_of(term)
    if known is not None or depth == _DEEPEST:
        return StatusSource(otherwise=known)
    match term:
        case Ref(name) if name in around.local:
            return _joined(_source(project, module, around, each, depth + 1) for each in around.local[name])
        case Ref(name) if around.parameters and name.partition(".")[0] == around.parameters[-1].name:
            return StatusSource(attribute=name.partition(".")[2])
        case Index(table, _):
            return StatusSource(_table(project, module, table))
        case Apply():
            return _called(project, module, term, depth)
        case _:
            return StatusSource()


def _called(project: Project, module: Module, call: Apply, depth: int) -> StatusSource:
    """Return the source that a call stands for: `STATUSES.get(type(error), 400)`, or a function of the project."""
    receiver, name = receiver_of(call)
    if name == "get" and receiver is not None:
        return StatusSource(_table(project, module, receiver), otherwise=_last_status(call))
    found = function_fact(project, resolve(project, module.name, dotted(call.function)))
    if found is None:
        return StatusSource()
    return _joined(_source(project, found[0], found[1], each, depth + 1) for each in found[1].returned)


def _joined(sources: Iterator[StatusSource]) -> StatusSource:
    """Return sources that are tried one after the other as one; two that speak for all leave it open."""
    found = list(sources)
    for_all = {each.otherwise for each in found if each.otherwise is not None}
    return StatusSource(
        tuple(pair for each in found for pair in each.by_class),
        next((each.attribute for each in found if each.attribute), ""),
        for_all.pop() if len(for_all) == 1 else None,
    )


def _last_status(call: Apply) -> int | None:
    return status_of(call.arguments[1]) if len(call.arguments) > 1 else None


def _table(project: Project, module: Module, term: Term) -> tuple[tuple[str, int], ...]:
    """Return the statuses that a table of the project gives to classes."""
    found = variable_fact(project, resolve(project, module.name, dotted(term)))
    value = found[1].value if found is not None else None
    if found is None or not isinstance(value, Collection) or value.kind != "dict":
        return ()
    pairs = zip(value.items[::2], value.items[1::2], strict=False)
    known = ((resolve(project, found[0].name, dotted(key)), status_of(status)) for key, status in pairs)
    return tuple((exception, status) for exception, status in known if exception and status is not None)
