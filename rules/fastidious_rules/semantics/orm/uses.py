"""What methods of sessions, connections and cursors do to a database."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from fastidious_rules.knowledge import table
from fastidious_rules.semantics.names import ancestry

if TYPE_CHECKING:
    from fastidious_rules.semantics.project import Asker

QUERYING = "queries"
WRITING = "writes"
COMMITTING = "commits"
_LISTS = (QUERYING, WRITING, COMMITTING, "touches")


class DatabaseUse(NamedTuple):
    """What a method does, as names of the lists of `database.toml`, and the class that defines it."""

    owner: str
    lists: frozenset[str]


def database_use(asker: Asker, callee: str) -> DatabaseUse | None:
    """Return what the method of that qualified name does to a database; None if it is no method that is known to."""
    owner, _, method = callee.rpartition(".")
    if not owner or method not in database_methods():
        return None
    for each in (owner, *asker.ask(ancestry, owner)):
        known = _methods().get(f"{each}.{method}")
        if known is not None:
            return DatabaseUse(each, known)
    return None


@cache
def database_methods(wanted: str = "") -> frozenset[str]:
    """Return the names of the methods in one list of the table, or in any."""
    return frozenset(
        qualified.rpartition(".")[2] for qualified, lists in _methods().items() if not wanted or wanted in lists
    )


@cache
def _methods() -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for entry in table("database")["methods"]:
        for name in _LISTS:
            for qualified in (f"{owner}.{method}" for owner in entry["owners"] for method in entry.get(name, ())):
                found[qualified] = found.get(qualified, frozenset()) | {name}
    return found
