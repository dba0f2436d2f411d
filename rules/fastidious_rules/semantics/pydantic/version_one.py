"""What took the place of Pydantic 1's methods."""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

from fastidious_rules.knowledge import table


class Replacement(NamedTuple):
    """An old name and the new one: see `pydantic.toml`."""

    name: str
    replacement: str
    on_class: bool
    keywords: tuple[str, ...] = ()
    values: int = 0


def replacement_of(method: str) -> Replacement | None:
    """Return what took the place of a method of models."""
    return _known("methods").get(method)


def replacement_of_attribute(name: str) -> Replacement | None:
    """Return what took the place of an attribute of models."""
    return _known("attributes").get(name)


@cache
def _known(section: str) -> dict[str, Replacement]:
    entries: dict[str, dict[str, Any]] = table("pydantic")[section]
    return {
        name: Replacement(
            name,
            each["replacement"],
            each.get("on_class", False),
            tuple(each.get("keywords", ())),
            each.get("values", 0),
        )
        for name, each in entries.items()
    }
