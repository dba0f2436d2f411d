"""A rule that raises loses only its own findings on one unit."""

from __future__ import annotations

from tests.engine.workbench import document, found

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


def test_deep_nesting_is_reviewed_or_left_alone_and_never_fatal() -> None:
    text = "x = " + "[" * 3000 + "]" * 3000 + "\nimport time\nasync def f():\n    time.sleep(1)\n"

    assert "`time.sleep` sleeps in `f`" in found(document(text))


def test_a_line_of_a_megabyte_is_read() -> None:
    text = "import time\nx = '" + "é" * 1_000_000 + "'\nasync def f():\n    time.sleep(1)\n"

    assert found(document(text)) == ["`time.sleep` sleeps in `f`"]


def test_bytes_that_are_no_text_are_no_exception() -> None:
    document(b"\xff\xfe\x00import time\nx = '\x80'\n").check()
