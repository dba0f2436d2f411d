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
    """Rules and families that are on in these files; replaces `select` of the project."""
    ignore: list[str] = []
    """Rules and families that are off in these files."""
    severity: dict[str, Level] = {}
    """How loud rules are in these files."""


class TargetTable(_Table):
    """Versions that the code is written for, where they are not to be found out."""

    python: Annotated[str, Field(pattern=r"^\d+(\.\d+)*$")] | None = None
    """Version of Python, such as `3.12`."""
    packages: dict[str, str] = {}
    """Versions of packages, such as `pydantic = "2.7"`."""


class FastidiousTable(_Table):
    """All that users configure."""

    profile: Literal["recommended", "card"] = "recommended"
    """`recommended`, or `card`: the guideline card to the letter, with style findings louder."""
    select: list[str] = []
    """Rules and families that are on, or `ALL`; replaces what the profile turns on."""
    ignore: list[str] = []
    """Rules and families that are off; wins over `select`."""
    severity: dict[str, Level] = {}
    """How loud rules are, where that differs from the profile."""
    per_path: dict[str, PathTable] = {}
    """By glob pattern: what differs for the files that match."""
    extra_blocking: dict[str, str] = {}
    """By qualified name of a call that blocks: what to await in its place, or an empty text."""
    sensitive_names: list[str] = []
    """Names of fields and variables whose values are secrets here, besides those that everybody knows."""
    layers: dict[str, list[str]] = {}
    """By layer: glob patterns of its modules; replaces what Fastidious infers."""
    rules: dict[str, dict[str, Any]] = {}
    """By rule: its own options."""
    defer_to_ruff: bool = True
    """Stay silent where the project's ruff already reports the same."""
    exclude: list[str] = []
    """Patterns of files that are not reviewed, besides those that git ignores."""
    baseline: str = BASELINE
    """File with the findings that are known, which are not reported; an empty text for none."""
    target: TargetTable = TargetTable()
    """Versions that the code is written for, where they are not to be read from the project."""
