"""Look for requests that a loop sends one after the other."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from fastidious_rules.api import (
    ASKS,
    UNSAFE,
    Assignment,
    AugmentedAssignment,
    Await,
    Call,
    Comprehension,
    Display,
    ExpressionStatement,
    Fix,
    For,
    Name,
    NeededImport,
    Return,
    Rule,
    Safety,
    Severity,
    Subscript,
    View,
    With,
    Yield,
    awaiting,
    dependents,
    names_in,
    names_read,
    on,
)
from fastidious_rules.catalogue.asynchrony.gathering import in_bounds, of_comprehension, of_loop
from fastidious_rules.catalogue.asynchrony.independence import is_exclusive, knows_gather

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.api import Finding, Scope

_ORDERED = re.compile(
    r"page|offset|cursor|attempt|retr|tries|chunk|batch|token|step|delay|backoff|fallback|mirror|candidate"
)
"""Words in what a loop goes through that say that one round depends on the one before, or takes its place."""
_COUNTING = frozenset({"range", "count", "cycle", "repeat", "batched", "iter"})
_FEW = 3
_SHOWN = 30


class _Loop(NamedTuple):
    """A loop: what names an item, what it goes through, and what runs for each."""

    target: View
    iterable: View
    body: View


class AwaitInLoop(Rule):
    """Loop that awaits a request to another service in each round, though no round needs the one before."""

    severity = Severity.INFORMATION
    message = "`{call}` is awaited for one `{item}` after the other; send several at once with `asyncio.gather`"
    fixable = Safety.UNSAFE

    @on(For)
    def check_loop(self, loop: For, scope: Scope) -> Iterator[Finding]:
        """Report `for` loops."""
        if not loop.is_async:
            yield from self._check(_Loop(loop.target, loop.iterable, loop.body), scope)

    @on(Comprehension)
    def check_comprehension(self, comprehension: Comprehension, scope: Scope) -> Iterator[Finding]:
        """Report comprehensions."""
        clauses = comprehension.clauses
        if len(clauses) == 1 and not clauses[0].is_async and not comprehension.is_generator:
            yield from self._check(_Loop(clauses[0].target, clauses[0].iterable, comprehension), scope)

    def _check(self, loop: _Loop, scope: Scope) -> Iterator[Finding]:
        awaits = list(loop.body.find(Await))
        if not awaits or is_exclusive(loop.body) or not _is_unordered(loop) or not knows_gather(scope):
            return
        if not _always_goes_on(loop.body) or scope.loop is not None:
            return
        asking = _asking(awaits, scope)
        if asking is not None and _is_independent(asking, loop):
            yield self.finding(
                asking.parent or asking,
                evidence="Each round waits for the answer before the next request is sent: the times add up, item by item.",
                call=_shown(asking),
                item=loop.target.text,
            )

    def fixes(self, view: For | Comprehension, finding: Finding, scope: Scope) -> Iterator[Fix]:
        """Yield the comprehension, or the loop that appends, as one `gather`; then one that is bounded."""
        del finding
        needed = (NeededImport("asyncio"),)
        edit = of_comprehension(view) if isinstance(view, Comprehension) else of_loop(view)
        if edit is not None:
            title = "Send all at once with `asyncio.gather`: the service gets as many requests as there are items"
            yield Fix(title, (edit,), needed, Safety.UNSAFE)
        bounded = in_bounds(view, scope) if isinstance(view, Comprehension) else ()
        if bounded:
            title = "Send ten at a time, behind a semaphore: the service gets them in any order"
            yield Fix(title, bounded, needed, Safety.UNSAFE)


def _is_unordered(loop: _Loop) -> bool:
    if _ORDERED.search(loop.target.text.lower()) or _ORDERED.search(loop.iterable.text.lower()):
        return False
    if isinstance(loop.iterable, Display):
        return len(loop.iterable.items) > _FEW
    return not (isinstance(loop.iterable, Call) and loop.iterable.last_name in _COUNTING)


def _always_goes_on(body: View) -> bool:
    """Tell whether no round ends the loop or the function, waits on purpose, or hands something out."""
    if any(True for kind in (Return, Yield) for _ in body.find(kind)):
        return False
    if any(call.last_name in {"sleep", "acquire"} for call in body.find(Call)):
        return False
    if any(each.is_async for each in body.find(With)) or any(each.is_async for each in body.find(For)):
        return False
    return "break" not in body.text or not any(True for _ in _breaks(body))


def _breaks(body: View) -> Iterator[View]:
    for child in body.children():
        if child.cst.type == "break_statement":
            yield child
        elif not child.opens_scope:
            yield from _breaks(child)


def _asking(awaits: list[Await], scope: Scope) -> Call | None:
    """Return the first awaited call that asks another service, if all that is awaited changes nothing."""
    asking: Call | None = None
    for each in awaits:
        call = each.value
        done = awaiting(scope.asker, scope.environment, call.term) if isinstance(call, Call) else UNSAFE
        if done == UNSAFE or not isinstance(call, Call):
            return None
        asking = asking or (call if done == ASKS else None)
    return asking


def _is_independent(call: Call, loop: _Loop) -> bool:
    """Tell whether a call depends on the item of its round, and on nothing that rounds hand on to each other."""
    items = {each.text for each in names_in(loop.target)}
    read = names_read(call)
    if not read & dependents(loop.body, items):
        return False
    return not read & (_handed_on(loop.body, call) - items)


def _handed_on(body: View, call: Call) -> frozenset[str]:
    """Return the names that a round may change for the next: bound behind the call, counted up, filled."""
    start = call.span.start
    later = [
        each.target for each in body.find(Assignment) if each.span.end > start and not each.span.contains(call.span)
    ]
    own = [each.target for each in body.find(Assignment) if each.span.contains(call.span)]
    counted = [each.target for each in body.find(AugmentedAssignment)]
    names = {name.text for target in (*later, *own, *counted) for name in names_in(target)}
    for target in (*later, *own, *counted):
        if isinstance(target, Subscript):
            names |= names_read(target.value)
    for each in body.find(Call):
        receiver = each.receiver
        if isinstance(receiver, Name) and isinstance(each.parent, ExpressionStatement):
            names.add(receiver.text)
    return frozenset(names)


def _shown(call: Call) -> str:
    name = call.function.text
    return f"{name if len(name) <= _SHOWN and chr(10) not in name else call.last_name}()"
