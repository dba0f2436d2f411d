"""Middleware outside CORS that answers without its headers."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fastidious_rules.api import (
    CORS_MIDDLEWARE,
    Added,
    Assignment,
    Call,
    Display,
    Edit,
    ExpressionStatement,
    Fix,
    Function,
    Related,
    Rule,
    Safety,
    Severity,
    Span,
    added_to,
    is_harmless,
    may_answer,
    moved_behind,
    on,
    placed,
)
from fastidious_rules.catalogue.security.cors_calls import adds_cors

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.api import Finding, Scope, View

_LISTED = "`{outside}` stands before CORS in the list, so its answers lack the CORS headers; put CORS first"


class CorsMiddlewareOrder(Rule):
    """Middleware around CORS that answers some requests itself, without the headers that browsers ask for."""

    severity = Severity.WARNING
    message = (
        "`{outside}` is added after CORS: what it answers itself, preflights too, lacks the CORS headers; add CORS last"
    )
    fixable = Safety.SAFE

    @on(Call, names=frozenset({"add_middleware", "Middleware"}))
    def check(self, call: Call, scope: Scope) -> Iterator[Finding]:
        """Report CORS with middleware around it that answers by itself."""
        if not call.arguments or not adds_cors(call, scope):
            return
        is_listed = call.receiver is None
        around = _listed_before(call, scope) if is_listed else _added_after(call, scope)
        answering = [each for each in around if may_answer(scope.asker, scope.module, each)]
        if answering:
            worst = next((each for each in answering if not is_harmless(scope.asker, scope.module, each)), answering[0])
            harmless = is_harmless(scope.asker, scope.module, worst)
            places = (each for each in answering if each.place is not None)
            yield self.finding(
                call.arguments[0],
                severity=Severity.INFORMATION if harmless else Severity.WARNING,
                message=_LISTED if is_listed else "",
                outside=worst.name,
                related=tuple(Related(each.place, f"`{each.name}` stands here") for each in places if each.place),
                evidence="What is added last is outermost, and sees requests first; of a list it is the first.",
            )

    def fixes(self, view: Call, finding: Finding, scope: Scope) -> Iterator[Fix]:
        """Yield the fix that adds CORS last, or puts it first in the list."""
        del finding
        edits = _rotated(view) if view.receiver is None else _moved(view, scope)
        if edits:
            title = "Put CORS first" if view.receiver is None else "Add CORS last"
            yield Fix(title, edits)


class _Owner(NamedTuple):
    """The function that adds middleware, and the application that it adds it to, as they are written."""

    function: str
    application: str


def _owner(call: Call, scope: Scope) -> _Owner:
    function = scope.function
    fact = scope.fact_of(function) if function is not None else None
    return _Owner(fact.name if fact is not None else "", call.receiver.text if call.receiver is not None else "")


def _added_after(call: Call, scope: Scope) -> list[Added]:
    """Return what is added after CORS, to the same application in the same function; nothing if CORS is added twice."""
    added = list(scope.ask(added_to, scope.module, *_owner(call, scope)))
    own = [number for number, each in enumerate(added) if scope.resolve_in_module(each.name) in CORS_MIDDLEWARE]
    return added[own[0] + 1 :] if len(own) == 1 else []


# Lists: the first one is outermost


def _listing(call: Call) -> tuple[list[View], int] | None:
    """Return the list of middleware that a call stands in, and its place there."""
    around = call.parent
    values = around.keywords.values() if isinstance(around, Call) else ()
    listing = (
        around.value if isinstance(around, Assignment) else next((each for each in values if _holds(each, call)), None)
    )
    if not isinstance(listing, Display):
        return None
    items = listing.items
    own = next((number for number, each in enumerate(items) if each == call), None)
    return (items, own) if own is not None else None


def _holds(value: View, call: Call) -> bool:
    return isinstance(value, Display) and value.span.contains(call.span)


def _listed_before(call: Call, scope: Scope) -> list[Added]:
    found = _listing(call)
    calls = [each for each in found[0][: found[1]] if isinstance(each, Call)] if found is not None else []
    first = [each.arguments[0].text for each in calls if each.arguments]
    return [Added(scope.resolve_in_module(name), name) for name in first]


def _rotated(call: Call) -> tuple[Edit, ...]:
    """Return the edits that put an item of a list first; what stands between the items stays where it is."""
    found = _listing(call)
    if found is None:
        return ()
    items, own = found
    texts = [call.text, *(each.text for each in items[:own])]
    return tuple(Edit(each.span, text) for each, text in zip(items, texts, strict=False))


# Calls: the last one is outermost


def _moved(call: Call, scope: Scope) -> tuple[Edit, ...]:
    """Return the edits that move the statement behind what is added last, where both stand side by side."""
    statement = call.parent
    owner = _owner(call, scope)
    if not isinstance(statement, ExpressionStatement):
        return ()
    found = placed(scope.asker.project, scope.module, *owner)
    if not found:
        return ()
    function = scope.function
    if function is not None:
        return _moved_inside(statement, found[-1].start, function, scope)
    module = scope.asker.project.module(scope.module)
    own = statement.span == Span(0, scope.unit_span.end - scope.unit_span.start)
    if module is None or not own:
        return ()
    return moved_behind(
        scope, module.facts.starts[found[-1].unit] + found[-1].start, is_block=found[-1].added.place is not None
    )


def _with_comments(text: bytes, start: int) -> int:
    """Return where the comments begin that stand directly above the line that starts at `start`, as far in as it."""
    line = text[start:]
    indentation = line[: len(line) - len(line.lstrip(b" \t"))]
    while start and text[(above := text.rfind(b"\n", 0, start - 1) + 1) : start].startswith(indentation + b"#"):
        start = above
    return start


def _moved_inside(statement: View, last: int, function: Function, scope: Scope) -> tuple[Edit, ...]:
    """Return the edits that move a statement behind another of the same block."""
    siblings = function.statements
    behind = next((each for each in siblings if each.span.start <= last < each.span.end), None)
    if statement not in siblings or behind is None or behind.span.start < statement.span.start:
        return ()
    unit = scope.unit_span.start
    text = scope.document_text
    first = text.rfind(b"\n", 0, unit + statement.span.start) + 1
    begin = _with_comments(text, first)
    end = text.find(b"\n", unit + statement.span.end) + 1
    if not end or text[first : unit + statement.span.start].strip():
        return ()
    lines = text[begin:end].decode("utf-8", "surrogatepass").replace("\r\n", "\n")
    place = text.find(b"\n", unit + behind.span.end) + 1
    if not place:
        return ()
    gap = "\n" if isinstance(behind, Function) or "def " in behind.text else ""
    return (Edit(Span(begin - unit, end - unit), ""), Edit(Span(place - unit, place - unit), gap + lines))
