"""Dependencies that provide parameters: what they hand out, and the functions that are given it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fastidious_rules.semantics.names import class_shape, definitions, function_fact, resolve, signature
from fastidious_rules.semantics.place import Place
from fastidious_rules.semantics.types import Environment, alias_of, annotated
from fastidious_rules.semantics.web.fastapi import INJECTORS, PARAMETER_FUNCTIONS, routes
from fastidious_rules.syntax.terms import Apply, Collection, Index, Literal, Ref, Term, called_name, dotted, parts
from fastidious_rules.syntax.text import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.semantics.facts import FunctionFact, ParameterFact
    from fastidious_rules.semantics.module import Module
    from fastidious_rules.semantics.project import Project

_MOST_MODULES = 200


class Consumer(NamedTuple):
    """A function that FastAPI gives what a dependency provides."""

    function: str
    parameter: str
    place: Place


def handed_out(project: Project, qualified: str, parameter: str) -> tuple[str, ...]:
    """Return under which names a dependency hands out one of its parameters: key, attribute; empty: the value itself."""
    found = function_fact(project, qualified)
    if found is None:
        return ()
    _, fact = found
    if qualified.endswith(".__init__"):
        return tuple(name for name, term in fact.attributes.items() if term == Ref(parameter))
    given = (each for term in (*fact.returned, *fact.yielded) for each in _names_in(project, found[0], term, parameter))
    return tuple(dict.fromkeys(given))


def consumers(project: Project, qualified: str) -> tuple[Consumer, ...]:
    """Return the functions that have a parameter which a dependency provides, by itself or through an alias."""
    name = qualified.rpartition(".")[2]
    spelled = {name, *project.ask(aliases_of, qualified)}
    found: dict[Consumer, None] = {}
    for word in sorted(spelled):
        for module in list(project.mentioning(word))[:_MOST_MODULES]:
            for fact in module.functions():
                found.update(dict.fromkeys(_consumed(project, module, fact, qualified, word)))
    return tuple(found)


def aliases_of(project: Project, qualified: str) -> tuple[str, ...]:
    """Return the names of variables that stand for a dependency: `PageDep = Annotated[Page, Depends(page)]`."""
    name = qualified.rpartition(".")[2]
    return tuple(
        variable.name
        for module in project.mentioning(name)
        for unit in module.facts.units
        for variable in unit.variables
        if variable.value is not None and _provides(project, module.name, variable.value, qualified)
    )


def _consumed(project: Project, module: Module, fact: FunctionFact, qualified: str, word: str) -> Iterator[Consumer]:
    mentioned = [each for each in fact.parameters if _mentions(each, word)]
    is_endpoint = bool(mentioned and fact.decorators and routes(project, Environment(module.name), fact))
    for parameter in mentioned:
        if _is_given(project, module.name, parameter, qualified, is_endpoint=is_endpoint):
            place = Place(module.path, fact.name, Span(*fact.span))
            yield Consumer(f"{module.name}.{fact.name}", parameter.name, place)


def _mentions(parameter: ParameterFact, word: str) -> bool:
    given = [each for each in (parameter.annotation, parameter.default) if each is not None]
    named = (dotted(part).rpartition(".")[2] for each in given for part in parts(each))
    return word in named or any(isinstance(each, Literal) for each in given)


def _is_given(project: Project, module: str, parameter: ParameterFact, qualified: str, *, is_endpoint: bool) -> bool:
    terms = [each for each in (parameter.annotation, parameter.default) if each is not None]
    for term in terms:
        alias = project.ask(alias_of, resolve(project, module, term.dotted)) if isinstance(term, Ref) else None
        home, value = alias if alias is not None else (module, term)
        if _provides(project, home, value, qualified):
            return True
    if annotated(project, module, parameter.annotation).name != qualified:
        return False
    return is_endpoint or any(_marks(project, module, part) for term in terms for part in parts(term))


def _provides(project: Project, module: str, term: Term, qualified: str) -> bool:
    """Tell whether a term is an annotation, or a default, by which FastAPI gives what a dependency provides."""
    calls = [part for part in parts(term) if isinstance(part, Apply) and _marks(project, module, part)]
    for call in calls:
        target = call.arguments[0] if call.arguments else call.keyword("dependency")
        if target is not None and resolve(project, module, dotted(target)) == qualified:
            return True
    is_bare = any(not each.arguments for each in calls) and isinstance(term, Index)
    return is_bare and annotated(project, module, term).name == qualified


def _marks(project: Project, module: str, part: Term) -> bool:
    name = dotted(part.function) if isinstance(part, Apply) else ""
    return bool(name) and resolve(project, module, name) in INJECTORS | PARAMETER_FUNCTIONS


def _names_in(project: Project, module: Module, term: Term, parameter: str) -> Iterator[str]:
    match term:
        case Ref(name) if name == parameter:
            yield ""
        case Collection("dict", items):
            pairs = zip(items[::2], items[1::2], strict=False)
            yield from (key.text for key, value in pairs if value == Ref(parameter) and isinstance(key, Literal))
        case Apply():
            yield from (name for name, value in term.keywords if value == Ref(parameter))
            yield from _by_position(project, module, term, parameter)
        case _:
            pass


def _by_position(project: Project, module: Module, call: Apply, parameter: str) -> Iterator[str]:
    """Yield the fields that a class, or `dict`, gives to the parameter where it is passed without a name."""
    if Ref(parameter) not in call.arguments or called_name(call) == "dict":
        return
    qualified = resolve(project, module.name, dotted(call.function))
    names = project.ask(fields_in_order, qualified) if project.ask(class_shape, qualified) is not None else ()
    position = call.arguments.index(Ref(parameter))
    if position < len(names):
        yield names[position]


def fields_in_order(project: Project, qualified_class: str) -> tuple[str, ...]:
    """Return the attributes of a class in the order in which its constructor takes them."""
    start = project.ask(signature, f"{qualified_class}.__init__")
    if start is not None:
        return tuple(each.name for each in start.parameters[1:])
    found = definitions(project, qualified_class)
    own = [name for name, _ in project.members(found[0], found[1])] if found is not None else []
    return tuple(own)
