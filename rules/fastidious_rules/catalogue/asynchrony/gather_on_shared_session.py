"""Look for coroutines that run at the same time on one database session."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fastidious_rules.api import (
    Call,
    Function,
    Name,
    Related,
    Rule,
    Safety,
    Severity,
    With,
    assigned_name,
    identity,
    on,
    touches,
)
from fastidious_rules.catalogue.asynchrony.concurrent import (
    GATHERING,
    STARTING,
    gathered,
    grouped,
    started,
    started_before,
)
from fastidious_rules.catalogue.asynchrony.serialising import awaited_in_group, one_after_the_other

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from fastidious_rules.api import Finding, Fix, Scope, Touch, View
    from fastidious_rules.catalogue.asynchrony.concurrent import Part

_LONGEST = 30


class _Use(NamedTuple):
    """A part that uses a session, and how it comes to it."""

    part: Part
    touch: Touch


class GatherOnSharedSession(Rule):
    """Coroutines that run at the same time and use one database session, which serves one of them at a time."""

    severity = Severity.ERROR
    message = "{users} use `{session}` at the same time, which serves one task at a time; await one after the other"
    fixable = Safety.UNSAFE

    @on(Call, names=frozenset(name.rpartition(".")[2] for name in GATHERING))
    def check_gathered(self, call: Call, scope: Scope) -> Iterator[Finding]:
        """Report `asyncio.gather` and its like."""
        function = scope.function
        if function is not None and scope.resolve(call) in GATHERING:
            yield from self._shared(call, gathered(call, function, scope), scope)

    @on(With)
    def check_grouped(self, group: With, scope: Scope) -> Iterator[Finding]:
        """Report task groups."""
        function = scope.function
        if function is not None and group.is_async and group.items:
            yield from self._shared(group.items[0].context, grouped(group, function, scope), scope)

    @on(Call, names=frozenset(name.rpartition(".")[2] for name in STARTING))
    def check_started(self, call: Call, scope: Scope) -> Iterator[Finding]:
        """Report tasks that are created while another one runs."""
        function = scope.function
        if function is None or scope.resolve(call) not in STARTING or _is_gathered(call, function):
            return
        before = list(started_before(call, function, scope))
        own = list(started(call, function, scope)) if before else []
        if own:
            yield from self._shared(call, [*before[::-1], *own], scope, last=own[-1])

    def _shared(self, where: View, parts: Iterable[Part], scope: Scope, last: Part | None = None) -> Iterator[Finding]:
        for uses in _by_session(parts, scope).values():
            concerned = last is None or any(each.part == last for each in uses)
            if concerned and (len(uses) > 1 or uses[0].part.repeated):
                shown = _session(uses[0].touch.path)
                proven = all(each.touch.is_proven for each in uses[:2])
                yield self.finding(
                    where,
                    severity=Severity.ERROR if proven else Severity.WARNING,
                    related=tuple(_related(uses[:2], shown)),
                    evidence=_evidence(uses, shown),
                    users=_users(uses),
                    session=shown,
                )
                return

    def fixes(self, view: Call | With, finding: Finding, scope: Scope) -> Iterator[Fix]:
        """Yield the awaits in their order."""
        del finding
        if isinstance(view, With):
            targets = (item.target for item in view.items)
            yield from awaited_in_group(view, frozenset(each.text for each in targets if isinstance(each, Name)))
        elif scope.resolve(view) == "asyncio.gather":
            yield from one_after_the_other(view, scope)


def _is_gathered(call: Call, function: Function) -> bool:
    """Tell whether the task goes to a name that something waits for together with others: that is reported there."""
    target = assigned_name(call)
    names = {name.rpartition(".")[2] for name in GATHERING}
    return target is not None and any(
        each.last_name in names and any(argument.text == target.text for argument in each.arguments)
        for each in function.body.find(Call)
    )


def _by_session(parts: Iterable[Part], scope: Scope) -> dict[str, list[_Use]]:
    found: dict[str, list[_Use]] = {}
    for part in parts:
        for touch in touches(scope.asker, scope.environment, part.call):
            if touch.path.partition(".")[0] not in part.varying:
                key = identity(scope.asker, scope.environment, touch.path)
                found.setdefault(key, []).append(_Use(part, touch))
    return found


def _session(path: str) -> str:
    """Return how a session is called in the code: see `fastidious_rules.semantics.asynchrony.sessions`."""
    if path.startswith("::"):
        return path.rpartition(".")[2]
    return path.removeprefix("^").replace("{", "").replace("}", "")


def _users(uses: list[_Use]) -> str:
    names = list(dict.fromkeys(_shown(each) for each in uses))
    if len(names) > 1:
        return f"`{names[0]}` and `{names[1]}`"
    return f"several `{names[0]}`"


def _shown(use: _Use) -> str:
    view = use.part.view
    name = view.function.text if view.last_name != "start_soon" else view.arguments[0].text
    short = name if len(name) <= _LONGEST and "\n" not in name else name.rpartition(".")[2]
    return f"{short}()"


def _related(uses: list[_Use], session: str) -> Iterator[Related]:
    for use in uses:
        for step in use.touch.steps[-1:]:
            yield Related(step.place, f"`{_shown(use)}` comes to use `{session}` here")


def _evidence(uses: list[_Use], session: str) -> str:
    hops = [
        " → ".join([f"`{_shown(use)}`", *(f"`{_short(step.callee)}`" for step in use.touch.steps)]) for use in uses[:2]
    ]
    ways = "; ".join(dict.fromkeys(hops))
    return f"All of these run on `{session}`: {ways}. It holds one connection and one transaction, and is no lock."


def _short(qualified: str) -> str:
    return ".".join(qualified.split(".")[-2:])
