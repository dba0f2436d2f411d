"""Limits that decorate functions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastidious_rules.api import LIMITING_METHODS, is_limiting

if TYPE_CHECKING:
    from fastidious_rules.api import Decorator, Function, Scope


def limiting_decorators(function: Function, scope: Scope) -> list[Decorator]:
    """Return the decorators of a function that limit how often it may be called, from the top."""
    return [each for each in function.decorators if _limits(each, scope)]


def _limits(decorator: Decorator, scope: Scope) -> bool:
    call = decorator.call
    if call is None or call.last_name not in LIMITING_METHODS:
        return False
    return is_limiting(scope.asker, scope.at(call).environment, call.term)
