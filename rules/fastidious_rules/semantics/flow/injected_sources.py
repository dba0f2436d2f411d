"""Sources of what FastAPI injects: what a dependency hands on of a request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastidious_rules.semantics.flow.source import Origin, Source
from fastidious_rules.semantics.names import class_shape, find_member, function_fact, resolve, signature
from fastidious_rules.semantics.pydantic.models import is_model
from fastidious_rules.semantics.types import annotated
from fastidious_rules.semantics.values import value_type
from fastidious_rules.semantics.web.fastapi import injection, injection_in
from fastidious_rules.syntax.terms import Apply, Ref, dotted

if TYPE_CHECKING:
    from collections.abc import Callable

    from fastidious_rules.semantics.facts import ParameterFact
    from fastidious_rules.semantics.project import Asker, Project
    from fastidious_rules.semantics.types import Environment


_SCHEMES = "fastapi.security."


def injected_source(
    asker: Asker, where: Environment, source: Source, given_back: Callable[[str], tuple[Source, ...]]
) -> Source | None:
    """Return the source of an injected value, or of an attribute of it, that a client has sent; None if none has.

    `given_back` says which of its parameters a dependency returns.
    """
    first, _, rest = source.path.partition(".")
    place: Environment | None = where
    while place is not None and place.function is not None and place.function.name != source.owner:
        place = place.outer
    parameters = place.function.parameters if place is not None and place.function is not None else ()
    parameter = next((each for each in parameters if each.name == first), None)
    if parameter is None:
        return None
    sent = source._replace(origin=Origin.REQUEST)
    if _is_credential(asker, where.module, parameter):
        return sent
    provider = _provider(asker, where.module, parameter)
    if not provider:
        return None
    if asker.ask(signature, provider) is not None:
        return sent if not rest and given_back(provider) else None
    is_sent = rest and (is_model(asker, provider) or asker.ask(keeps_parameter, provider, rest.partition(".")[0]))
    return sent if is_sent else None


def _is_credential(asker: Asker, module: str, parameter: ParameterFact) -> bool:
    """Tell whether a security scheme gives a parameter its value: the key, the token or the form that clients send."""
    found = injection_in(asker, module, parameter.annotation, parameter.default)
    if found is None:
        return False
    home, call = found
    named = call.arguments[0] if call.arguments else call.keyword("dependency")
    match named:
        case None:
            provider = annotated(asker, module, parameter.annotation).name
        case Apply(function):
            provider = resolve(asker, home, dotted(function))
        case _:
            provider = asker.ask(value_type, resolve(asker, home, dotted(named))).name
    return provider.startswith(_SCHEMES)


def _provider(asker: Asker, module: str, parameter: ParameterFact) -> str:
    """Return the qualified name of the dependency that gives a parameter its value."""
    found = injection_in(asker, module, parameter.annotation, parameter.default)
    if found is None:
        return ""
    home, call = found
    named = call.arguments[0] if call.arguments else call.keyword("dependency")
    return (
        resolve(asker, home, dotted(named))
        if named is not None
        else annotated(asker, module, parameter.annotation).name
    )


def keeps_parameter(project: Project, qualified_class: str, attribute: str) -> bool:
    """Tell whether a class takes the value of an attribute from a parameter of its constructor that is no injection."""
    if project.ask(class_shape, qualified_class) is None:
        return False
    found = function_fact(project, find_member(project, qualified_class, "__init__"))
    kept = found[1].attributes.get(attribute) if found is not None else None
    if found is None or not isinstance(kept, Ref):
        return False
    module, fact = found
    parameter = next((each for each in fact.parameters if each.name == kept.dotted), None)
    return parameter is not None and injection(project, module.name, parameter.annotation, parameter.default) is None
