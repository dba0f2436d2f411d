"""Entries: the functions through which what clients send comes in, and who the clients are."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fastidious_rules.knowledge import names
from fastidious_rules.semantics.asynchrony.execution import environment_of
from fastidious_rules.semantics.names import function_fact, resolve, variable_fact
from fastidious_rules.semantics.web import fastapi
from fastidious_rules.semantics.web.exposure import words_of
from fastidious_rules.syntax.terms import Apply, Literal, Ref, dotted, parts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.semantics.facts import FunctionFact
    from fastidious_rules.semantics.project import Project
    from fastidious_rules.semantics.web.fastapi import Route
    from fastidious_rules.syntax.terms import Term


class Entry(NamedTuple):
    """A function that FastAPI calls with what a client sends."""

    is_endpoint: bool
    is_privileged: bool
    """Whether its path or its dependencies say that only administrators get there."""
    is_command: bool = False
    """Whether it is a command of the command line: who runs it may do anything anyway."""


def entry(project: Project, qualified: str) -> Entry:
    """Return what kind of entry a function is."""
    found = function_fact(project, qualified)
    if found is None:
        return Entry(is_endpoint=False, is_privileged=False)
    module, fact = found
    where = environment_of(project, module, fact)
    around = where.outer or where._replace(function=None)
    routes = fastapi.routes(project, around, fact)
    terms = (*_terms_of(fact), *(each for route in routes for each in _terms_of_router(project, module.name, route)))
    asked = (dotted(each) for each in fact.compared)
    is_privileged = any(_says_privileged(word) for term in terms for word in _words_in(term)) or any(
        _asks_for_privilege(each) for each in asked
    )
    return Entry(bool(routes), is_privileged, any(_makes_command(each) for each in fact.decorators))


def _asks_for_privilege(path: str) -> bool:
    """Tell whether an attribute that a condition reads says what somebody may do."""
    _, _, name = path.rpartition(".")
    return path != name and (_says_privileged(name) or name in names("privileges", "roles"))


def _makes_command(decorator: Term) -> bool:
    name = dotted(decorator.function if isinstance(decorator, Apply) else decorator)
    return name.rpartition(".")[2] in names("entries", "commands")


def _terms_of(fact: FunctionFact) -> Iterator[Term]:
    yield from fact.decorators
    for each in fact.parameters:
        yield from (term for term in (each.annotation, each.default) if term is not None)


def _terms_of_router(project: Project, module: str, route: Route) -> Iterator[Term]:
    router = variable_fact(project, resolve(project, module, route.router))
    if router is not None and router[1].value is not None:
        yield router[1].value


def _words_in(term: Term) -> Iterator[str]:
    """Yield the names that are used, and the paths that are declared."""
    for part in parts(term):
        if isinstance(part, Ref):
            yield part.dotted
        elif isinstance(part, Literal) and part.kind == "str":
            yield part.text
        elif isinstance(part, Apply):
            yield from (name for name, _ in part.keywords)


def _says_privileged(text: str) -> bool:
    return not names("entries", "privileged").isdisjoint(words_of(text))
