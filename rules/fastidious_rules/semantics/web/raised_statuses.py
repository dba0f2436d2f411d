"""Statuses that a request may end with, because something on its way raises."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fastidious_rules.semantics.asynchrony.effects import Body, body_of, callees
from fastidious_rules.semantics.inference import callee_of
from fastidious_rules.semantics.names import resolve, variable_fact
from fastidious_rules.semantics.place import Place
from fastidious_rules.semantics.types import Environment
from fastidious_rules.semantics.web.exception_handlers import answer_to
from fastidious_rules.semantics.web.responses import status_of
from fastidious_rules.syntax.terms import Apply, Ref, Term, dotted, last_name
from fastidious_rules.syntax.text import Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from fastidious_rules.semantics.project import Project

_DEEPEST = 4
_MOST_FUNCTIONS = 200
_LAST = 1000
"""Above all statuses: unknown ones come last."""


class Raised(NamedTuple):
    """An exception that becomes a response; `status` is None where nobody knows which."""

    status: int | None
    exception: str
    """Its class, by its last name."""
    place: Place


def raised_below(project: Project, functions: Iterable[str]) -> tuple[Raised, ...]:
    """Return what functions raise, and those that they call: each status once, what is raised nearest comes first."""
    found: dict[object, Raised] = {}
    for raised in followed(project, functions):
        for each in raised:
            found.setdefault(each.status or each.exception, each)
    return tuple(sorted(found.values(), key=lambda each: (each.status or _LAST, each.exception)))


def followed(project: Project, functions: Iterable[str]) -> Iterator[tuple[Raised, ...]]:
    """Yield what each of the functions raises, then what those raise that they call, and so on."""
    seen: set[str] = set()
    level = list(functions)
    for _ in range(_DEEPEST + 1):
        fresh = [each for each in dict.fromkeys(level) if each not in seen][: _MOST_FUNCTIONS - len(seen)]
        seen.update(fresh)
        level = list[str]()
        for name in fresh:
            level.extend(step.callee for step in project.ask(callees, name, ""))
            yield project.ask(raised_in, name)


def raised_in(project: Project, qualified: str) -> tuple[Raised, ...]:
    """Return what a function raises in its own body, as far as it becomes a response."""
    body = project.ask(body_of, qualified)
    if body is None:
        return ()
    found = (_raised(project, body, term) for term in body.fact.raised)
    return tuple(each for each in found if each is not None)


def _raised(project: Project, body: Body, term: Term) -> Raised | None:
    where, made = _made(project, body.environment, term)
    target = made.function if isinstance(made, Apply) else made
    exception = callee_of(project, where, made if isinstance(made, Apply) else Apply(made))
    answer = answer_to(project, exception) if exception else None
    if answer is None:
        return None
    status = _given_status(made) if isinstance(made, Apply) else None
    return Raised(status or answer.status, last_name(target), _place(body, made))


def _made(project: Project, where: Environment, term: Term) -> tuple[Environment, Term]:
    """Return the call that makes an exception which has a name: `missing = HTTPException(404)`, `raise missing`."""
    if not isinstance(term, Ref):
        return where, term
    local = where.function.local.get(term.dotted, ()) if where.function is not None else ()
    if local:
        return where, local[0]
    found = variable_fact(project, resolve(project, where.module, term.dotted))
    value = found[1].value if found is not None else None
    return (Environment(found[0].name), value) if found is not None and isinstance(value, Apply) else (where, term)


def _given_status(call: Apply) -> int | None:
    return status_of(call.keyword("status_code")) or next(
        (status for each in call.arguments[:1] if (status := status_of(each)) is not None), None
    )


def _place(body: Body, made: Term) -> Place:
    """Return where an exception is made, else the function that raises it."""
    spans = _spans(body, made)
    return Place(body.path, body.fact.name, Span(*next(spans, body.fact.span)))


def _spans(body: Body, made: Term) -> Iterator[tuple[int, int]]:
    if isinstance(made, Apply):
        wanted = dotted(made.function), _given_status(made)
        for call in body.fact.calls:
            if (dotted(call.term.function), _given_status(call.term)) == wanted:
                yield call.span
