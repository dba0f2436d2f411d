"""Look for coroutines that start an event loop while theirs is running."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastidious_rules.api import (
    LOOP_STARTERS,
    Attribute,
    Call,
    Comprehension,
    Edit,
    Fix,
    Keyword,
    Name,
    Related,
    Rule,
    Safety,
    Severity,
    Starred,
    lets_loops_nest,
    on,
    way_from_coroutine,
)
from fastidious_rules.catalogue.asynchrony.chains import short, short_library

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.api import Finding, LoopCaller, Scope, View

_NAMES = frozenset(name.rpartition(".")[2] for name in LOOP_STARTERS)
_HARMLESS_KEYWORDS = frozenset({"debug", "backend"})


class AsyncioRunInAsync(Rule):
    """Event loop that is started inside a coroutine, where one is running already."""

    severity = Severity.ERROR
    message = "`{starter}` raises `RuntimeError` in {where}, whose event loop is running; {remedy}"
    fixable = Safety.SAFE

    @on(Call, names=_NAMES)
    def check(self, call: Call, scope: Scope) -> Iterator[Finding]:
        """Report calls that start a loop in the body of a coroutine, or of what a coroutine calls."""
        function = scope.function
        starter = scope.resolve(call) if function is not None and not call.is_awaited else ""
        if function is None or starter not in LOOP_STARTERS or scope.ask(lets_loops_nest, scope.module):
            return
        if function.is_async:
            yield self.finding(
                call,
                evidence=f"The call is `{starter}`. `{function.name}` only ever runs on an event loop, and a thread has one.",
                starter=short_library(starter),
                where=f"async `{function.name}`",
                remedy="await the coroutine instead",
            )
            return
        way = scope.ask(way_from_coroutine, scope.qualified(function))
        if way:
            yield self._on_the_way(call, starter, way)

    def _on_the_way(self, call: Call, starter: str, way: tuple[LoopCaller, ...]) -> Finding:
        related = tuple(Related(each.place, f"`{short(each.qualified)}` calls `{short(each.callee)}`") for each in way)
        shown = [f"`{short(each.qualified)}` ({{@{number}}})" for number, each in enumerate(way)]
        names = " → ".join([*shown, f"`{short(way[-1].callee)}`", f"`{starter}`"])
        return self.finding(
            call,
            severity=Severity.WARNING,
            related=related,
            evidence=f"{names}. None of them looks for a running loop first.",
            starter=short_library(starter),
            where=f"async `{short(way[0].qualified)}` ({{@0}})",
            remedy="make what lies between them `async`",
        )

    def fixes(self, view: Call, finding: Finding, scope: Scope) -> Iterator[Fix]:
        """Yield `await` in the place of the call, if that is all that it does, and if it stands in a coroutine."""
        function = scope.function
        text = _awaited(view, scope.resolve(view)) if function is not None and function.is_async else ""
        del finding
        if text and not any(isinstance(each, Comprehension) and each.is_generator for each in view.ancestors()):
            awaited = f"({text})" if view.is_receiver else text
            yield Fix("Await it on the event loop that is running", (Edit(view.span, awaited),), (), Safety.SAFE)


def _awaited(call: Call, starter: str) -> str:
    """Return what to write in the place of the call; empty if it says more than what to run."""
    keywords = [each for each in call.all_arguments if isinstance(each, Keyword)]
    values = call.arguments
    named = any(each.name not in _HARMLESS_KEYWORDS for each in keywords)
    said = named or len(keywords) + len(values) != len(call.all_arguments)
    if said or not values or any(isinstance(each, Starred | Comprehension) for each in values):
        return ""
    if starter == "anyio.run":
        return f"await {values[0].text}({', '.join(each.text for each in values[1:])})" if _is_name(values[0]) else ""
    simple = len(values) == 1 and (_is_name(values[0]) or isinstance(values[0], Call))
    return f"await {values[0].text}" if simple else ""


def _is_name(view: View) -> bool:
    return isinstance(view, Name | Attribute)
