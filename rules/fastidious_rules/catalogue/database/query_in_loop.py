"""Statements that run once for each item of a loop."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fastidious_rules.api import (
    CHANGE,
    LOOKUP,
    REFRESH,
    SELECT,
    WRITES,
    Call,
    ComprehensionClause,
    Execution,
    ExpressionStatement,
    For,
    Function,
    If,
    Name,
    Related,
    Role,
    Rule,
    Safety,
    Severity,
    Stage,
    callee_of,
    class_shape,
    execution,
    names_read,
    nearest,
    on,
    query_of,
    query_path,
    reached_from,
    words_of,
)
from fastidious_rules.catalogue.database.other_tables import goes_through_tables
from fastidious_rules.catalogue.database.prefetching import prefetched
from fastidious_rules.catalogue.database.rounds import (
    Round,
    Rounds,
    has_savepoint_of_its_own,
    has_session_of_its_own,
    holds_something_of_its_own,
    is_bounded,
    is_session,
    takes_several,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.api import Apply, Effect, Finding, Fix, Scope

_REFRESH = (
    "`{call}` reads one row again for each `{item}`; keep them with `expire_on_commit=False`, or select all at once"
)
_CHANGE = "`{call}` sends one statement for each `{item}`; give one `execute` all rows, or change them in one statement"
_HELPER = "`{call}` ends in a query ({where}) for each `{item}`; fetch what it needs for all of them before the loop"
_LONGEST = 32
_ASKING = frozenset({
    "count", "exists", "fetch", "find", "get", "has", "is", "list", "load", "lookup", "read", "resolve", "search", "select",
})  # fmt: skip
_DOING = frozenset({
    "acquire", "add", "apply", "cancel", "claim", "create", "delete", "dispatch", "do", "enqueue", "export", "generate",
    "handle", "import", "insert", "lock", "mark", "notify", "pause", "process", "publish", "remove", "run", "save",
    "schedule", "send", "set", "start", "store", "sync", "trigger", "try", "update", "upload", "upsert", "write",
})  # fmt: skip
_DATABASES = frozenset({"database", "dsn", "schema", "shard", "tenant"})
_NEAR = 2
_DROPPED = 2
"""How much farther away a query is that a helper makes to do something with the item, not to look it up."""


class _Site(NamedTuple):
    """A call that runs a statement for each round of a loop."""

    call: Call
    round: Round
    execution: Execution | None
    path: Effect | None = None
    callee: str = ""


class QueryInLoop(Rule):
    """Query that runs once for each item of a loop."""

    severity = Severity.WARNING
    message = "`{call}` runs one query for each `{item}`; fetch the rows of all of them before the loop, with `.in_()`"
    fixable = Safety.UNSAFE
    roles = frozenset({Role.CODE, Role.SCRIPT, Role.MIGRATION})

    @on(Function)
    def check(self, function: Function, scope: Scope) -> Iterator[Finding]:
        """Report calls in loops that run a statement which depends on the item, themselves or through helpers."""
        fact = scope.fact_of(function)
        looped = {each.span for each in fact.calls if each.loops} if fact is not None else None
        around = Rounds()
        for call in function.body.find(Call) if looped else ():
            site = _site(call, around, scope.at(call)) if looped and call.span in looped else None
            severity = _severity(site, function, scope) if site is not None else None
            if site is not None and severity is not None:
                yield self._finding(site, severity)

    def _finding(self, site: _Site, severity: Severity) -> Finding:
        related = tuple(_hops(site))
        return self.finding(
            site.call,
            severity=severity,
            message=_message(site),
            related=related,
            evidence=_evidence(site),
            call=_shown(site.call),
            item=_short(site.round.target.text),
            where=f"{{@{len(related) - 1}}}",
        )

    def fixes(self, view: Function, finding: Finding, scope: Scope) -> Iterator[Fix]:
        """Yield one query for all items, above the loop."""
        for call in view.body.find(Call):
            site = _site(call, Rounds(), scope.at(call)) if call.span == finding.span else None
            if site is not None and site.execution is not None:
                yield from prefetched(call, site.round, scope.at(call))


def _site(call: Call, around: Rounds, scope: Scope) -> _Site | None:
    """Return what a call runs for each round of the innermost loop that it depends on, None if it runs no statement."""
    read = names_read(call)
    found = next((each for each in around.around(call) if not each.differing.isdisjoint(read)), None)
    is_open = found is not None and not is_bounded(found) and not _goes_through_members(found, scope)
    site = _running(call, found, scope) if found is not None and is_open else None
    if site is None or (site.execution is None and _goes_through_tenants(call, site.round, read)):
        return None
    if has_session_of_its_own(call, site.round, read) or goes_through_tables(call, site.round, scope):
        return None
    return site if site.execution is None or _can_be_joined(call, site.round, site.execution) else None


def _goes_through_tenants(call: Call, found: Round, read: frozenset[str]) -> bool:
    """Tell whether a helper that opens a session itself is told where: each tenant has a database, or a schema, of its own."""
    words = {word for each in found.names for word in words_of(each)}
    is_told = call.receiver is None and not words.isdisjoint(_DATABASES)
    return is_told and not any(is_session(each) for each in read)


def _goes_through_members(found: Round, scope: Scope) -> bool:
    """Tell whether a loop goes through a class, that is through the members of an enumeration."""
    name = found.iterable.text if isinstance(found.iterable, Name) else ""
    return name[:1].isupper() and scope.ask(class_shape, scope.resolve_in_module(name)) is not None


def _running(call: Call, found: Round, scope: Scope) -> _Site | None:
    """Return the statement that a call runs, itself or through a function of the project."""
    term: Apply = call.term  # type: ignore[assignment]  a call is read as one
    run = execution(scope.asker, scope.environment, term) or _iterated(call, term, scope)
    if run is not None:
        return _Site(call, found, run)
    callee = callee_of(scope.asker, scope.environment, term)
    path = scope.ask(query_path, callee) if callee else None
    return _Site(call, found, None, path, callee) if path is not None else None


def _iterated(call: Call, term: Apply, scope: Scope) -> Execution | None:
    """Return what a loop over a legacy query runs; a statement of another sort cannot be iterated over."""
    if not (isinstance(call.parent, For | ComprehensionClause) and call.parent.iterable == call):
        return None
    query = query_of(scope.asker, scope.environment, term)
    return Execution(SELECT) if query is not None and query.stage is Stage.STATEMENT else None


def _can_be_joined(call: Call, found: Round, run: Execution) -> bool:
    """Tell whether one statement could do for all items: one that locks a row, or claims it, is for that row alone."""
    if run.kind == REFRESH:
        is_item = any(each.text in found.names for each in call.arguments[:1])
        return is_item and not holds_something_of_its_own(call, found)
    if run.kind == CHANGE and has_savepoint_of_its_own(call, found):
        return False
    if "with_for_update" in call.text or "FOR UPDATE" in call.text:
        return False
    return ".rowcount" not in found.body.text or run.kind in {LOOKUP, SELECT}


def _severity(site: _Site, function: Function, scope: Scope) -> Severity | None:
    """Return how bad a query in a loop is; None if the loop does work for each item of which the query is a small part."""
    distance = _distance(site, scope)
    if distance > _NEAR + 1:
        return None
    if scope.role is not Role.CODE or _is_remembered(site) or _is_command(function):
        return Severity.HINT
    if scope.ask(reached_from, scope.qualified(function)) in {"startup", "script"}:
        return Severity.HINT
    return Severity.WARNING if distance <= _NEAR else Severity.INFORMATION


def _distance(site: _Site, scope: Scope) -> int:
    """Return how many calls away the query is, and how far it is from what the loop is about."""
    if site.path is None:
        return _NEAR + 1 if takes_several(site.call, site.round) else 0
    steps = len(site.path.steps)
    if _is_dropped(site.call):
        return steps + _DROPPED
    return steps if _is_lookup(site, scope) else max(steps, _NEAR + 1)


def _is_remembered(site: _Site) -> bool:
    """Tell whether the result is kept for the next round that would ask the same: by a cache, or by a test before."""
    if site.path is not None and site.path.cached:
        return True
    tests = (each.condition.text for each in site.call.ancestors() if isinstance(each, If))
    return any(" not in " in each and not site.round.differing.isdisjoint(each.split()) for each in tests)


def _is_command(function: Function) -> bool:
    return any(each.name.text.rpartition(".")[2] == "command" for each in function.decorators)


def _is_lookup(site: _Site, scope: Scope) -> bool:
    """Tell whether a helper only answers a question about the item, and does nothing with it."""
    verb = next(iter(words_of(site.callee.rpartition(".")[2])), "")
    if verb in _ASKING:
        return True
    return verb not in _DOING and scope.ask(nearest, site.callee, WRITES) is None


def _is_dropped(call: Call) -> bool:
    """Tell whether nobody uses the result: the helper then does something with the item, more than look it up."""
    around = call.parent if call.is_awaited else call
    return around is not None and isinstance(around.parent, ExpressionStatement)


def _message(site: _Site) -> str:
    if site.execution is None:
        return _HELPER
    return {REFRESH: _REFRESH, CHANGE: _CHANGE}.get(site.execution.kind, "")


def _shown(call: Call) -> str:
    """Return a call as messages show it: a long chain without its middle."""
    text = call.function.text
    if len(text) <= _LONGEST and "\n" not in text:
        return text
    return f"{text.partition('(')[0].strip()}(…).{call.last_name}" if "(" in text else call.last_name


def _short(text: str) -> str:
    """Return code as messages show it: on one line, and not all of a long one."""
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]}…"


def _hops(site: _Site) -> Iterator[Related]:
    """Yield the calls on the way from a helper to the statement."""
    steps = site.path.steps if site.path is not None else ()
    callers = [site.callee, *(each.callee for each in steps)]
    for caller, step in zip(callers, steps, strict=False):
        yield Related(step.place, f"`{caller.rpartition('.')[2]}` calls `{step.callee.rpartition('.')[2]}`")


def _evidence(site: _Site) -> str:
    """Say what runs, how often, and through whom."""
    rows = _short(site.round.iterable.text.partition("\n")[0])
    times = f"once for each `{_short(site.round.target.text)}` of `{rows}`"
    if site.path is None:
        return f"The statement depends on the item, so it runs {times}: N items make N round trips."
    names = [site.callee, *(each.callee for each in site.path.steps)]
    chain = " → ".join([f"`{names[0].rpartition('.')[2]}`", *_links(names[1:])])
    cached = " A cache keeps results, so only items that are new run it." if site.path.cached else ""
    return f"{chain} runs {times}: N items make at least N round trips.{cached}"


def _links(names: list[str]) -> Iterator[str]:
    for number, name in enumerate(names):
        yield f"`{name.rpartition('.')[2]}` ({{@{number}}})"
