"""Results of a check as they are shown and kept: positions instead of bytes, nothing of the engine inside."""

from __future__ import annotations

from typing import TypeAlias

import msgspec

UNREADABLE_FILE = "unreadable-file"
"""Name under which a file that is no Python source is reported."""


class Position(msgspec.Struct, frozen=True, array_like=True, order=True):
    """Line and column, one-based, in code points."""

    line: int
    column: int


START = Position(1, 1)


class RelatedResult(msgspec.Struct, frozen=True, array_like=True):
    """Another place that explains a result."""

    path: str
    start: Position
    message: str


class EditResult(msgspec.Struct, frozen=True, array_like=True):
    """Replacement that a fix makes."""

    path: str
    start: Position
    end: Position
    replacement: str


class FixResult(msgspec.Struct, frozen=True, array_like=True):
    """Fix that removes a result."""

    title: str
    safety: str
    edits: tuple[EditResult, ...] = ()


class Result(msgspec.Struct, frozen=True, array_like=True):
    """One finding, placed in the file at the absolute `path`."""

    path: str
    start: Position
    end: Position
    rule: str
    family: str
    severity: str
    message: str
    related: tuple[RelatedResult, ...] = ()
    fix: FixResult | None = None
    symbol: str = ""
    digest: str = ""
    """With the symbol, what a baseline knows it by."""


class Crash(msgspec.Struct, frozen=True, array_like=True):
    """Rule that raised, or took too long, where it should have answered."""

    path: str
    rule: str
    error: str
    line: int = 0
    """First line of the code that it failed on, one-based."""
    is_overdue: bool = False


class FileResults(msgspec.Struct, frozen=True, array_like=True):
    """All that came out of checking one file."""

    path: str
    results: tuple[Result, ...] = ()
    crashes: tuple[Crash, ...] = ()
    is_checked: bool = True
    """False for a file that a program wrote."""
    gone: int = 0
    """How many findings of the baseline are not there any more."""


Order: TypeAlias = "tuple[str, Position, Position, str, str]"


def result_order(result: Result) -> Order:
    """Return what results are sorted by."""
    return (result.path, result.start, result.end, result.rule, result.message)


def unreadable(path: str, reason: str) -> Result:
    """Return the result for a file that cannot be read."""
    return Result(path, START, START, UNREADABLE_FILE, "", "error", f"the file cannot be checked: {reason}")
