"""Shape of `[tool.fastidious]`."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from fastidious_server.config.baselines import BASELINE

Level = Literal["error", "warning", "information", "hint", "off"]
"""How loud a rule is: a severity, or silence."""


class _Table(BaseModel):
    model_config = ConfigDict(
        strict=True,
        extra="forbid",
        frozen=True,
        alias_generator=lambda name: name.replace("_", "-"),
    )


class PathTable(_Table):
    """What holds for the files that match one pattern of `per-path`."""

    select: list[str] | None = None
    ignore: list[str] = []
    severity: dict[str, Level] = {}


class TargetTable(_Table):
    """Versions that the code is written for, where they are not to be found out."""

    python: Annotated[str, Field(pattern=r"^\d+(\.\d+)*$")] | None = None
    packages: dict[str, str] = {}


class FastidiousTable(_Table):
    """All that users configure."""

    profile: Literal["recommended", "card"] = "recommended"
    select: list[str] = []
    ignore: list[str] = []
    severity: dict[str, Level] = {}
    per_path: dict[str, PathTable] = {}
    extra_blocking: dict[str, str] = {}
    sensitive_names: list[str] = []
    layers: dict[str, list[str]] = {}
    rules: dict[str, dict[str, Any]] = {}
    defer_to_ruff: bool = True
    exclude: list[str] = []
    baseline: str = BASELINE
    target: TargetTable = TargetTable()
