"""Functions of the project that sign what they are given."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastidious_rules.semantics.asynchrony.effects import body_of
from fastidious_rules.semantics.inference import callee_of
from fastidious_rules.semantics.place import Place
from fastidious_rules.semantics.tokens.jwt_calls import ENCODE_NAMES, signer
from fastidious_rules.syntax.terms import called_name
from fastidious_rules.syntax.text import Span

if TYPE_CHECKING:
    from fastidious_rules.semantics.project import Project


def signs_with(project: Project, qualified: str) -> tuple[str, Place] | None:
    """Return the library that a function of the project signs with in its own body, and where it does."""
    body = project.ask(body_of, qualified) if qualified else None
    if body is None:
        return None
    for call in body.fact.calls:
        if called_name(call.term) in ENCODE_NAMES and call.term.arguments:
            known = signer(callee_of(project, body.environment, call.term))
            if known is not None:
                return known.library, Place(body.path, body.fact.name, Span(*call.span))
    return None


def ignores_subjects(project: Project) -> bool:
    """Tell whether the project has a word about `verify_sub`, with which a subject may be anything."""
    return bool(project.mentioning("verify_sub"))
