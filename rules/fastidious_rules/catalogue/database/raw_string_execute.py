"""SQL that is given to SQLAlchemy as a string."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar

from fastidious_rules.api import (
    Call,
    ConcatenatedString,
    Edit,
    Finding,
    Fix,
    Ref,
    Role,
    Rule,
    Safety,
    Scope,
    Severity,
    String,
    is_subclass,
    on,
    text_of,
)
from fastidious_rules.catalogue.database.library_names import is_local_name, library_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.api import View

_METHODS = frozenset({"execute", "scalar", "scalars", "stream", "stream_scalars", "exec"})
_ENGINES = ("sqlalchemy.engine.Engine",)
_CONNECTIONS = ("sqlalchemy.engine.Connection", "sqlalchemy.ext.asyncio.AsyncConnection")
_SESSIONS = (
    "sqlalchemy.orm.Session",
    "sqlalchemy.orm.scoped_session",
    "sqlalchemy.ext.asyncio.AsyncSession",
    "sqlalchemy.ext.asyncio.async_scoped_session",
)
_STRING = "builtins.str"
_OF_DRIVER = re.compile(r"%s|%\(\w+\)s|(?<![\w?'])\?(?![\w?'|&])|(?<![\w$'])\$\d")
_BOUND = re.compile(r"(?<![:\w\\]):\w+(?!:)")
_GONE = "`{call}` is gone in SQLAlchemy 2; open a connection and execute `text(...)` on that"


class RawStringExecute(Rule):
    """SQL given to a session or connection as a plain string, which SQLAlchemy 2 refuses to run."""

    severity = Severity.ERROR
    message = "`{call}` raises `{error}`: SQLAlchemy 2 runs no plain strings; wrap the SQL in `text(...)`"
    fixable = Safety.SAFE
    roles: ClassVar[frozenset[Role]] = frozenset({Role.CODE, Role.SCRIPT})
    requires: ClassVar[dict[str, str]] = {"sqlalchemy": ">=2"}

    @on(Call, names=_METHODS)
    def check(self, call: Call, scope: Scope) -> Iterator[Finding]:
        """Report strings that are executed on a proven receiver."""
        statement = _statement(call)
        if statement is None or call.receiver is None or isinstance(statement, Call) or _has_values(statement):
            return
        kind = scope.type_of(call.receiver)
        is_engine = bool(kind) and is_subclass(scope.asker, kind.name, *_ENGINES)
        is_known = is_engine or (bool(kind) and is_subclass(scope.asker, kind.name, *_CONNECTIONS, *_SESSIONS))
        if not is_known or not _is_string(statement, scope):
            return
        is_connection = is_subclass(scope.asker, kind.name, *_CONNECTIONS)
        yield self.finding(
            statement,
            message=_GONE if is_engine else "",
            call=call.function.text,
            error="ObjectNotExecutableError" if is_connection else "ArgumentError",
        )

    def fixes(self, view: Call, finding: Finding, scope: Scope) -> Iterator[Fix]:
        """Yield the string in `text(...)`, or run by the driver where it is written for that."""
        del finding
        statement = _statement(view)
        kind = scope.type_of(view.receiver) if view.receiver is not None else None
        if statement is None or not kind or is_subclass(scope.asker, kind.name, *_ENGINES):
            return
        text = statement.text if isinstance(statement, String | ConcatenatedString) else ""
        if len(view.all_arguments) > 1 and _OF_DRIVER.search(text):
            if is_subclass(scope.asker, kind.name, *_CONNECTIONS):
                yield from _run_by_driver(view)
            return
        yield from _wrapped(view, statement, text, scope)


def _statement(call: Call) -> View | None:
    return call.argument(0, "statement")


def _has_values(statement: View) -> bool:
    """Tell whether a string has values in it: that is for `sql-injection` to judge."""
    strings = statement.strings if isinstance(statement, ConcatenatedString) else [statement]
    return any(isinstance(each, String) and each.interpolations for each in strings)


def _is_string(statement: View, scope: Scope) -> bool:
    if isinstance(statement, String | ConcatenatedString):
        return "b" not in statement.text[:2].partition('"')[0].partition("'")[0]
    if scope.type_of(statement).name == _STRING:
        return True
    term = statement.term
    is_global = isinstance(term, Ref) and not is_local_name(term.dotted.partition(".")[0], scope)
    return is_global and text_of(scope.asker, scope.module, term) is not None


def _run_by_driver(call: Call) -> Iterator[Fix]:
    name = call.function.span
    start = name.end - len(call.last_name)
    edit = Edit(name._replace(start=start), "exec_driver_sql")
    if call.last_name == "execute":
        yield Fix("Hand the string to the driver: `exec_driver_sql(...)`", (edit,), (), Safety.SAFE)


def _wrapped(call: Call, statement: View, text: str, scope: Scope) -> Iterator[Fix]:
    found = library_name("text", "sqlalchemy", scope)
    if found is None:
        return
    span = statement.span
    edits = (
        Edit(span._replace(end=span.start), f"{found.text}("),
        Edit(span._replace(start=span.end), ")"),
    )
    needed = (found.needed,) if found.needed is not None else ()
    unbound = len(call.all_arguments) == 1 and _BOUND.search(text)
    note = f" (which takes `{unbound.group()}` for a parameter)" if unbound else ""
    yield Fix(f"Wrap the SQL in `text(...)`{note}", edits, needed, Safety.UNSAFE if unbound else Safety.SAFE)
