"""Literals that are used as keys: of signatures, of encryption, of JSON web tokens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastidious_rules.api import (
    Assignment,
    Attribute,
    Call,
    ConcatenatedString,
    Name,
    String,
    is_jwt_key,
    jwt_key,
    keyed_functions,
    name_of,
)
from fastidious_rules.catalogue.security.literals import Named

if TYPE_CHECKING:
    from fastidious_rules.api import Scope, View

_REGISTRARS = frozenset({"starlette.middleware.Middleware"})
_ADDING = "add_middleware"
KEYED = frozenset({"Middleware", _ADDING, *(name.rpartition(".")[2] for name in keyed_functions())})


def key_in(call: Call, scope: Scope) -> Named | None:
    """Return the literal that a call takes as its key."""
    called = scope.resolve(call)
    registers = call.last_name == _ADDING or called in _REGISTRARS
    target = call.arguments[0] if registers and call.arguments else None
    known = keyed_functions().get(scope.resolve(target) if target is not None else called)
    if known is None:
        return None
    given = call.keywords.get(known[1]) if registers else call.argument(*known)
    if isinstance(given, Call) and given.last_name == "encode":
        given = given.receiver
    if not isinstance(given, String | ConcatenatedString):
        return None
    found = Named(target.text if target is not None else call.last_name, given)
    return found if found.value else None


def is_key_of_tokens(view: View, scope: Scope) -> bool:
    """Tell whether a literal signs or verifies JSON web tokens: `hardcoded-jwt-secret` reports those."""
    if isinstance(view, Call) and jwt_key(scope.asker, scope.environment, view.term) is not None:
        return True
    assignment = view if isinstance(view, Assignment) else view.nearest(Assignment)
    target = assignment.target if assignment is not None else None
    name = target.text if isinstance(target, Name) else target.name.text if isinstance(target, Attribute) else ""
    if not name:
        return False
    if scope.function is None:
        owner = f"{scope.module}.{scope.class_name}" if scope.class_name else scope.module
        return scope.ask(is_jwt_key, f"{owner}.{name}")
    return _signs_here(name, scope)


def _signs_here(name: str, scope: Scope) -> bool:
    """Tell whether the function signs or verifies tokens with what is called so."""
    function = scope.function
    fact = scope.fact_of(function) if function is not None else None
    keys = (jwt_key(scope.asker, scope.environment, each.term) for each in fact.calls) if fact is not None else ()
    return any(name_of(each) == name for each in keys if each is not None)
