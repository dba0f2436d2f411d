"""Exceptions that an application turns into responses: by their own status, or by a handler that is registered for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fastidious_rules.semantics.module import BODY, SIGNATURES, key_of
from fastidious_rules.semantics.names import ancestry, find_member, function_fact, resolve, variable_fact
from fastidious_rules.semantics.web.fastapi import HTTP_EXCEPTIONS
from fastidious_rules.semantics.web.handler_statuses import StatusSource, status_source
from fastidious_rules.semantics.web.responses import status_of
from fastidious_rules.syntax.terms import Apply, Collection, Ref, Term, called_name, dotted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.semantics.facts import FunctionFact
    from fastidious_rules.semantics.module import Module
    from fastidious_rules.semantics.project import Project

_DECORATOR = "exception_handler"
_REGISTRAR = "add_exception_handler"
_KEYWORD = "exception_handlers"
_EVERYTHING = frozenset({"builtins.Exception", "builtins.BaseException"})


class Handled(NamedTuple):
    """An exception class with a handler, and where that has the status of its response from."""

    exception: str
    source: StatusSource


class Answered(NamedTuple):
    """What becomes of an exception: a response with a status, None if nobody knows which."""

    status: int | None


def answer_to(project: Project, exception: str) -> Answered | None:
    """Return what becomes of an exception that an endpoint lets out; None if it is no more than an error of the server."""
    classes = project.ask(ancestry, exception)
    handled = {each.exception: each for each in project.ask(handled_exceptions)}
    known = next((handled[each] for each in classes if each in handled), None)
    is_http = not set(HTTP_EXCEPTIONS).isdisjoint(classes)
    if known is not None and not (is_http and known.exception in HTTP_EXCEPTIONS):
        return Answered(known.source.status_for(project, exception))
    return Answered(project.ask(own_status, exception)) if is_http else None


def handled_exceptions(project: Project) -> tuple[Handled, ...]:
    """Return the exceptions that the project registers handlers for, the most general ones left out."""
    found = (each for name in project.ask(handling_modules) for each in project.ask(handled_in, name))
    return tuple(each for each in found if each.exception not in _EVERYTHING)


def handling_modules(project: Project) -> tuple[str, ...]:
    """Return the modules that may register handlers."""
    return tuple(sorted({each.name for word in (_DECORATOR, _KEYWORD) for each in project.holding(word)}))


def handled_in(project: Project, module: str) -> tuple[Handled, ...]:
    """Return the exceptions that one module registers handlers for."""
    found = project.module(module)
    if found is None:
        return ()
    for name in (BODY, SIGNATURES):
        project.read(module, name)
    pairs: list[tuple[Term, Term]] = []
    handled: list[Handled] = []
    for fact in found.functions():
        if fact.name:
            project.read(module, key_of(fact.name))
        handled.extend(_by_decorator(project, found, fact))
        pairs.extend(pair for call in fact.calls for pair in _registered(project, module, call.term))
    return (*handled, *(each for pair in pairs if (each := _by_name(project, module, *pair)) is not None))


def _by_decorator(project: Project, module: Module, fact: FunctionFact) -> Iterator[Handled]:
    for decorator in fact.decorators:
        if isinstance(decorator, Apply) and called_name(decorator) == _DECORATOR and decorator.arguments:
            exception = resolve(project, module.name, dotted(decorator.arguments[0]))
            if exception:
                yield Handled(exception, status_source(project, module, fact))


def _registered(project: Project, module: str, call: Apply) -> Iterator[tuple[Term, Term]]:
    """Yield the exceptions and handlers of `add_exception_handler(Missing, answer)` and of `FastAPI(exception_handlers=...)`."""
    if called_name(call) == _REGISTRAR and len(call.arguments) > 1:
        yield call.arguments[0], call.arguments[1]
    given = call.keyword(_KEYWORD)
    if isinstance(given, Ref):
        variable = variable_fact(project, resolve(project, module, given.dotted))
        given = variable[1].value if variable is not None else None
    if isinstance(given, Collection) and given.kind == "dict":
        yield from zip(given.items[::2], given.items[1::2], strict=False)


def _by_name(project: Project, module: str, exception: Term, handler: Term) -> Handled | None:
    known = resolve(project, module, dotted(exception)) if isinstance(exception, Ref) else ""
    if not known:
        return None
    found = function_fact(project, resolve(project, module, dotted(handler))) if isinstance(handler, Ref) else None
    return Handled(known, status_source(project, *found) if found is not None else StatusSource())


def own_status(project: Project, exception: str) -> int | None:
    """Return the status that a class of HTTP exceptions gives to itself, None if whoever raises it says which."""
    attribute = project.ask(find_member, exception, "status_code")
    variable = variable_fact(project, attribute) if attribute else None
    if variable is not None and variable[1].value is not None:
        return status_of(variable[1].value)
    found = function_fact(project, project.ask(find_member, exception, "__init__") or "")
    if found is None:
        return None
    given = (_status_argument(call.term) for call in found[1].calls if called_name(call.term) == "__init__")
    term = next((each for each in given if each is not None), None)
    default = next((each.default for each in found[1].parameters if each.name == dotted(term)), None) if term else None
    return status_of(default if default is not None else term)


def _status_argument(call: Apply) -> Term | None:
    given = call.keyword("status_code")
    return given if given is not None else next(iter(call.arguments), None)
