"""What was found in a file that is not open: plain values that need neither its text nor the engine to be shown."""

from __future__ import annotations

import msgspec

from fastidious_server.workspace.storage.files import Stamp

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class Mark(msgspec.Struct, frozen=True, array_like=True):
    """Place in a text: row and column, zero-based, the column in bytes.

    `wide` is the line in front of it where that is not ASCII: who counts in other units needs to see it.
    """

    row: int = 0
    column: int = 0
    wide: bytes = b""

    @classmethod
    def after(cls, row: int, line: bytes) -> Mark:
        """Return the place behind `line`, the beginning of that in `row`; a byte order mark takes no column."""
        before = line.removeprefix(_BYTE_ORDER_MARK) if row == 0 else line
        return cls(row, len(before), b"" if before.isascii() else before)


class InspectedPlace(msgspec.Struct, frozen=True, array_like=True):
    """Range in another file that explains a finding."""

    path: str
    start: Mark
    end: Mark
    message: str


class InspectedFinding(msgspec.Struct, frozen=True, array_like=True):
    """Finding with all that is shown of it."""

    rule: str
    severity: str
    start: Mark
    end: Mark
    message: str
    tags: tuple[str, ...] = ()
    related: tuple[InspectedPlace, ...] = ()


class RuleCrash(msgspec.Struct, frozen=True, array_like=True):
    """Rule that raised where it should have answered, or took too long, in the unit that begins in `line`."""

    rule: str
    error: str
    line: int = 0
    is_overdue: bool = False


class InspectedFile(msgspec.Struct, frozen=True, array_like=True):
    """Findings of one file, sorted, in the text that it had at `stamp`; None says that it is not reviewed any more."""

    path: str
    stamp: Stamp | None
    findings: tuple[InspectedFinding, ...] = ()
    crashes: tuple[RuleCrash, ...] = ()
