"""Annotations written out, in the names that a module has for things."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastidious_rules.semantics.names import resolve
from fastidious_rules.semantics.types import NONE
from fastidious_rules.syntax.terms import Collection, Index, Literal, Operation, Ref, Term

if TYPE_CHECKING:
    from fastidious_rules.engine.scope import Scope
    from fastidious_rules.semantics.types import Type

_BUILTINS = "builtins."


def annotation_text(scope: Scope, found: Type) -> str:
    """Return how the module of `scope` writes a type; empty if it has no name for it."""
    if found == NONE:
        return "None"
    if not found:
        return ""
    inner = [annotation_text(scope, each) for each in found.arguments]
    if found.name == "typing.Union":
        return " | ".join(inner) if all(inner) else ""
    name = found.name.removeprefix(_BUILTINS) if found.name.startswith(_BUILTINS) else found.short
    if scope.resolve_in_module(name) != found.name or not all(inner):
        return ""
    return f"{name}[{', '.join(inner)}]" if inner else name


def term_text(scope: Scope, module: str, term: Term | None) -> str:
    """Return the annotation `term` of `module` as the module of `scope` writes it; empty if a name means something else there."""
    match term:
        case Ref(name):
            return name if _means_the_same(scope, module, name) else ""
        case Literal("None", _):
            return "None"
        case Index(value, arguments):
            inner = [term_text(scope, module, each) for each in arguments]
            outer = term_text(scope, module, value)
            return f"{outer}[{', '.join(inner)}]" if outer and all(inner) else ""
        case Operation("|", left, right):
            sides = [term_text(scope, module, each) for each in (left, right)]
            return " | ".join(sides) if all(sides) else ""
        case Collection("list", items):
            inner = [term_text(scope, module, each) for each in items]
            return f"[{', '.join(inner)}]" if all(inner) else ""
        case _:
            return ""


def _means_the_same(scope: Scope, module: str, name: str) -> bool:
    here = scope.resolve_in_module(name)
    if module == scope.module:
        return bool(here)
    return bool(here) and here == resolve(scope.asker, module, name)
