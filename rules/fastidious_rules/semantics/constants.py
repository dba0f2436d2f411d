"""Values of constants: text that is written once and used by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastidious_rules.semantics.names import resolve, variable_fact
from fastidious_rules.semantics.values import value_type
from fastidious_rules.syntax.terms import Collection, Literal, Operation, Ref, Term

if TYPE_CHECKING:
    from fastidious_rules.semantics.facts import VariableFact
    from fastidious_rules.semantics.module import Module
    from fastidious_rules.semantics.project import Asker, Project

_DEEPEST = 4


def text_of(asker: Asker, module: str, term: Term | None, depth: int = 0) -> str | None:
    """Return the text that an expression in `module` always gives, None unless it is known: `settings.API_PREFIX + "/v1"`."""
    if depth > _DEEPEST:
        return None
    match term:
        case Literal("str", text):
            return text
        case Operation("+", left, right):
            first, second = (text_of(asker, module, each, depth + 1) for each in (left, right))
            return first + second if first is not None and second is not None else None
        case Collection("text", parts):
            known = [text_of(asker, module, each, depth + 1) for each in parts]
            return "".join(each for each in known if each is not None) if None not in known else None
        case Ref(name):
            qualified = resolve(asker, module, name)
            return asker.ask(constant, qualified) if qualified else None
        case _:
            return None


def constant(project: Project, qualified: str) -> str | None:
    """Return the text of a constant, or the default of a field of a settings object."""
    found = variable_fact(project, qualified) or _field(project, qualified)
    if found is None:
        return None
    module, fact = found
    return text_of(project, module.name, fact.value, 1)


def _field(project: Project, qualified: str) -> tuple[Module, VariableFact] | None:
    owner, _, name = qualified.rpartition(".")
    holder = project.ask(value_type, owner) if owner else None
    return variable_fact(project, f"{holder.name}.{name}") if holder else None
