"""Look for coroutines that start an event loop while theirs is running."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastidious_rules.api import (
    LOOP_STARTERS,
    STARTS_LOOP,
    Attribute,
    Call,
    Comprehension,
    Edit,
    Fix,
    Function,
    Keyword,
    Name,
    Rule,
    Safety,
    Severity,
    Starred,
    lets_loops_nest,
    looks_for_loop,
    on,
)
from fastidious_rules.catalogue.asynchrony.chains import short, short_library
from fastidious_rules.catalogue.asynchrony.sites import coroutine_around, helper_sites

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.api import Finding, Scope, View
    from fastidious_rules.catalogue.asynchrony.sites import Site

_NAMES = frozenset(name.rpartition(".")[2] for name in LOOP_STARTERS)
_HARMLESS_KEYWORDS = frozenset({"debug", "backend"})


class AsyncioRunInAsync(Rule):
    """Event loop that is started inside a coroutine, where one is running already."""

    severity = Severity.ERROR
    message = (
        "{what} raises `RuntimeError` in async `{function}`, whose event loop is running; await the coroutine instead"
    )
    fixable = Safety.SAFE

    @on(Call, names=_NAMES)
    def check(self, call: Call, scope: Scope) -> Iterator[Finding]:
        """Report calls that start a loop in the body of a coroutine."""
        function = coroutine_around(call, scope)
        starter = scope.resolve(call) if function is not None else ""
        if function is None or starter not in LOOP_STARTERS or scope.ask(lets_loops_nest, scope.module):
            return
        yield self.finding(
            call,
            evidence=f"The call is `{starter}`. `{function.name}` only ever runs on an event loop, and a thread has one.",
            what=f"`{short_library(starter)}`",
            function=function.name,
        )

    @on(Function)
    def check_helpers(self, function: Function, scope: Scope) -> Iterator[Finding]:
        """Report calls of functions of the project that start a loop without looking for the one that runs."""
        for site in helper_sites(function, scope, STARTS_LOOP):
            if not _may_look(site, scope):
                yield self.finding(
                    site.span,
                    severity=Severity.WARNING,
                    related=site.related,
                    evidence=f"{site.way}. None of them looks for a running loop first.",
                    what=f"`{short(site.callee)}` ends in `{short_library(site.leaf)}` ({site.end}), which",
                    function=function.name,
                )

    def fixes(self, view: Call | Function, finding: Finding, scope: Scope) -> Iterator[Fix]:
        """Yield `await` in the place of the call, if that is all that it does."""
        del finding
        if not isinstance(view, Call):
            return
        text = _awaited(view, scope.resolve(view))
        if text and not any(isinstance(each, Comprehension) and each.is_generator for each in view.ancestors()):
            awaited = f"({text})" if view.is_receiver else text
            yield Fix("Await it on the event loop that is running", (Edit(view.span, awaited),), (), Safety.SAFE)


def _may_look(site: Site, scope: Scope) -> bool:
    """Tell whether a function on the way may know that a loop is running, or whether that cannot be known."""
    return any(scope.ask(looks_for_loop, each) for each in (site.callee, *site.functions))


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
