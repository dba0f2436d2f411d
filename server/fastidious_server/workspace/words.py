"""Words of configuration files, as those who write them are helped with."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from fastidious_rules.syntax.text import Span


class Word(StrEnum):
    """What a word of a configuration is."""

    KEY = "key"
    RULE = "rule"
    FAMILY = "family"
    VALUE = "value"
    SWITCH = "switch"
    """`true` or `false`."""


class Suggestion(NamedTuple):
    """Word that may stand at a place, what it means in a sentence, and how it is spelt there."""

    text: str
    word: Word
    meaning: str
    written: str = ""


class Suggestions(NamedTuple):
    """Words that may take the place of `span`."""

    span: Span
    words: tuple[Suggestion, ...]


class Explanation(NamedTuple):
    """Word of a configuration at `span`."""

    span: Span
    word: Suggestion


class ConfigurationHelp(Protocol):
    """Help for whoever writes configuration files."""

    def suggest(self, path: str, text: bytes, offset: int) -> Suggestions | None:
        """Return what may stand at `offset` in the configuration file at `path`."""
        ...

    def explain(self, path: str, text: bytes, offset: int) -> Explanation | None:
        """Return what the word at `offset` in the configuration file at `path` means."""
        ...
