"""Loops whose rounds ask different tables, or run different statements: one query cannot do for all of them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fastidious_rules.api import Assignment, Attribute, Call, Name, names_in, names_read, words_of
from fastidious_rules.catalogue.database.rounds import is_session

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.api import Scope, View
    from fastidious_rules.catalogue.database.rounds import Round

_CLASSES = frozenset({"model", "cls", "klass", "class_", "model_class", "model_cls", "table", "mapper"})
_OF_CLASSES = frozenset({"cls", "klass", "table", "mapper"})
_STATEMENTS = frozenset({"select", "insert", "update", "delete"})
_LIBRARIES = ("sqlalchemy.", "sqlmodel.")
_RUNS = frozenset({"execute", "exec", "scalar", "scalars", "stream", "exec_driver_sql"})
_SCHEMA = re.compile(r"^(Create|Drop|Add|Set|Alter)[A-Z]\w+$")
"""Elements of SQLAlchemy that change the schema: `DropTable(table)`."""
_OTHER_TABLE = re.compile(
    r"""["']\s*(CREATE|DROP|ALTER|TRUNCATE|GRANT|REVOKE|SET|VACUUM|REFRESH|ANALYZE|PRAGMA|COMMENT|LOCK)\b"""
    r"""|\b(FROM|INTO|TABLE|UPDATE|JOIN)\s+[\w."]*\{""",
    re.IGNORECASE,
)


def goes_through_tables(call: Call, found: Round, scope: Scope) -> bool:
    """Tell whether each round asks another table, or runs another statement: then one query cannot replace them."""
    names = found.names
    given = (*call.arguments, *call.keywords.values())
    if any(each.text in names & _CLASSES or _is_class(each, found) for each in given):
        return True
    if call.last_name in _RUNS and any(each.text in names for each in call.arguments[:1]):
        return True
    kept = list(_kept(call, found))
    inside = [*call.find(Call), *(part for each in kept for part in _calls_in(each))]
    if _differs(_asked(call), found) or any(_makes_another(each, found, scope) for each in inside):
        return True
    return any(_OTHER_TABLE.search(each.text) for each in (call, *kept))


def _is_class(given: View, found: Round) -> bool:
    """Tell whether an argument is a class or a table that differs from round to round, by its name."""
    words = words_of(given.text) if isinstance(given, Name) and given.text in found.differing else ()
    return bool(words) and words[-1] in _OF_CLASSES


def _kept(call: Call, found: Round) -> Iterator[View]:
    """Yield the values of variables of the loop of which a call makes the statement that it runs."""
    names = (
        frozenset[str]().union(*(names_read(each) for each in call.arguments[:1])) if call.last_name in _RUNS else ()
    )
    for each in found.body.find(Assignment) if names else ():
        if each.value is not None and any(name.text in names for name in names_in(each.target)):
            yield each.value


def _calls_in(view: View) -> Iterator[Call]:
    if isinstance(view, Call):
        yield view
    yield from view.find(Call)


def _makes_another(call: Call, found: Round, scope: Scope) -> bool:
    """Tell whether a call makes a statement about a table that differs from round to round: `delete(table)`."""
    meant = scope.at(call).resolve(call)
    is_known = meant.startswith(_LIBRARIES)
    name = meant.rpartition(".")[2] if is_known else call.last_name
    if is_known and _SCHEMA.match(name):
        return True
    if name == "text":
        return any(not found.names.isdisjoint(names_read(each)) for each in call.arguments)
    if name in _STATEMENTS and isinstance(call.receiver, Name) and call.receiver.text in found.differing:
        return True  # `table.delete()`
    return _differs(call.arguments if name in _STATEMENTS else _asked(call), found)


def _asked(call: Call) -> list[View]:
    """Return the arguments of a call that say which table it asks."""
    if call.last_name in {"get", "get_one"}:
        receiver = call.receiver.text if call.receiver is not None else ""
        return call.arguments[:1] if len(call.arguments) > 1 and is_session(receiver) else []
    return call.arguments if call.last_name in {"query", "select_from"} else []


def _differs(chosen: list[View], found: Round) -> bool:
    """Tell whether what a statement is about differs from round to round."""
    return any(not found.names.isdisjoint(names_read(each)) or _root(each) in found.differing for each in chosen)


def _root(chosen: View) -> str:
    """Return the name of a table: `model` of `model`, and of its column `model.id`."""
    while isinstance(chosen, Attribute):
        chosen = chosen.value
    return chosen.text if isinstance(chosen, Name) else ""
