"""What a configuration needs to know of rules."""

from __future__ import annotations

from typing import Any, Protocol


class KnownRule(Protocol):
    """Rule that a configuration may name."""

    @property
    def name(self) -> str:
        """Name that selects it."""
        ...

    @property
    def family(self) -> str:
        """Name that selects it together with its family."""
        ...

    @property
    def Options(self) -> type[Any] | None:  # noqa: N802 - a class
        """Frozen dataclass of its options, if it has any."""
        ...
