"""What a configuration needs to know of rules."""

from __future__ import annotations

from typing import Any, ClassVar, Protocol


class KnownRule(Protocol):
    """Rule that a configuration may name."""

    name: ClassVar[str]
    """Name that selects it."""
    family: ClassVar[str]
    """Name that selects it together with its family."""
    Options: ClassVar[type[Any] | None]
    """Frozen dataclass of its options, if it has any."""


class SummarizedRule(KnownRule, Protocol):
    """Rule that says in a sentence what it finds."""

    @property
    def summary(self) -> str:
        """One sentence that says what the rule finds."""
        ...
