"""Effects: what calling a function of the project does, in its own body or through the functions that it calls.

A sort of effect is a `Detector`: it looks at one resolved call and says what the call does. `nearest` follows
calls of the project's functions, four deep, and remembers the way. Where a call leads is only said where it is
proven; what is not resolved has no effect. Effects on the thread end at coroutines and at what moves a call to
another thread; all others are followed through both.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fastidious_rules.semantics.asynchrony.blocking import Policy, is_told_to_be_async
from fastidious_rules.semantics.asynchrony.detectors import DETECTORS, ResolvedCall
from fastidious_rules.semantics.asynchrony.execution import environment_of, is_cached, is_offloaded
from fastidious_rules.semantics.inference import callee_of
from fastidious_rules.semantics.names import class_shape, find_member, function_fact, renamed, resolve, signature
from fastidious_rules.semantics.place import Place
from fastidious_rules.syntax.terms import Literal, Ref, called_name
from fastidious_rules.syntax.text import Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from fastidious_rules.semantics.facts import Bytes, CallFact, FunctionFact
    from fastidious_rules.semantics.names import Signature
    from fastidious_rules.semantics.project import Project
    from fastidious_rules.semantics.types import Environment
    from fastidious_rules.syntax.terms import Apply, Term

_DEEPEST = 4
_THREAD = "thread"
_SWITCHES = frozenset({"block", "blocking", "sync", "synchronous"})
_CONTEXT_MANAGERS = frozenset({"contextlib.contextmanager", "contextlib.asynccontextmanager"})


class Step(NamedTuple):
    """One call on the way to an effect."""

    callee: str
    place: Place


class Effect(NamedTuple):
    """What calling a function does. The last of `steps` is the call of a library that does it."""

    kind: str
    steps: tuple[Step, ...]
    cached: bool = False
    """Whether a cache on the way keeps it from happening with every call."""

    @property
    def leaf(self) -> str:
        """Qualified name of the call that does it."""
        return self.steps[-1].callee


class Body(NamedTuple):
    """The body of a function, and where it stands.

    It is asked for by itself: an edit of another method of the same class gives the same answer, and goes no further.
    """

    path: str
    fact: FunctionFact
    environment: Environment


def body_of(project: Project, qualified: str) -> Body | None:
    """Return the body of a function of the project."""
    found = function_fact(project, qualified)
    return Body(found[0].path, found[1], environment_of(project, *found)) if found is not None else None


class EffectiveCall(NamedTuple):
    """A call in a function's own body of a function of the project that has an effect."""

    span: Bytes
    callee: str
    effect: Effect


def effective_calls(project: Project, qualified: str, sort: str, policy: str = "") -> tuple[EffectiveCall, ...]:
    """Return the calls in a function's own body that have an effect of that sort through a function of the project."""
    body = project.ask(body_of, qualified)
    if body is None:
        return ()
    fact, where = body.fact, body.environment
    is_of_thread = DETECTORS[sort].is_of_thread
    known: dict[Term, tuple[str, Effect | None]] = {}
    effective: list[EffectiveCall] = []
    for call in fact.calls:
        target = call.term.function
        if is_of_thread and _is_awaited(call):
            continue
        if target not in known:
            callee = callee_of(project, where, call.term)
            known[target] = callee, project.ask(nearest, callee, sort, policy) if callee else None
        callee, effect = known[target]
        if effect is not None and not (is_of_thread and _is_left_to_run(project, callee, call)):
            effective.append(EffectiveCall(call.span, callee, effect))
    return tuple(effective)


def _is_left_to_run(project: Project, callee: str, call: CallFact) -> bool:
    """Tell whether a call blocks only if it is told to, `send(data, blocking=True)`, and is not told to here."""
    found = project.ask(runs, callee, _THREAD)
    names = [each.name for each in found.parameters] if found is not None else []
    told = [position for position, name in enumerate(names) if name in _SWITCHES]
    if found is None or not told or found.parameters[told[0]].default != Literal("bool", "False"):
        return False
    return call.term.keyword(names[told[0]]) is None and len(call.term.arguments) <= told[0]


def nearest(project: Project, qualified: str, sort: str, policy: str = "", depth: str = str(_DEEPEST)) -> Effect | None:
    """Return the effect of that sort that the fewest calls lead to, None if `qualified` is not known to have it.

    `qualified` names a function, or a class: that is its `__init__`. Calling a generator function runs nothing, so it has
    no effect; neither has, on the thread, a coroutine function or one that a decorator moves to another thread.
    """
    found = project.ask(runs, qualified, _of_thread(sort))
    if found is None:
        return None
    best = project.ask(direct_effect, found.qualified, sort, policy)
    if best is None and depth != "1":
        best = _through_callees(project, found.qualified, sort, policy, int(depth) - 1)
    return best._replace(cached=True) if best is not None and is_cached(project, found) else best


def _through_callees(project: Project, qualified: str, sort: str, policy: str, depth: int) -> Effect | None:
    best: Effect | None = None
    for each in project.ask(callees, qualified, _of_thread(sort)):
        inner = project.ask(nearest, each.callee, sort, policy, str(depth))
        if inner is not None and (best is None or len(inner.steps) + 1 < len(best.steps)):
            best = inner._replace(steps=(Step(each.callee, each.place), *inner.steps))
    return best


def _of_thread(sort: str) -> str:
    return _THREAD if DETECTORS[sort].is_of_thread else ""


def runs(project: Project, qualified: str, on_thread: str) -> Signature | None:
    """Return the function of the project that a call of `qualified` runs, None if there is none.

    With `on_thread`, only what runs there and then, on the thread of the caller.
    """
    found = project.ask(signature, qualified)
    if found is None and project.ask(class_shape, qualified) is not None:
        found = project.ask(signature, project.ask(find_member, qualified, "__init__"))
    if found is None or (on_thread and (found.is_async or is_offloaded(project, found))):
        return None
    return found if not found.is_generator or _is_context_manager(project, found) else None


def _is_context_manager(project: Project, found: Signature) -> bool:
    decorators = (each.dotted for each in found.decorators if isinstance(each, Ref))
    return any(resolve(project, found.module, each) in _CONTEXT_MANAGERS for each in decorators)


def direct_effect(project: Project, qualified: str, sort: str, policy: str) -> Effect | None:
    """Return the first effect of that sort in the function's own body."""
    body = project.ask(body_of, qualified)
    if body is None:
        return None
    fact, where = body.fact, body.environment
    detector, chosen = DETECTORS[sort], Policy.read(policy)
    wanted = detector.names() | chosen.names
    for call in fact.calls:
        if (call.awaited and detector.is_of_thread) or _real_name(project, where, call.term) not in wanted:
            continue
        callee = callee_of(project, where, call.term)
        kind = detector.kind(project, ResolvedCall(callee, call), chosen) if callee else ""
        if kind:
            return Effect(kind, (Step(callee, Place(body.path, fact.name, Span(*call.span))),))
    return None


def _real_name(project: Project, where: Environment, call: Apply) -> str:
    """Return the last name of what is called, as it is called where it is defined."""
    name = called_name(call)
    if not isinstance(call.function, Ref) or call.function.dotted != name:
        return name
    inside = where.function.imports if where.function is not None else ()
    local = next((each.name for each in inside if each.bound == name), "")
    return local or dict(project.ask(renamed, where.module)).get(name, name)


def callees(project: Project, qualified: str, on_thread: str) -> tuple[Step, ...]:
    """Return the calls of functions and classes of the project in a function's body, each callee once: see `runs`."""
    body = project.ask(body_of, qualified)
    if body is None:
        return ()
    fact, where = body.fact, body.environment
    steps: dict[str, Step] = {}
    for call in _distinct(call for call in fact.calls if not on_thread or not _is_awaited(call)):
        callee = callee_of(project, where, call.term)
        if callee and callee not in steps and project.ask(runs, callee, on_thread) is not None:
            steps[callee] = Step(callee, Place(body.path, fact.name, Span(*call.span)))
    return tuple(steps.values())


def _distinct(calls: Iterable[CallFact]) -> Iterator[CallFact]:
    """Yield the first call of each function: finding out what is called costs most."""
    seen: set[Term] = set()
    for call in calls:
        if call.term.function not in seen:
            seen.add(call.term.function)
            yield call


def _is_awaited(call: CallFact) -> bool:
    return call.awaited or is_told_to_be_async(call.term)
