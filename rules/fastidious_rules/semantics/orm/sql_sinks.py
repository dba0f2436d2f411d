"""Where a string becomes SQL: functions and methods, as `knowledge/sql.toml` lists them."""

from __future__ import annotations

from fastidious_rules.knowledge import names, table

SINK_NAMES = frozenset({each.rpartition(".")[2] for each in names("sql", "functions")} | names("sql", "methods"))
"""Last names of all calls that may take SQL."""


def is_sql_function(qualified: str) -> bool:
    """Tell whether a function takes SQL as its first argument."""
    return qualified in names("sql", "functions")


def is_telling_method(name: str) -> bool:
    """Tell whether a method of that name runs SQL and nothing else."""
    return name in names("sql", "telling_methods")


def placeholder_style(receiver: str) -> str:
    """Return how a driver writes bound values (`named`, `qmark`, `format`, `dollar`), empty for what is no driver's type."""
    styles: dict[str, str] = table("sql")["receivers"]
    return styles.get(receiver, "")
