"""A rule that raises loses only its own findings on one unit."""

from __future__ import annotations

import pytest

from fastidious_rules.api import Severity
from fastidious_rules.semantics.extract import module_facts
from fastidious_rules.syntax.text import Span
from tests.engine.workbench import document, fixed, found

TEXT = """\
import time
def fine(): ...
def recursionerror(): ...
def memoryerror(): ...
def valueerror(): ...
async def f():
    time.sleep(1)
"""


def test_other_units_and_other_rules_go_on() -> None:
    reviewed = document(TEXT, "crashing-function", "sleeping-call")

    assert found(reviewed) == ["`fine` is fine", "`f` is fine", "`time.sleep` sleeps in `f`"]


def test_each_crash_is_reported_with_its_rule_and_traceback() -> None:
    report = document(TEXT, "crashing-function").check()

    assert [problem.rule for problem in report.problems] == ["crashing-function"] * 3
    assert "RecursionError" in report.problems[0].error


SLEEPS = "\nimport time\nasync def g():\n    time.sleep(1)\n"
DEEP = "this code is nested more than 500 levels deep and is not reviewed; split it up, or move its data into a file"
LONG = "this code is longer than 250 kB and is not reviewed; split it up, or move its data into a file"
EXCESSES = {
    "brackets": ("x = " + "[" * 3000 + "]" * 3000, DEEP),
    "calls": ("async def f():\n    " + "f(" * 20_000 + ")" * 20_000, DEEP),
    "chain": ("x = f" + ".g()" * 20_000, DEEP),
    "sum": ("x = " + " + ".join(["f()"] * 20_000), DEEP),
    "blocks": ("".join(" " * level + "if x:\n" for level in range(290)) + " " * 290 + "pass", DEEP),
    "line": ("x = [" + "1, " * 333_000 + "]", LONG),
    "string": ("x = '" + "é" * 500_000 + "'", LONG),
    "function": ("def f():\n" + "    f()\n" * 40_000, LONG),
}


@pytest.mark.parametrize("name", EXCESSES)
@pytest.mark.complaint(26)
def test_what_is_too_much_to_look_at_is_said_and_the_rest_is_reviewed(name: str) -> None:
    text, message = EXCESSES[name]
    reviewed = document(f"{text}\n{SLEEPS}")
    excess, sleep = reviewed.check().findings()
    assert (excess.rule, excess.severity, excess.span.start) == ("too-complex", Severity.INFORMATION, 0)
    assert excess.message.startswith(message)
    assert sleep.message == "`time.sleep` sleeps in `g`"
    assert reviewed.fixes(excess) == ()
    assert "await asyncio.sleep(1)" in fixed(reviewed)
    assert module_facts(text.encode()).units[0].functions == ()


@pytest.mark.complaint(26)
def test_a_text_of_megabytes_is_not_reviewed_at_all() -> None:
    (excess,) = document(SLEEPS + "x = 1\n" * 700_000).check().findings()
    assert (excess.rule, excess.span.start) == ("too-complex", 0)


def test_what_is_too_much_may_be_accepted() -> None:
    assert found(document(f"# fastidious: ignore[too-complex]\n{EXCESSES['brackets'][0]}\n")) == []


@pytest.mark.complaint(26)
def test_a_long_file_is_reviewed_in_parts_and_no_unit_twice() -> None:
    reviewed = document("import time\n" + "async def f():\n    time.sleep(1)\n" * 1000)
    parts = 1
    while not reviewed.prepare(100):
        parts += 1
    assert parts == 21, "eleven parts are read, of which the last is reviewed with the first, and ten more reviewed"
    findings = [state.result.findings for state in reviewed.states]
    assert len(reviewed.check().findings()) == 1000
    assert all(state.result.findings is known for state, known in zip(reviewed.states, findings, strict=True))


@pytest.mark.complaint(26)
def test_what_was_read_of_a_long_file_outlives_edits_in_between() -> None:
    reviewed = document("import time\n" + "async def f():\n    time.sleep(1)\n" * 30)
    assert not reviewed.prepare(20)
    reviewed.edit(Span(0, 0), b"import asyncio\n")
    assert not reviewed.prepare(20)
    reviewed.edit(Span(0, 0), b"# first\n")
    assert len(reviewed.check().findings()) == 30
    assert len({id(state.result) for state in reviewed.states}) == len(reviewed.states) == 32


def test_bytes_that_are_no_text_are_no_exception() -> None:
    document(b"\xff\xfe\x00import time\nx = '\x80'\n").check()
