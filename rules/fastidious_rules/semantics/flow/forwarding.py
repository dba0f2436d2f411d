"""Functions of a project that send requests for others: wrappers of HTTP clients."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fastidious_rules.semantics.asynchrony.execution import environment_of
from fastidious_rules.semantics.asynchrony.http_calls import Argument
from fastidious_rules.semantics.flow.origins import source_of
from fastidious_rules.semantics.flow.provenance import is_too_common
from fastidious_rules.semantics.flow.screening import is_screened
from fastidious_rules.semantics.flow.sinks import requested, requesting_names
from fastidious_rules.semantics.flow.source import Origin
from fastidious_rules.semantics.flow.url_openings import openings
from fastidious_rules.semantics.inference import callee_of
from fastidious_rules.semantics.names import function_fact
from fastidious_rules.semantics.place import Place
from fastidious_rules.syntax.terms import called_name
from fastidious_rules.syntax.text import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.semantics.facts import CallFact, FunctionFact
    from fastidious_rules.semantics.project import Project
    from fastidious_rules.semantics.types import Environment


class Forwarding(NamedTuple):
    """A function that requests a URL that it is given: the argument, and the call that it requests it with."""

    argument: Argument
    place: Place


def forwarding(project: Project, qualified: str) -> Forwarding | None:
    """Return how a function requests a URL that it is given, None if it requests none.

    Only those are wrappers that are called from so many places that nobody follows the value back from inside them.
    """
    found = function_fact(project, qualified) if project.ask(is_too_common, qualified) else None
    if found is None:
        return None
    module, fact = found
    where = environment_of(project, module, fact)
    for call in fact.calls:
        for name in _given_urls(project, where, call):
            argument = _argument(fact, name)
            if argument:
                return Forwarding(argument, Place(module.path, fact.name, Span(*call.span)))
    return None


def _given_urls(project: Project, where: Environment, call: CallFact) -> Iterator[str]:
    """Yield the parameters that begin the URL of a request."""
    taken = requested(callee_of(project, where, call.term)) if called_name(call.term) in requesting_names() else None
    url = taken.given(call.term) if taken else None
    for opening in openings(project, where, url) if url is not None else ():
        source = source_of(project, where, opening.value)
        if source.origin is Origin.PARAMETER and not is_screened(project, where, source, but=call.span):
            yield source.path


def _argument(fact: FunctionFact, name: str) -> Argument:
    names = [each.name for each in fact.parameters]
    if name not in names:
        return Argument()
    is_method = names[0] in {"self", "cls"}
    keyword_only = fact.parameters[names.index(name)].keyword_only
    return Argument(-1 if keyword_only else names.index(name) - is_method, name)
