"""Keys of JSON web tokens: which constants and settings are used as one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastidious_rules.semantics.asynchrony.execution import environment_of
from fastidious_rules.semantics.carriers import carried, name_of
from fastidious_rules.semantics.inference import callee_of, inferred
from fastidious_rules.semantics.names import ancestry, resolve
from fastidious_rules.semantics.tokens.jwt_calls import DECODE_NAMES, ENCODE_NAMES, signer, verifier
from fastidious_rules.syntax.terms import Apply, Member, Ref, Term, called_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.semantics.module import Module
    from fastidious_rules.semantics.project import Asker, Project
    from fastidious_rules.semantics.types import Environment

_NAMES = ENCODE_NAMES | DECODE_NAMES


def is_jwt_key(project: Project, qualified: str) -> bool:
    """Tell whether a constant of a module, or a field of a class, signs or verifies tokens anywhere in the project."""
    name = qualified.rpartition(".")[2]
    return any(
        _stands_for(project, where, key, qualified)
        for module in project.mentioning(name)
        for where, key in _keys_in(project, module, name)
    )


def _keys_in(project: Project, module: Module, name: str) -> Iterator[tuple[Environment, Term]]:
    for fact in module.functions():
        for call in fact.calls:
            if called_name(call.term) not in _NAMES:
                continue
            where = environment_of(project, module, fact)
            key = jwt_key(project, where, call.term)
            for each in carried(key) if key is not None else ():
                if name_of(each) == name:
                    yield where, each


def jwt_key(asker: Asker, where: Environment, call: Term) -> Term | None:
    """Return what a call that signs or verifies tokens takes as key."""
    if not isinstance(call, Apply) or called_name(call) not in _NAMES:
        return None
    callee = callee_of(asker, where, call)
    known = signer(callee) or verifier(callee)
    return known.key.given(call) if known is not None else None


def _stands_for(project: Project, where: Environment, key: Term, qualified: str) -> bool:
    """Tell whether a name is that of the constant or field; where its owner is not known, the same name is enough."""
    if isinstance(key, Ref) and resolve(project, where.module, key.dotted) == qualified:
        return True
    owner = key.value if isinstance(key, Member) else Ref(getattr(key, "dotted", "").rpartition(".")[0])
    if owner == Ref(""):
        return False
    known = inferred(project, where, owner)
    return not known or qualified.rpartition(".")[0] in project.ask(ancestry, known.name)
