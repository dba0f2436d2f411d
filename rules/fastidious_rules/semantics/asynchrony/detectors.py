"""Sorts of effects: which calls have one, and which functions it is followed through."""

from __future__ import annotations

from functools import cache, partial
from typing import TYPE_CHECKING, NamedTuple

from fastidious_rules.semantics.asynchrony.blocking import (
    REMOTE,
    SESSION,
    Policy,
    asynchronous_methods,
    blocking,
    blocking_names,
    severity_of,
    waits,
)
from fastidious_rules.semantics.asynchrony.http_calls import http_call, http_call_names
from fastidious_rules.semantics.orm.uses import COMMITTING, QUERYING, WRITING, database_methods, database_use

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from fastidious_rules.semantics.facts import CallFact
    from fastidious_rules.semantics.project import Project

BLOCKS = "blocks"
"""Calls that block their thread, those that have rules of their own left out."""
BLOCKS_SESSION = "blocks on a session"
"""Calls that block on a synchronous SQLAlchemy session."""
BLOCKS_PROCESSOR = "blocks on the processor"
"""Calls that compute for long: hashing of passwords, images."""
BLOCKS_FILE = "blocks on a file"
QUERIES = "queries"
"""Calls that run a statement on a database and wait for it, awaited or not."""
WRITES = "writes"
"""Calls that change rows, now or with the next flush."""
COMMITS = "commits"
"""Calls that end a transaction."""
TOUCHES_SESSION = "touches a session"
"""Calls of any method of a session or connection that only one task at a time may use."""
CALLS_OUT = "calls out"
"""Calls that ask another service over the network, awaited or not; databases and brokers are not meant."""

_SHARED = ("asyncpg.Pool", "asyncpg.pool.Pool", "databases.Database", "pymongo")
"""Clients that keep connections for everybody: several tasks may use them at once."""


class ResolvedCall(NamedTuple):
    """A call in the body of a function, and the qualified name of what it calls."""

    callee: str
    call: CallFact


class Detector(NamedTuple):
    """A sort of effect: the last names of the calls to look at, and what says the kind of effect that one has."""

    names: Callable[[], frozenset[str]]
    kind: Callable[[Project, ResolvedCall, Policy], str]
    is_of_thread: bool = True
    """Whether it stops the thread: then neither coroutines nor what runs in another thread have it."""


def _blocks(_: Project, resolved: ResolvedCall, policy: Policy) -> str:
    known = blocking(resolved.callee, policy)
    if known is None or not severity_of(known.kind):
        return ""
    return known.kind if waits(resolved.call.term, known.name) else ""


def _blocks_on(kind: str) -> Detector:
    def detect(_: Project, resolved: ResolvedCall, policy: Policy) -> str:
        known = blocking(resolved.callee, policy)
        is_of_kind = known is not None and known.kind == kind and waits(resolved.call.term, known.name)
        return kind if is_of_kind else ""

    return Detector(partial(blocking_names, kind), detect)


def _uses_database(wanted: str) -> Detector:
    def detect(project: Project, resolved: ResolvedCall, _: Policy) -> str:
        known = database_use(project, resolved.callee)
        return known.owner if known is not None and wanted in known.lists else ""

    return Detector(partial(database_methods, wanted), detect, is_of_thread=False)


def _touches_session(project: Project, resolved: ResolvedCall, _: Policy) -> str:
    known = database_use(project, resolved.callee)
    return known.owner if known is not None and not known.owner.startswith(_SHARED) else ""


def _calls_out(_: Project, resolved: ResolvedCall, policy: Policy) -> str:
    known = blocking(resolved.callee, policy)
    if known is not None:
        return known.kind if known.kind in REMOTE else ""
    return "http" if http_call(resolved.callee) is not None or resolved.callee in asynchronous_methods() else ""


@cache
def _calling_names() -> frozenset[str]:
    asynchronous = frozenset(name.rpartition(".")[2] for name in asynchronous_methods())
    return http_call_names().union(asynchronous, *(blocking_names(kind) for kind in REMOTE))


DETECTORS: Mapping[str, Detector] = {
    BLOCKS: Detector(blocking_names, _blocks),
    BLOCKS_SESSION: _blocks_on(SESSION),
    BLOCKS_PROCESSOR: _blocks_on("cpu"),
    BLOCKS_FILE: _blocks_on("file"),
    QUERIES: _uses_database(QUERYING),
    WRITES: _uses_database(WRITING),
    COMMITS: _uses_database(COMMITTING),
    CALLS_OUT: Detector(_calling_names, _calls_out, is_of_thread=False),
    TOUCHES_SESSION: Detector(database_methods, _touches_session, is_of_thread=False),
}
