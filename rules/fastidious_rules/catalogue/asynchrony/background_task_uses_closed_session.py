"""Look for sessions of a request that are handed to work which outlives them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from packaging.version import Version

from fastidious_rules.api import (
    Apply,
    Await,
    Call,
    Function,
    Keyword,
    Name,
    Related,
    Rule,
    Severity,
    Treatment,
    assigned_name,
    is_session,
    on,
    readings,
    resource_behind,
    resource_of,
    touches,
    treatment,
)
from fastidious_rules.catalogue.asynchrony.concurrent import STARTING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.api import Finding, Resource, Scope, Term, View

_BACKGROUND = frozenset(
    {"fastapi.BackgroundTasks.add_task", "starlette.background.BackgroundTask", "fastapi.background.BackgroundTask"}
)
_QUEUES = frozenset({"apply_async", "delay", "enqueue", "enqueue_job", "send_task"})
_EARLY_EXIT = (Version("0.106"), Version("0.118"))
"""Between these versions, FastAPI left dependencies before it sent the response."""
_LONGEST = 30


class _Work(NamedTuple):
    """Work that is handed on: what is called, and with what."""

    call: Apply
    shown: str
    arguments: tuple[View, ...]


class BackgroundTaskUsesClosedSession(Rule):
    """Session of a request that is handed to work which runs when the request has closed it."""

    severity = Severity.WARNING
    message = "`{session}` is closed by `{provider}` before `{task}` is done with it; open a session in the task"

    @on(Call, names=frozenset({"add_task", "BackgroundTask"}))
    def check_background(self, call: Call, scope: Scope) -> Iterator[Finding]:
        """Report background tasks of FastAPI, where the dependency is left before they run."""
        if scope.function is None or not call.arguments or scope.resolve(call) not in _BACKGROUND:
            return
        first, *rest = call.arguments
        keywords = tuple((name, value.term) for name, value in call.keywords.items())
        work = _Work(
            Apply(first.term, tuple(each.term for each in rest), keywords), first.text, tuple(call.all_arguments)
        )
        for name, resource in _resources(work, scope):
            if resource.scope == "function" or _leaves_early(scope):
                yield self._finding(call, name, resource, work, _when_left(resource))
                return

    @on(Call, names=frozenset(name.rpartition(".")[2] for name in STARTING))
    def check_started(self, call: Call, scope: Scope) -> Iterator[Finding]:
        """Report tasks that nobody waits for before the response is sent."""
        function = scope.function
        inner = call.arguments[0] if call.arguments else None
        if function is None or not isinstance(inner, Call) or not _is_left_running(call, function):
            return
        term = inner.term
        if not isinstance(term, Apply) or scope.resolve(call) not in STARTING:
            return
        work = _Work(term, inner.function.text, tuple(inner.all_arguments))
        for name, resource in _resources(work, scope):
            reason = "Nobody waits for the task before the response is sent, and then the dependency is left."
            yield self._finding(call, name, resource, work, reason)
            return

    @on(Call, names=_QUEUES)
    def check_queued(self, call: Call, scope: Scope) -> Iterator[Finding]:
        """Report sessions that are put into a queue for another process."""
        if scope.function is None or call.receiver is None:
            return
        for each in call.all_arguments:
            value = each.value if isinstance(each, Keyword) else each
            if isinstance(value, Name) and is_session(scope.asker, scope.environment, value.term):
                message = "`{session}` cannot go to the worker that runs `{task}`; pass ids, and open a session there"
                evidence = (
                    "What goes into a queue is written as bytes and read by another process. A connection cannot be."
                )
                shown = _shown(call.receiver.text)
                yield self.finding(value, message=message, evidence=evidence, session=value.text, task=shown)

    def _finding(self, call: Call, name: str, resource: Resource, work: _Work, reason: str) -> Finding:
        provider, place = resource.provider.rpartition(".")[2], resource.place
        shown = " ({@0})" if place is not None else ""
        return self.finding(
            call,
            related=(Related(place, f"`{provider}` opens and closes `{name}`"),) if place is not None else (),
            evidence=f"`{name}` comes from `{provider}`{shown}, which closes it behind its `yield`. {reason}",
            session=name,
            provider=provider,
            task=_shown(work.shown),
        )


def _resources(work: _Work, scope: Scope) -> Iterator[tuple[str, Resource]]:
    """Yield the names of what work is handed that a dependency closes, each with that dependency."""
    asker, where = scope.asker, scope.environment
    given: list[Term] = [*work.call.arguments, *(value for _, value in work.call.keywords)]
    for view in work.arguments:
        value = view.value if isinstance(view, Keyword) else view
        if isinstance(value, Name) and value.term in given:
            resource = resource_of(asker, where, value.text)
            if resource is not None:
                yield value.text, resource
    for touch in touches(asker, where, work.call):
        root, _, rest = touch.path.partition(".")
        resource = resource_behind(asker, where, root) if rest else resource_of(asker, where, root)
        if resource is not None:
            yield touch.path.replace("{", "").replace("}", ""), resource


def _leaves_early(scope: Scope) -> bool:
    version = scope.version("fastapi")
    return version is not None and _EARLY_EXIT[0] <= version < _EARLY_EXIT[1]


def _when_left(resource: Resource) -> str:
    if resource.scope == "function":
        return 'With `scope="function"`, FastAPI leaves it when the endpoint returns: background tasks run after that.'
    return "This version of FastAPI leaves it before the response is sent: background tasks run after that."


def _is_left_running(call: Call, function: Function) -> bool:
    """Tell whether nobody in the function waits for a task: it is dropped, or only kept in a set."""
    if call.is_awaited:
        return False
    if treatment(call) is Treatment.DROPPED or _is_kept(call):
        return True
    target = assigned_name(call)
    return target is not None and all(_is_attribute(each) or _is_kept(each) for each in readings(target, function))


def _is_kept(view: View) -> bool:
    outer = view.nearest(Call)
    return outer is not None and outer.last_name == "add" and view in outer.arguments and outer.nearest(Await) is None


def _is_attribute(view: View) -> bool:
    outer = view.cst.parent
    return outer is not None and outer.type == "attribute"


def _shown(text: str) -> str:
    return f"{text}()" if len(text) <= _LONGEST and "\n" not in text else f"{text.rpartition('.')[2][:_LONGEST]}()"
