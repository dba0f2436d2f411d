"""Calls that run a statement on a database: proven by the session that they are called on, or by the statement itself."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from fastidious_rules.knowledge import table
from fastidious_rules.semantics.inference import callee_of
from fastidious_rules.semantics.names import resolve
from fastidious_rules.semantics.orm.entities import is_entity
from fastidious_rules.semantics.orm.query import Stage
from fastidious_rules.semantics.orm.query_steps import execution_stage
from fastidious_rules.semantics.orm.statements import Reader
from fastidious_rules.semantics.orm.uses import QUERYING, WRITING, database_methods, database_use
from fastidious_rules.syntax.terms import Apply, Awaited, Literal, Ref, Term, called_name, dotted, parts, receiver_of

if TYPE_CHECKING:
    from fastidious_rules.semantics.project import Asker
    from fastidious_rules.semantics.types import Environment

LOOKUP = "lookup"
"""By primary key: `session.get(User, 1)`."""
SELECT = "select"
CHANGE = "change"
"""`update`, `insert` or `delete`."""
REFRESH = "refresh"
RAW = "raw"
"""A statement of which nothing is known but that a connection runs it."""

_CHANGING = frozenset({"insert", "update", "delete"})
_ENDS = frozenset({"count", "delete", "exists", "update"})
"""Ends of a legacy query that are not in the table of those that give rows."""
_ENDS_OF_QUERY = frozenset({"all", "count", "first", "one", "one_or_none", "scalar"})
_LONGEST = 30
_CHANGE = re.compile(r"\s*(insert|update|delete|merge|replace)\b", re.IGNORECASE)


class Execution(NamedTuple):
    """A call that runs a statement."""

    kind: str
    statement: Term | None = None
    """The statement, where it is an argument of the call."""


def executing_names() -> frozenset[str]:
    """Return the last names of all calls that may run a statement."""
    tables: dict[str, dict[str, list[str]]] = table("orm")
    ends = {name for kind in ("several", "single") for name in tables["statement"][kind]}
    runs = {name for names in tables["execution"].values() for name in names}
    return database_methods(QUERYING) | ends | runs | _ENDS


def execution(asker: Asker, where: Environment, term: Apply) -> Execution | None:
    """Return what a call runs, None unless it is proven to run a statement."""
    receiver, name = receiver_of(term)
    if receiver is None or name not in executing_names():
        return None
    reader = Reader(asker, where)
    found = _of_statement(reader, receiver, name) or _of_session(asker, where, reader, term)
    return found or _of_columns(asker, where, receiver, name)


def _of_statement(reader: Reader, receiver: Term, name: str) -> Execution | None:
    """Return what the end of a legacy query runs: `session.query(User).filter(...).first()`."""
    if execution_stage(name) and name != "scalar":
        return None
    steps: dict[str, list[str]] = table("orm")["statement"]
    if name not in {*steps["several"], *steps["single"], *_ENDS} or not _is_legacy(receiver):
        return None
    query = reader.read(receiver)
    if query is None or query.stage is not Stage.STATEMENT:
        return None
    return Execution(CHANGE if name in _CHANGING else SELECT)


def _is_legacy(term: Term) -> bool:
    """Tell whether a chain of calls can be a legacy query: it does not start with `select(...)`."""
    root = _root(term)
    return not (isinstance(root, Apply) and dotted(root.function).rpartition(".")[2] in {"select", *_CHANGING})


def _of_session(asker: Asker, where: Environment, reader: Reader, term: Apply) -> Execution | None:
    receiver, name = receiver_of(term)
    known = database_use(asker, callee_of(asker, where, term))
    statement = _given(term)
    if known is None:
        return _of_unknown(asker, where, reader, term)
    if name in {"delete", "update"} and known.owner.endswith(".Query"):
        return Execution(CHANGE)
    if QUERYING not in known.lists or WRITING in known.lists or receiver is None:
        return None
    if name in {"get", "get_one"}:
        return Execution(LOOKUP)
    if name == "refresh":
        return Execution(REFRESH)
    if known.owner.endswith(".Query"):
        return Execution(SELECT)
    return Execution(_kind(asker, where, reader, statement), statement)


def _of_columns(asker: Asker, where: Environment, receiver: Term, name: str) -> Execution | None:
    """Return what the end of a legacy query of columns runs: `db.query(func.count(User.id)).scalar()`."""
    root = _root(receiver)
    if name not in _ENDS_OF_QUERY or called_name(root) != "query":
        return None
    names = (dotted(part) for part in parts(root))
    owners = (resolve(asker, where.module, each.rpartition(".")[0]) for each in names if "." in each)
    return Execution(SELECT) if any(asker.ask(is_entity, each) for each in owners if each) else None


def _of_unknown(asker: Asker, where: Environment, reader: Reader, term: Apply) -> Execution | None:
    """Return what a call runs on something of which only the argument says that it is a session."""
    name = receiver_of(term)[1]
    statement = _given(term)
    if statement is None:
        return None
    if name in {"get", "get_one"}:
        entity = resolve(asker, where.module, dotted(statement)) if dotted(statement) else ""
        return Execution(LOOKUP) if len(term.arguments) > 1 and asker.ask(is_entity, entity) else None
    if not execution_stage(name):
        return None
    kind = _kind(asker, where, reader, statement)
    return Execution(kind, statement) if kind != RAW else None


def _given(term: Apply) -> Term | None:
    return term.arguments[0] if term.arguments else term.keyword("statement")


def _kind(asker: Asker, where: Environment, reader: Reader, statement: Term | None) -> str:
    if statement is None:
        return RAW
    query = reader.read(statement)
    if query is not None and query.stage is Stage.STATEMENT:
        return SELECT
    return CHANGE if _changes(asker, where, statement) else RAW


def _changes(asker: Asker, where: Environment, statement: Term) -> bool:
    if isinstance(statement, Ref) and where.function is not None:
        terms = where.function.local.get(statement.dotted, ())
        return any(_changes(asker, where, each) for each in terms[:1] if each != statement)
    root = _root(statement)
    if not isinstance(root, Apply):
        return False
    first = root.arguments[0] if root.arguments else None
    if called_name(root) == "text" and isinstance(first, Literal):
        return bool(_CHANGE.match(first.text))
    if called_name(root) in _CHANGING and receiver_of(root)[0] is not None and not root.arguments:
        return True
    library, _, name = callee_of(asker, where, root).partition(".")
    return library in {"sqlalchemy", "sqlmodel"} and name.rpartition(".")[2] in _CHANGING


def _root(term: Term) -> Term:
    """Return the call that a chain of calls starts with."""
    for _ in range(_LONGEST):
        inner = term.value if isinstance(term, Awaited) else receiver_of(term)[0] if isinstance(term, Apply) else None
        if inner is None or isinstance(inner, Ref):
            return term
        term = inner
    return term
