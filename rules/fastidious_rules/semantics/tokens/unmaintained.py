"""Libraries for authentication that nobody maintains, and who imports them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fastidious_rules.knowledge import table
from fastidious_rules.semantics.module import IMPORTS

if TYPE_CHECKING:
    from fastidious_rules.semantics.project import Project


class Unmaintained(NamedTuple):
    """A library that nobody maintains: what is the matter, what to use instead, and what it no longer works with."""

    module: str
    problem: str
    instead: str
    breaks: tuple[str, ...]
    """A distribution, and its first version with which the library fails."""
    broken: str


def unmaintained(module: str) -> Unmaintained | None:
    """Return what is known of an unmaintained library that a module belongs to."""
    for name, entry in table("jwt")["unmaintained"].items():
        if module == name or module.startswith(f"{name}."):
            breaks = tuple(entry.get("breaks", ()))
            return Unmaintained(name, entry["problem"], entry["instead"], breaks, entry.get("broken", ""))
    return None


def imports_of(project: Project, module: str, library: str) -> tuple[str, ...]:
    """Return what a module imports of a library, by qualified names, in the order of the text."""
    found = project.module(module)
    project.read(module, IMPORTS)
    units = found.facts.units if found is not None else ()
    facts = (
        each
        for unit in units
        for each in (*unit.imports, *(inside for function in unit.functions for inside in function.imports))
    )
    names = (f"{each.module}.{each.name}" if each.name else each.module for each in facts if not each.type_checking)
    return tuple(each for each in names if f"{each}.".startswith(f"{library}."))
