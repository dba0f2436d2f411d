"""Payloads that come from callers: what each of them passes for a parameter."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fastidious_rules.semantics.calls import CallOf, calls_of, passed_term
from fastidious_rules.semantics.names import signature
from fastidious_rules.semantics.tokens.payloads import NO_KEYS, UNKNOWN_KEYS, Keys, keys_of, known_keys
from fastidious_rules.syntax.terms import OPAQUE, Literal

if TYPE_CHECKING:
    from fastidious_rules.semantics.facts import ParameterFact
    from fastidious_rules.semantics.names import Signature
    from fastidious_rules.semantics.place import Place
    from fastidious_rules.semantics.project import Project


class PassedKeys(NamedTuple):
    """A caller of a function: its name, the call, and the keys of the dict that it passes."""

    caller: str
    place: Place
    keys: Keys


def passed_keys(project: Project, qualified: str, *parameters: str) -> tuple[PassedKeys, ...]:
    """Return what callers in production code pass for parameters; those that may pass anything have open keys."""
    found = project.ask(signature, qualified)
    if found is None:
        return ()
    return tuple(
        PassedKeys(_caller(call), call.place, _all_given(project, found, call, parameters))
        for call in calls_of(project, qualified)
    )


def omitting(project: Project, qualified: str, parameter: str) -> tuple[PassedKeys, ...] | None:
    """Return the callers that pass nothing, or None, for a parameter; None where nobody calls the function."""
    found = project.ask(signature, qualified)
    calls = list(calls_of(project, qualified)) if found is not None else []
    if found is None or not calls:
        return None
    return tuple(
        PassedKeys(_caller(call), call.place, NO_KEYS)
        for call in calls
        if passed_term(found, call.term, parameter) in (None, Literal("None", "None")) and call.term.keyword("") is None
    )


def _caller(call: CallOf) -> str:
    return call.where.function.name if call.where.function is not None else ""


def _all_given(project: Project, found: Signature, call: CallOf, parameters: tuple[str, ...]) -> Keys:
    keys = NO_KEYS
    for each in parameters:
        keys = keys.merged(_given(project, found, call, each))
    return keys


def _given(project: Project, found: Signature, call: CallOf, parameter: str) -> Keys:
    taken = next((each for each in found.parameters if each.name == parameter), None)
    if taken is None or OPAQUE in call.term.arguments:
        return UNKNOWN_KEYS
    if taken.stars:
        return _keywords(project, found, call) if taken.stars > 1 else UNKNOWN_KEYS
    given = passed_term(found, call.term, parameter)
    if given is None:
        return _default(taken) if call.term.keyword("") is None else UNKNOWN_KEYS
    keys = keys_of(project, call.where, given, {})
    return keys._replace(is_open=keys.is_open or bool(keys.passed))


def _default(parameter: ParameterFact) -> Keys:
    return NO_KEYS if parameter.default == Literal("None", "None") else UNKNOWN_KEYS


def _keywords(project: Project, found: Signature, call: CallOf) -> Keys:
    own = {each.name for each in found.parameters if not each.stars}
    keys = known_keys(*(name for name, _ in call.term.keywords if name and name not in own))
    for name, value in call.term.keywords:
        keys = keys if name else keys.merged(keys_of(project, call.where, value, {}))
    return keys._replace(is_open=keys.is_open or bool(keys.passed))
