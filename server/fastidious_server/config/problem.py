"""What is wrong in a configuration, and where."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable


class Problem(NamedTuple):
    """One mistake of a configuration, said to the person who made it; lines and columns are one-based.

    `path` is a file, or says where else the value came from; `line` is zero where there is no line.
    """

    path: str
    line: int
    column: int
    end_column: int
    key: str
    message: str

    def __str__(self) -> str:
        place = f"{self.path}:{self.line}:{self.column}" if self.line else self.path
        key = f"{self.key}: " if self.key else ""
        return f"{place}: {key}{self.message}"


def choices(allowed: Iterable[str]) -> str:
    """Return `allowed` as part of a sentence."""
    return ", ".join(f"`{name}`" for name in allowed)


def unknown(kind: str, name: str, allowed: Iterable[str], *, hint: str = "") -> str:
    """Return what to tell somebody who wrote `name` where one of `allowed` was due.

    `hint` replaces the list of what is allowed where that is too long to read.
    """
    known = list(allowed)
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.6)
    suggestion = f"; did you mean `{near[0]}`?" if near else ""
    rest = hint or f"allowed: {choices(known)}"
    return f"unknown {kind} `{name}`{suggestion or ';'} {rest}"
