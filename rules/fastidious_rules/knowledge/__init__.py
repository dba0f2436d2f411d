"""What Fastidious knows of libraries: tables, not code. Each `*.toml` here says what its tables mean."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def table(name: str) -> dict[str, Any]:
    """Return the tables of `<name>.toml`."""
    return tomllib.loads(files(__name__).joinpath(f"{name}.toml").read_text("utf-8"))


@cache
def names(name: str, section: str) -> frozenset[str]:
    """Return the list called `section` of `<name>.toml` as a set."""
    return frozenset(table(name)[section])
