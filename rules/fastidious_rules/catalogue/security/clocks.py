"""Expressions of the current time, as a module would write them with what it imports already."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fastidious_rules.api import NeededImport

if TYPE_CHECKING:
    from fastidious_rules.api import Scope

_FIRST_WITH_UTC = (3, 11)


class Clock(NamedTuple):
    """How a module writes the time in UTC and a span of time, and the imports that this needs."""

    now: str
    delta: str
    zone: str
    imports: tuple[NeededImport, ...]

    def after(self, duration: str) -> str:
        """Return the expression of the time `minutes=15` from now."""
        return f"{self.now} + {self.delta}({duration})"


def clock_of(scope: Scope) -> Clock:
    """Return the clock of the module: `datetime.now(UTC)`, or `datetime.datetime.now(...)` where that is what it imports."""
    if scope.resolve_name("datetime") == "datetime":
        zone = "datetime.UTC" if _has_utc(scope) else "datetime.timezone.utc"
        return Clock(f"datetime.datetime.now({zone})", "datetime.timedelta", zone, ())
    imports = [NeededImport("datetime", "datetime"), NeededImport("datetime", "timedelta")]
    uses_timezone = scope.resolve_name("timezone") == "datetime.timezone"
    is_short = _has_utc(scope) and (not uses_timezone or scope.resolve_name("UTC") == "datetime.UTC")
    imports.append(NeededImport("datetime", "UTC" if is_short else "timezone"))
    zone = "UTC" if is_short else "timezone.utc"
    return Clock(f"datetime.now({zone})", "timedelta", zone, tuple(imports))


def _has_utc(scope: Scope) -> bool:
    version = tuple(int(part) for part in scope.settings.target.python.split(".")[:2] if part.isdigit())
    return version >= _FIRST_WITH_UTC
