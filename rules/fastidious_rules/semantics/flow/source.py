"""Sources of values, the more dangerous the greater."""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple


class Origin(IntEnum):
    """Where a value comes from, the more dangerous the greater."""

    CONSTANT = 0
    """Written in the code, or of a type that cannot carry text."""
    TRUSTED = 1
    """An attribute of the program itself: settings, `self.table`."""
    UNKNOWN = 2
    PARAMETER = 3
    """Whatever a caller passes."""
    REQUEST = 4
    """Whatever a client sends."""


class Source(NamedTuple):
    """Where a value comes from and, where that is a parameter, which one and what of it: `body.url`.

    The address of a request has no path: a client that changes it talks to somebody else.
    """

    origin: Origin
    path: str = ""
    owner: str = ""
    """Name, inside its module, of the function whose parameter that is."""

    def below(self, names: str) -> Source:
        """Return the source of an attribute or an item of the value."""
        return self._replace(path=f"{self.path}.{names}") if self.path and names else self


CONSTANT = Source(Origin.CONSTANT)
TRUSTED = Source(Origin.TRUSTED)
UNKNOWN = Source(Origin.UNKNOWN)
