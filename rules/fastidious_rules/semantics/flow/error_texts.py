"""Texts of exceptions: what the classes that code catches say of the inside of a program."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from fastidious_rules.knowledge import names, table
from fastidious_rules.semantics.names import class_shape
from fastidious_rules.semantics.types import is_subclass
from fastidious_rules.semantics.web.exposure import words_of

if TYPE_CHECKING:
    from fastidious_rules.semantics.project import Asker


class Telling(StrEnum):
    """What the text of an exception tells."""

    ANYTHING = "anything"
    DATABASE = "SQL and values"
    INFRASTRUCTURE = "addresses and paths"
    TRACE = "the stack of calls"


_SECTIONS = {Telling.ANYTHING: "broad", Telling.DATABASE: "database", Telling.INFRASTRUCTURE: "infrastructure"}


def told_by(asker: Asker, qualified_class: str) -> Telling | None:
    """Return what the text of an exception tells; None for those whose text somebody wrote for clients, or may have."""
    if not qualified_class:
        return None
    is_own = asker.ask(class_shape, qualified_class) is not None
    for telling, section in _SECTIONS.items():
        known = names("errors", section)
        if qualified_class in known or (not is_own and is_subclass(asker, qualified_class, *known)):
            return telling
    return None


def is_trace(qualified: str) -> bool:
    """Tell whether a function gives the stack of calls."""
    return qualified in names("errors", "traces")


def parses(qualified: str, name: str) -> bool:
    """Tell whether a function, or a method called `name`, fails only where what it reads is written wrongly."""
    return qualified in names("errors", "parsing") or name in names("errors", "parsing_methods")


def helps_parsing(name: str) -> bool:
    """Tell whether code that parses calls what is called so beside."""
    return name in names("errors", "parsing_helpers")


def gives_text(qualified: str, name: str) -> bool:
    """Tell whether a function, or a method called `name`, gives what it is given as text again."""
    return qualified in names("errors", "passing") or name in names("errors", "passing_methods")


def error_attributes() -> frozenset[str]:
    """Return the attributes of an exception that are its text."""
    return names("errors", "texts")


def is_logging(name: str) -> bool:
    """Tell whether a method of that name writes to a log."""
    return name in names("errors", "logging")


def logger_names() -> tuple[str, ...]:
    """Return the names that loggers of modules have, the most usual first."""
    return tuple(table("errors")["loggers"])


def says_developing(text: str) -> bool:
    """Tell whether a condition says that it is about the machines of developers."""
    return not names("errors", "developing").isdisjoint(words_of(text))
