"""Where keys are used that the code writes down: each is reported once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastidious_rules.semantics.asynchrony.execution import environment_of
from fastidious_rules.semantics.inference import callee_of
from fastidious_rules.semantics.place import Place
from fastidious_rules.semantics.role import Role
from fastidious_rules.semantics.tokens.jwt_calls import DECODE_NAMES, ENCODE_NAMES, option_of, signer, verifier
from fastidious_rules.semantics.tokens.written_keys import written_key
from fastidious_rules.syntax.terms import Literal, called_name
from fastidious_rules.syntax.text import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.semantics.facts import FunctionFact
    from fastidious_rules.semantics.module import Module
    from fastidious_rules.semantics.project import Project
    from fastidious_rules.semantics.tokens.jwt_calls import TokenFunction
    from fastidious_rules.semantics.types import Environment
    from fastidious_rules.syntax.terms import Apply

_LIBRARIES = ("jwt", "jose", "joserfc")
_NAMES = (ENCODE_NAMES, DECODE_NAMES)
_FEWEST = 2


def first_uses(project: Project) -> tuple[tuple[Place, Place], ...]:
    """Return the declarations of keys written in the code, each with the call that uses it first; calls that sign first."""
    modules = {each.name: each for word in _LIBRARIES for each in project.mentioning(word)}
    code = [each for each in modules.values() if project.role_of(each.path, each.name) is Role.CODE]
    first: dict[Place, Place] = {}
    for names in _NAMES:
        for module in sorted(code, key=lambda each: each.path):
            for declared, used in _uses_in(project, module, names):
                first.setdefault(declared, used)
    return tuple(first.items())


def _uses_in(project: Project, module: Module, names: frozenset[str]) -> Iterator[tuple[Place, Place]]:
    for fact in module.functions():
        if any(called_name(each.term) in names for each in fact.calls):
            yield from _uses_by(project, module, fact, names)


def _uses_by(
    project: Project, module: Module, fact: FunctionFact, names: frozenset[str]
) -> Iterator[tuple[Place, Place]]:
    where = environment_of(project, module, fact)
    for call in fact.calls:
        if called_name(call.term) not in names or len(call.term.arguments) + len(call.term.keywords) < _FEWEST:
            continue
        callee = callee_of(project, where, call.term)
        known = signer(callee) or verifier(callee)
        is_used = known is not None and _is_verified(project, where, known, call.term)
        key = known.key.given(call.term) if known is not None and is_used else None
        found = written_key(project, where, key) if key is not None else None
        if found is not None and found.place is not None:
            yield found.place, Place(module.path, fact.name, Span(*call.span))


def _is_verified(project: Project, where: Environment, known: TokenFunction, call: Apply) -> bool:
    """Tell whether a call does not leave the signature, and with it the key, out of account."""
    options = known.options.given(call) if known.options else None
    return option_of(project, where, options, "verify_signature") != Literal("bool", "False")
