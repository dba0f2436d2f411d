"""Cookies: which calls set one, and which of them open something to whoever has it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastidious_rules.knowledge import names
from fastidious_rules.semantics.types import is_subclass
from fastidious_rules.semantics.web.exposure import words_of

if TYPE_CHECKING:
    from fastidious_rules.semantics.project import Asker
    from fastidious_rules.semantics.types import Type

SESSIONS = "starlette.middleware.sessions.SessionMiddleware"
"""The middleware that keeps a session in a cookie of its own."""


def opens_a_session(name: str) -> bool:
    """Tell whether a cookie of this name opens something to whoever has it."""
    words = words_of(name)
    return not names("cookies", "secrets").isdisjoint(words) and names("cookies", "readable").isdisjoint(words)


def is_response(asker: Asker, known: Type) -> bool:
    """Tell whether a value is a response of FastAPI or Starlette."""
    return bool(known) and all(is_subclass(asker, each.name, *names("cookies", "classes")) for each in known.members)
