"""Which attributes of its arguments a function reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastidious_rules.semantics.inference import callee_of
from fastidious_rules.semantics.names import function_fact
from fastidious_rules.semantics.orm.statements import environment_of
from fastidious_rules.syntax.terms import Apply, Ref, Term, parts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.semantics.facts import FunctionFact
    from fastidious_rules.semantics.project import Project

_DEEPEST = 2


def reads_of(project: Project, qualified: str, parameter: str, depth: str = "1") -> tuple[str, ...]:
    """Return what a function reads of a parameter, itself or through what it calls: `lines`, `customer.name`.

    `parameter` is its name, or its position where the name is not given.
    """
    found = function_fact(project, qualified)
    if found is None or int(depth) > _DEEPEST:
        return ()
    module, fact = found
    name = parameter_called(fact, parameter)
    if not name or name in fact.local:
        return ()
    direct = [each.removeprefix(f"{name}.") for each in _names(fact) if each.startswith(f"{name}.")]
    where = environment_of(project, module.name, fact)
    for call in fact.calls:
        passed = position_of(call.term, name)
        callee = callee_of(project, where, call.term) if passed else ""
        if callee:
            direct.extend(project.ask(reads_of, callee, passed, str(int(depth) + 1)))
    return tuple(dict.fromkeys(direct))


def position_of(call: Apply, name: str) -> str:
    """Return the position, or the keyword, at which a call passes the local `name`; empty if it does not."""
    for position, argument in enumerate(call.arguments):
        if argument == Ref(name):
            return str(position)
    return next((keyword for keyword, value in call.keywords if value == Ref(name)), "")


def parameter_called(fact: FunctionFact, word: str) -> str:
    """Return the name of a parameter; a position does not count `self`."""
    if not word.isdigit():
        return word if any(each.name == word for each in fact.parameters) else ""
    bound = fact.parameters[:1] and fact.parameters[0].name in {"self", "cls"}
    positional = [each for each in fact.parameters[1 if bound else 0 :] if not each.keyword_only and not each.stars]
    return positional[int(word)].name if int(word) < len(positional) else ""


def _names(fact: FunctionFact) -> Iterator[str]:
    for term in _terms(fact):
        for part in parts(term):
            if isinstance(part, Ref):
                yield part.dotted


def _terms(fact: FunctionFact) -> Iterator[Term]:
    for terms in fact.local.values():
        yield from terms
    yield from (call.term for call in fact.calls)
    yield from fact.returned
    yield from fact.yielded
