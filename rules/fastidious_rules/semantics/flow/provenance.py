"""Provenance: where a value comes from when it is handed on, from a handler through services to where it is used."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from fastidious_rules.semantics.arguments import call_to, given_for
from fastidious_rules.semantics.asynchrony.execution import environment_of
from fastidious_rules.semantics.flow.injected_sources import injected_source
from fastidious_rules.semantics.flow.origins import source_of
from fastidious_rules.semantics.flow.screening import is_screened
from fastidious_rules.semantics.flow.source import Origin, Source
from fastidious_rules.semantics.flow.url_openings import openings
from fastidious_rules.semantics.inference import callee_of
from fastidious_rules.semantics.names import class_shape, function_fact, split_qualified
from fastidious_rules.semantics.place import Place
from fastidious_rules.semantics.role import Role
from fastidious_rules.semantics.web.fastapi import is_dependency
from fastidious_rules.syntax.terms import Apply, Awaited, Ref, Term
from fastidious_rules.syntax.text import Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from fastidious_rules.semantics.facts import CallFact, FunctionFact
    from fastidious_rules.semantics.module import Module
    from fastidious_rules.semantics.project import Asker, Project
    from fastidious_rules.semantics.types import Environment

VALUE = "value"
"""All of what is handed on counts."""
URL = "url"
"""Of what is handed on only that counts which decides about the host of a URL."""
LOCATION = "location"
"""The same, of a URL that a browser is sent to: it is enough to look at the parts of it."""

_FARTHEST = 2
_MOST_MODULES = 60


class Passing(NamedTuple):
    """A call that hands a value on."""

    caller: str
    """Qualified name of the function that calls; that of its module and a dot for the module's own code."""
    place: Place
    source: Source
    """Where the caller has the value from."""
    is_screened: bool
    """Whether the caller checks it."""


class Provenance(NamedTuple):
    """Where a value comes from in the end: its source in `function`, and the calls that hand it on, the last one first."""

    source: Source
    function: str
    passings: tuple[Passing, ...] = ()
    is_screened: bool = False

    @property
    def origin(self) -> Origin:
        """Where it comes from."""
        return self.source.origin


def provenance(asker: Asker, where: Environment, term: Term, part: str = VALUE) -> Provenance:
    """Return the most dangerous of the `ways` in which the value of `term` gets here."""
    return max(ways(asker, where, term, part), key=_danger, default=Provenance(Source(Origin.CONSTANT), ""))


def ways(asker: Asker, where: Environment, term: Term, part: str = VALUE) -> list[Provenance]:
    """Return the ways in which the value of `term` gets here, up to two calls away.

    A parameter stays one where nobody in the project calls the function, or where all that is known of its callers is
    not enough.
    """
    return [way for each in _sources(asker, where, term, part) for way in _of_source(asker, where, each, part)]


def _sources(asker: Asker, where: Environment, term: Term, part: str) -> list[Source]:
    """Return the sources of what counts of a term, through functions that return what they are given."""
    found = [source for leaf in _leaves(asker, where, term, part) for source in _sources_of(asker, where, leaf, part)]
    return found or [Source(Origin.CONSTANT)]


def _sources_of(asker: Asker, where: Environment, leaf: Term, part: str) -> list[Source]:
    found = source_of(asker, where, leaf)
    if found.origin is Origin.UNKNOWN:
        return _through_function(asker, where, leaf, part) or [found]
    if found.origin is Origin.TRUSTED and found.path:
        sent = injected_source(asker, where, found, lambda provider: asker.ask(given_back, provider, part))
        return [sent] if sent is not None else [found]
    return [found]


def _through_function(asker: Asker, where: Environment, leaf: Term, part: str) -> list[Source]:
    """Return the sources of what a function of the project is given and gives back, if `leaf` is a call of one."""
    call = _call_behind(where, leaf)
    callee = callee_of(asker, where, call) if call is not None else ""
    if call is None or not callee:
        return []
    back = asker.ask(given_back, callee, part) or ()
    passed = (given_for(asker.project, callee, each.path, call) for each in back)
    found = [
        source_of(asker, where, each)
        for term in passed
        if term is not None
        for each in _leaves(asker, where, term, part)
    ]
    return [each for each in found if each.origin > Origin.UNKNOWN]


def _leaves(asker: Asker, where: Environment, term: Term, part: str) -> list[Term]:
    return [each.value for each in openings(asker, where, term)] if part != VALUE else [term]


def _call_behind(where: Environment, leaf: Term) -> Apply | None:
    match leaf:
        case Awaited(value):
            return _call_behind(where, value)
        case Apply():
            return leaf
        case Ref(name):
            terms = where.function.local.get(name, ()) if where.function is not None else ()
            return _call_behind(where, terms[0]) if len(terms) == 1 and not isinstance(terms[0], Ref) else None
        case _:
            return None


def given_back(project: Project, qualified: str, part: str) -> tuple[Source, ...]:
    """Return the parameters that a function returns, whole or in a text, without looking at them."""
    found = function_fact(project, qualified)
    if found is None:
        return ()
    module, fact = found
    where = environment_of(project, module, fact)
    leaves = (leaf for term in fact.returned for leaf in _leaves(project, where, term, part))
    sources = [source_of(project, where, each) for each in leaves]
    return tuple(
        each
        for each in dict.fromkeys(sources)
        if each.origin >= Origin.PARAMETER
        and each.path
        and not is_screened(project, where, each, looks=part == LOCATION)
    )


def _of_source(asker: Asker, where: Environment, source: Source, part: str) -> list[Provenance]:
    here = Provenance(source, f"{where.module}.{source.owner}")
    if is_screened(asker, where, source, looks=part == LOCATION):
        return [here._replace(is_screened=True)]
    if source.origin is not Origin.PARAMETER:
        return [here]
    found = list(_followed(asker, here, part))
    worst = max(found, key=_danger, default=here)
    return [here] if worst.origin is Origin.UNKNOWN else found or [here]


def _danger(provenance: Provenance) -> tuple[bool, int, int]:
    return not provenance.is_screened, provenance.origin, -len(provenance.passings)


def _followed(asker: Asker, start: Provenance, part: str) -> Iterator[Provenance]:
    """Yield where the value comes from by each of the ways that lead to it."""
    waiting, seen = [start], {start.function}
    while waiting:
        at = waiting.pop(0)
        if at.origin is not Origin.PARAMETER or at.is_screened or len(at.passings) == _FARTHEST:
            yield at
            continue
        if asker.ask(is_dependency, at.function):
            yield at._replace(source=at.source._replace(origin=Origin.REQUEST))
            continue
        for each in asker.ask(passed_to, at.function, at.source.path, part):
            further = Provenance(each.source, _owner_of(each), (*at.passings, each), each.is_screened)
            if each.source.origin is not Origin.PARAMETER or further.function not in seen:
                seen.add(further.function)
                waiting.append(further)


def _owner_of(passing: Passing) -> str:
    """Return the function whose parameter is passed: the caller, or one around it."""
    caller, owner = passing.caller, passing.source.owner
    return caller[: caller.rindex(owner) + len(owner)] if owner and owner in caller else caller


def passed_to(project: Project, qualified: str, path: str, part: str) -> tuple[Passing, ...]:
    """Return what production code of the project passes for a parameter, or for an attribute of it."""
    target = project.ask(called_as, qualified)
    found = (
        each
        for module in _speaking_of(project, target)
        for each in _passings_in(project, module, (target, qualified), path, part)
    )
    return tuple(dict.fromkeys(found))


def _speaking_of(project: Project, qualified: str) -> list[Module]:
    """Return the modules that may call a function: all that say its name, those around it where too many do."""
    mentioning = project.mentioning(qualified.rpartition(".")[2])
    modules = list(islice(_outside_tests(project, mentioning), _MOST_MODULES + 1))
    if len(modules) <= _MOST_MODULES:
        return modules
    split = split_qualified(project, qualified.rpartition(".")[0])
    package = f"{split[0].rpartition('.')[0]}." if split is not None else ""
    around = (each for each in mentioning if package.strip(".") and each.name.startswith(package))
    near = list(islice(_outside_tests(project, around), _MOST_MODULES + 1))
    return near if len(near) <= _MOST_MODULES else []


def is_too_common(project: Project, qualified: str) -> bool:
    """Tell whether so many modules say the name of a function that not all its callers are looked for."""
    holders = project.holding(qualified.rpartition(".")[2])
    return len(list(islice(_outside_tests(project, holders), _MOST_MODULES + 1))) > _MOST_MODULES


def _outside_tests(project: Project, modules: Iterable[Module]) -> Iterator[Module]:
    return (each for each in modules if project.role_of(each.path, each.name) is not Role.TEST)


def called_as(project: Project, qualified: str) -> str:
    """Return what callers of a function call: the class, if it is the `__init__` of one."""
    owner, _, name = qualified.rpartition(".")
    return owner if name == "__init__" and project.ask(class_shape, owner) is not None else qualified


def _passings_in(project: Project, module: Module, target: tuple[str, str], path: str, part: str) -> Iterator[Passing]:
    called, qualified = target
    name = called.rpartition(".")[2]
    for fact, calls in module.speaking_of(name):
        where = environment_of(project, module, fact)
        for call in calls:
            made = call_to(project, where, call.term, called, name)
            passed = given_for(project, qualified, path, made) if made is not None else None
            if passed is not None:
                yield from _passings(project, where, module, (fact, call), passed, part)


def _passings(
    project: Project,
    where: Environment,
    module: Module,
    at: tuple[FunctionFact, CallFact],
    passed: Term,
    part: str,
) -> Iterator[Passing]:
    fact, call = at
    place = Place(module.path, fact.name, Span(*call.span))
    for source in _sources(project, where, passed, part):
        checked = is_screened(project, where, source, but=call.span, looks=part == LOCATION)
        yield Passing(f"{module.name}.{fact.name}", place, source, checked)
