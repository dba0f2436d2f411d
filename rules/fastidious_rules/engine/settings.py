"""What a user may choose, as plain values; reading and validating it is the server's business."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeAlias

from fastidious_rules.engine.baseline import Baseline

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fastidious_rules.engine.finding import Severity

OptionValue: TypeAlias = "bool | int | float | str | tuple[str, ...] | Mapping[str, str]"


class Profile(StrEnum):
    """Which severities hold where the user chose none."""

    RECOMMENDED = "recommended"
    CARD = "card"


@dataclass(frozen=True, slots=True)
class Target:
    """Versions that the code is written for, as PEP 440 strings without operators: `{"fastapi": "0.115.2"}`."""

    python: str = "3.11"
    packages: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Settings:
    """Settings that hold for one document.

    `select` holds rule names, family names or `ALL`; empty means the rules that the profile turns on.
    `ignore` wins over `select`. `severity` maps rule names to severities.
    `options` maps rule names to the rule's own options, by option name.
    `extra_blocking` maps qualified names of calls that block to what to await in their place, which may be empty.
    `sensitive_names` are names, of fields, variables and parameters, whose values are secrets in this project.
    `layers` maps layer names to glob patterns of module paths (`app/services/**`), and replaces inference.
    `muted` holds rules that another tool already reports here (see `defer-to-ruff`).
    `pytest` holds pytest's own settings that rules ask about (`asyncio_mode`).
    `baseline` holds findings that are known, and not reported while their code stays as it is.
    """

    profile: Profile = Profile.RECOMMENDED
    select: frozenset[str] = frozenset()
    ignore: frozenset[str] = frozenset()
    severity: Mapping[str, Severity] = field(default_factory=lambda: MappingProxyType({}))
    options: Mapping[str, Mapping[str, OptionValue]] = field(default_factory=lambda: MappingProxyType({}))
    extra_blocking: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    sensitive_names: tuple[str, ...] = ()
    layers: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    muted: frozenset[str] = frozenset()
    pytest: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    target: Target = field(default_factory=Target)
    baseline: Baseline = field(default_factory=Baseline)
