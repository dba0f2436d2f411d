"""Calls that add `CORSMiddleware` to an application."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastidious_rules.api import CORS_MIDDLEWARE, Attribute, Name

if TYPE_CHECKING:
    from fastidious_rules.api import Call, Scope

CORS_CALLS = frozenset({"add_middleware", "Middleware", "CORSMiddleware"})


def adds_cors(call: Call, scope: Scope) -> bool:
    """Tell whether a call makes a `CORSMiddleware`, by itself or by `add_middleware` and `Middleware`."""
    given = call.argument(0, "middleware_class") or call.argument(0, "cls")
    if isinstance(given, Name | Attribute) and scope.resolve(given) in CORS_MIDDLEWARE:
        return True
    return scope.resolve(call) in CORS_MIDDLEWARE
