"""Look for coroutines that are dropped, or used as if they were their result."""

from __future__ import annotations

import builtins
from typing import TYPE_CHECKING

from fastidious_rules.api import (
    Call,
    Comprehension,
    Edit,
    Fix,
    Function,
    Lambda,
    Name,
    Related,
    Rule,
    Safety,
    Severity,
    Span,
    Treatment,
    Type,
    Use,
    assigned_name,
    coroutine,
    fields_of,
    is_known_coroutine,
    is_model,
    is_only_injected,
    is_returned_inside,
    on,
    readings,
    taking,
    treatment,
    treatment_of_name,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.api import Coroutine, Finding, Scope, View

_LONGEST = 40
_BUILTINS = frozenset(dir(builtins))
_VALIDATING = frozenset({"model_validate", "from_orm", "parse_obj"})
_LOOSE = frozenset({"Any", "object", "Awaitable", "Coroutine", "TypeVar"})
"""Types of fields that take a coroutine too."""
_CERTAIN = frozenset({Treatment.RETURNED, Treatment.GIVEN})
_FAILURES = {
    Treatment.DROPPED: "only makes a coroutine, which is dropped: nothing runs",
    Treatment.TESTED: "is a coroutine here, and a coroutine is always true",
    Treatment.COMPARED: "is a coroutine here, and what is compared is never its result",
    Treatment.READ: "is a coroutine here, and has nothing of its result",
    Treatment.ITERATED: "is a coroutine here, and has no items",
    Treatment.CALCULATED: "is a coroutine here, and nothing can be calculated with it",
    Treatment.WRITTEN: "is a coroutine here, and its result never gets into the text",
    Treatment.RETURNED: "gives FastAPI a coroutine, which it cannot send",
    Treatment.GIVEN: "is a coroutine here, and no model can be made of it",
}


class MissingAwait(Rule):
    """Coroutine that nobody awaits: its code never runs, or its result is not what the code takes it for."""

    severity = Severity.ERROR
    message = "`{call}` {failure}; {remedy}"
    fixable = Safety.SAFE

    @on(Call)
    def check(self, call: Call, scope: Scope) -> Iterator[Finding]:
        """Report calls of coroutine functions that are neither awaited nor handed on."""
        target = assigned_name(call)
        if target is None and not _may_be_wrong(call):
            return
        function = scope.function
        known = scope.ask(coroutine, scope.resolve(call))
        if known is None:
            return
        treated = _treated(call, function, scope) if target is None else _treated_later(target, function, scope)
        if treated is not None:
            yield self._finding(call, treated, known, function)

    def _finding(self, call: Call, treated: Treatment, known: Coroutine, function: Function | None) -> Finding:
        place = known.place
        declared = f"`{known.name}` is declared with `async def`"
        return self.finding(
            call,
            related=(Related(place, declared),) if place is not None else (),
            evidence=_evidence(known, treated),
            call=_shown(call),
            failure=_FAILURES[treated],
            remedy=_remedy(function),
        )

    def fixes(self, view: Call, finding: Finding, scope: Scope) -> Iterator[Fix]:
        """Yield `await` in front of the call; where FastAPI runs a `def`, together with `async`."""
        del finding
        function = scope.function
        if function is None or _runs_later(view):
            return
        edits = _awaited(view)
        if function.is_async:
            yield Fix(f"Await `{_shown(view)}`", edits)
        elif _is_run_by_fastapi(function, scope):
            start = function.span.start
            title = f"Declare `{function.name}` with `async def` and await the call: it then runs on the event loop"
            yield Fix(title, (Edit(Span(start, start), "async "), *edits), (), Safety.UNSAFE)


def _may_be_wrong(call: Call) -> bool:
    """Tell whether what is done with a call is wrong where that gives a coroutine; cheap, for there are many calls."""
    if treatment(call) is not None:
        return not isinstance(call.function, Name) or call.last_name not in _BUILTINS
    return is_returned_inside(call) or _makes_something(taking(call))


def _makes_something(call: Call | None) -> bool:
    return call is not None and (call.last_name in _VALIDATING or call.last_name[:1].isupper())


def _treated(view: View, function: Function | None, scope: Scope) -> Treatment | None:
    """Return what is wrongly done with a coroutine in the place of `view`."""
    found = treatment(view)
    if found is Treatment.RETURNED or (found is None and is_returned_inside(view)):
        return Treatment.RETURNED if _answers(function, scope) else None
    return Treatment.GIVEN if found is None and _is_given_to_model(view, scope) else found


def _treated_later(target: Name, function: Function | None, scope: Scope) -> Treatment | None:
    """Return what is wrongly done with a coroutine that a name stands for."""
    if function is None or not _has_one_value(target, function, scope):
        return None
    found = treatment_of_name(target, function)
    uses = list(readings(target, function)) if found is None else []
    if any(is_known_coroutine(each) for each in uses):
        return None
    certain = (each for use in uses if (each := _treated(use, function, scope)) in _CERTAIN)
    return found or next(certain, None)


def _is_given_to_model(view: View, scope: Scope) -> bool:
    """Tell whether a Pydantic model is made of a value, which it checks; not where the field takes anything."""
    call = taking(view)
    if call is None or not _makes_something(call):
        return False
    receiver = call.receiver if call.last_name in _VALIDATING else call.function
    model = scope.at(call).resolve_name(receiver.text) if receiver is not None else ""
    if not is_model(scope.asker, model):
        return False
    if call.last_name in _VALIDATING:
        return True
    given = next((name for name, value in call.keywords.items() if value == view), "")
    fields = fields_of(scope.asker, Type(model)) if given else ()
    return any(each.name == given and each.type and each.type.short not in _LOOSE for each in fields)


def _answers(function: Function | None, scope: Scope) -> bool:
    """Tell whether FastAPI sends what the function returns."""
    if function is None or not function.decorators:
        return False
    return any(not route.is_websocket for route in scope.routes(function))


def _has_one_value(target: Name, function: Function, scope: Scope) -> bool:
    fact = scope.fact_of(function)
    return fact is not None and len(fact.local.get(target.text, ())) == 1


def _remedy(function: Function | None) -> str:
    if function is None or function.is_async:
        return "`await` it"
    return f"`await` it in an `async def`, which `{function.name}` is not"


def _evidence(known: Coroutine, treated: Treatment) -> str:
    source = f"`{known.name}` is declared with `async def`" + (" ({@0})" if known.place is not None else "")
    if treated is Treatment.DROPPED:
        return f"{source}: a call of it runs none of its code. Python warns when the coroutine is thrown away."
    return f"{source}: calling it gives a coroutine, and only `await` gives its result."


def _shown(call: Call) -> str:
    text = call.function.text
    return f"{text}()" if len(text) <= _LONGEST and "\n" not in text else f"{call.last_name}()"


def _runs_later(call: Call) -> bool:
    """Tell whether the call stands in a generator expression, which an `await` would make an asynchronous one."""
    for outer in call.ancestors():
        if isinstance(outer, Function | Lambda):
            return False
        if isinstance(outer, Comprehension) and outer.is_generator and not outer.clauses[0].span.contains(call.span):
            return True
    return False


def _awaited(call: Call) -> tuple[Edit, ...]:
    start, end = call.span
    if call.is_receiver:
        return (Edit(Span(start, start), "(await "), Edit(Span(end, end), ")"))
    return (Edit(Span(start, start), "await "),)


def _is_run_by_fastapi(function: Function, scope: Scope) -> bool:
    """Tell whether the function is an endpoint or a dependency that nobody else calls."""
    uses = scope.uses(function)
    if scope.class_name or not uses or not uses <= {Use.ENDPOINT, Use.DEPENDENCY}:
        return False
    return scope.ask(is_only_injected, scope.qualified(function))
