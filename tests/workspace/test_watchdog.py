"""A rule that never ends loses its own findings on that unit, and in the end its place."""

from __future__ import annotations

import sys
import threading
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from fastidious_rules.api import Call, Finding, Fix, Function, Rule, Safety, on
from fastidious_rules.engine.checker import Checker
from fastidious_rules.engine.document import Document
from fastidious_rules.engine.guard import Overdue
from fastidious_rules.engine.registry import Registry
from fastidious_rules.engine.rule import Pack
from fastidious_rules.engine.settings import Settings
from fastidious_rules.semantics.project import Project
from fastidious_rules.syntax.text import Source, Span
from fastidious_server.workspace.watchdog import Watchdog

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.api import Scope
    from fastidious_rules.semantics.project import Asker

BUDGET = 0.1


def endless(asker: Asker, name: str) -> str:
    """Answer for no name that ends in `forever`."""
    while name.endswith("forever"):
        asker.ask(fine, name)
    return name


def fine(asker: Asker, name: str) -> str:
    del asker
    return name


class EndlessFunction(Rule):
    """Function whose name keeps this rule busy."""

    message = "`{name}` came to an end"
    fixable = Safety.SAFE

    @on(Function)
    def check(self, function: Function, scope: Scope) -> Iterator[Finding]:
        if function.name.startswith("early"):
            yield self.finding(function.name_view, name=function.name)
        if function.name.endswith("stubborn"):
            self._take_its_time()
        if function.name.endswith("deep"):
            scope.ask(deep, function.name)
        yield self.finding(function.name_view, name=scope.ask(endless, function.name))

    def _take_its_time(self) -> None:
        while True:
            try:
                sum(range(1000))
            except Exception:  # noqa: BLE001, S112 - that is how a rule might swallow what is not for it
                continue

    def fixes(self, view: Function, finding: Finding, scope: Scope) -> Iterator[Fix]:
        del view, finding, scope
        while True:
            sum(range(1000))
        yield


def deep(asker: Asker, name: str) -> int:
    """Ask for ever longer names."""
    return 1 + asker.ask(deep, f"{name}x")


class NamedCall(Rule):
    """Call of anything."""

    message = "`{name}` is called"

    @on(Call)
    def check(self, call: Call, scope: Scope) -> Iterator[Finding]:
        del scope
        yield self.finding(call, name=call.text)


REGISTRY = Registry([Pack("tests", "1", (EndlessFunction, NamedCall))])


def document(text: str, watchdog: Watchdog | None = None) -> Document:
    checker = Checker(REGISTRY, Settings(), watchdog or Watchdog(BUDGET))
    return Document("/app.py", "app", Source(text.encode()), Project(), checker)


def found(reviewed: Document) -> list[str]:
    return [finding.message for finding in reviewed.check().findings()]


@pytest.mark.parametrize("name", ["forever", "stubborn", "early_forever"])
def test_a_rule_without_end_is_silent_on_that_unit_and_nothing_else_is_lost(name: str) -> None:
    reviewed = document(f"def one(): a()\n\n\ndef {name}(): b()\n\ndef two(): c()\n")
    report = reviewed.check()
    messages = [finding.message for finding in report.findings()]
    assert messages == [
        "`one` came to an end",
        "`a()` is called",
        "`b()` is called",
        "`two` came to an end",
        "`c()` is called",
    ]
    (problem,) = report.problems
    assert (problem.rule, problem.line, problem.is_overdue) == ("endless-function", 4, True)
    assert problem.error == "it takes more than 0.1 s of processor time"


def test_a_unit_that_took_too_long_is_not_tried_again_before_its_text_changes() -> None:
    reviewed = document("def forever(): b()\n\ndef two(): c()\n")
    first = reviewed.check()
    start = reviewed.source.text.index(b"c()")
    reviewed.edit(Span(start, start + 1), b"d")
    assert reviewed.check().problems == first.problems  # the third offence would be said otherwise
    start = reviewed.source.text.index(b"forever")
    reviewed.edit(Span(start, start + 7), b"three")
    assert found(reviewed) == [
        "`three` came to an end",
        "`b()` is called",
        "`two` came to an end",
        "`d()` is called",
    ]


def test_a_rule_that_takes_too_long_three_times_is_switched_off() -> None:
    watchdog = Watchdog(BUDGET)
    reviewed = document("".join(f"def f{number}_forever(): a()\n" for number in range(5)), watchdog)
    problems = reviewed.check().problems
    assert [problem.line for problem in problems] == [1, 2, 3]
    assert problems[-1].error == (
        "it takes more than 0.1 s of processor time, and is switched off until Fastidious, or its index, is started again: "
        "that happened 3 times"
    )
    assert found(document("def one(): a()\n", watchdog)) == ["`a()` is called"]
    assert watchdog.forgive() == {"endless-function"}
    assert watchdog.forgive() == set()
    again = document("".join(f"def f{number}_forever(): ...\n" for number in range(2)), watchdog).check()
    assert [problem.error for problem in again.problems] == ["it takes more than 0.1 s of processor time"] * 2


def test_fixes_without_end_are_not_offered_and_the_next_report_says_why() -> None:
    reviewed = document("def one(): ...\n")
    (finding,) = reviewed.check().findings()
    assert reviewed.fixes(finding) == ()
    assert reviewed.fix_all() is None
    assert {(problem.rule, problem.is_overdue) for problem in reviewed.check().problems} == {("endless-function", True)}


def test_a_question_that_asks_itself_for_ever_more_costs_the_rule_its_finding() -> None:
    reviewed = document("def deep(): a()\n\ndef one(): b()\n")
    assert found(reviewed) == ["`a()` is called", "`one` came to an end", "`b()` is called"]
    assert "RecursionError" in reviewed.check().problems[0].error


def test_an_answer_that_is_looked_at_again_without_end_is_charged_to_the_rule_that_wants_it() -> None:
    project = Project()
    checker = Checker(REGISTRY, Settings(), Watchdog(BUDGET))
    reviewed = Document("/app.py", "app", Source(b"def one(): a()\n"), project, checker)
    assert len(reviewed.check().findings()) == 2
    (state,) = reviewed.states
    state.result.answers = {(endless, ("forever",)): "forever"}
    state.result.revision = -1
    assert found(reviewed) == ["`one` came to an end", "`a()` is called"]


def test_nothing_is_raised_once_a_call_has_ended() -> None:
    endings = called_under_fire()
    assert endings["interrupted"] == 20
    assert endings["done"]


def test_interruptions_that_come_too_late_leave_debuggers_alone() -> None:
    """CPython never stops to look for an exception that was taken back, and hangs in the next function it traces."""
    called_under_fire()
    before = sys.gettrace()
    sys.settrace(lambda *_: None)
    try:
        assert list(work()) == [1225]
    finally:
        sys.settrace(before)


def called_under_fire() -> Counter[str]:
    """Call until twenty calls were interrupted, by somebody who tries them all; return how they ended."""
    watchdog = Watchdog(BUDGET)
    watchdog.begin()
    is_over = threading.Event()
    hasty = threading.Thread(target=interrupt_until, args=(watchdog, is_over))
    hasty.start()
    endings: Counter[str] = Counter()
    while endings["interrupted"] < 20:
        try:
            watchdog.call("slow", work)
            endings["done"] += 1
        except Overdue:
            watchdog.note("slow")
            endings["interrupted"] += 1
        sum(range(20))
    is_over.set()
    hasty.join()
    return endings


def work() -> Iterator[int]:
    """Yield what is worked out in a moment."""
    yield sum(range(50))


def interrupt_until(watchdog: Watchdog, is_over: threading.Event) -> None:
    """Interrupt every call."""
    while not is_over.is_set():
        watchdog._interrupt("slow", watchdog.unit)


def test_nobody_looks_once_nobody_checks_any_more() -> None:
    watchdog = Watchdog(BUDGET)
    watchdog.begin()
    thread = watchdog._watching
    assert thread is not None
    del watchdog
    thread.join(60)
    assert not thread.is_alive()
