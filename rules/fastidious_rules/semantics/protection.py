"""What stands between a client and an endpoint: limiters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastidious_rules.semantics.inference import callee_of
from fastidious_rules.semantics.names import ancestry
from fastidious_rules.syntax.terms import Apply, Term, called_name

if TYPE_CHECKING:
    from fastidious_rules.semantics.project import Asker
    from fastidious_rules.semantics.types import Environment

LIMITER = "slowapi.Limiter"
LIMITING_METHODS = frozenset({"limit", "shared_limit"})


def is_limiting(asker: Asker, where: Environment, decorator: Term) -> bool:
    """Tell whether a decorator is a limit of slowapi: `@limiter.limit("5/minute")`."""
    if called_name(decorator) not in LIMITING_METHODS or not isinstance(decorator, Apply):
        return False
    owner = callee_of(asker, where, decorator).rpartition(".")[0]
    return bool(owner) and LIMITER in asker.ask(ancestry, owner)
