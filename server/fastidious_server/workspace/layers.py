"""Layers that a configuration gives to modules."""

# ruff: noqa: PLC0415 - imported when wanted: every command pays for what it imports

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

    from fastidious_rules.engine.settings import Settings


def layer_of(module: str, settings: Settings) -> str:
    """Return the first layer whose patterns match the path of `module`, empty where none does."""
    path = module.replace(".", "/")
    for layer, patterns in settings.layers.items():
        if _spec(patterns).match_file(f"{path}.py") or _spec(patterns).match_file(f"{path}/__init__.py"):
            return layer
    return ""


@lru_cache(maxsize=64)
def _spec(patterns: tuple[str, ...]) -> GitIgnoreSpec:
    from fastidious_server.workspace.ignores import patterns_spec

    return patterns_spec(patterns)
