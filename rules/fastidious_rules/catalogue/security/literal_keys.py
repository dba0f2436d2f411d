"""Literals that are used as keys: of signatures, of encryption, of JSON web tokens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastidious_rules.api import (
    Assignment,
    Call,
    ConcatenatedString,
    Name,
    String,
    carried,
    first_uses,
    keyed_functions,
    written_key,
)
from fastidious_rules.catalogue.security.literals import Named
from fastidious_rules.catalogue.security.tokens import key_of

if TYPE_CHECKING:
    from fastidious_rules.api import Function, Scope, View

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
    if isinstance(view, Call) and (key_of(view, scope) is not None or _is_in_key(view, scope)):
        return True
    assignment = view if isinstance(view, Assignment) else view.nearest(Assignment)
    if assignment is None:
        return False
    if scope.function is not None:
        return isinstance(assignment.target, Name) and _signs_here(assignment.target, scope.function, scope)
    name = assignment.target.text
    symbol = f"{scope.class_name}.{name}" if scope.class_name else name
    return any(each.path == scope.path and each.symbol == symbol for each, _ in scope.ask(first_uses))


def _is_in_key(view: View, scope: Scope) -> bool:
    """Tell whether a call stands in the key of another one: `jwt.encode(claims, os.getenv("JWT_SECRET", "..."))`."""
    keys = (key_of(each, scope) for each in view.ancestors() if isinstance(each, Call))
    return any(each is not None and each.span.contains(view.span) for each in keys)


def _signs_here(name: Name, function: Function, scope: Scope) -> bool:
    """Tell whether the function signs or verifies tokens with what only this assignment gives it."""
    keys = (key_of(each, scope) for each in function.body.find(Call))
    return any(
        each is not None
        and any(part == name.term for part in carried(each.term))
        and written_key(scope.asker, scope.environment, each.term) is not None
        for each in keys
    )
