"""A baseline keeps silent about the findings that it knows, for as long as their code stays as it is."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest

from fastidious_rules.engine.baseline import Baseline, known_by, without_known
from fastidious_rules.engine.checker import Checker
from fastidious_rules.engine.settings import Settings
from fastidious_rules.engine.suppress import Shown
from fastidious_rules.syntax.text import Span
from tests.engine.workbench import REGISTRY, document, fixed, found

if TYPE_CHECKING:
    from fastidious_rules.engine.document import Document

SLEEP = "`time.sleep` sleeps in `f`"
LEGACY = """\
import time


class Jobs:
    async def f(self):
        x = 1
        time.sleep(x, 2)
"""


def known(text: str, *rules: str, path: str = "/work/app/main.py") -> Checker:
    """Return a checker that knows all findings of `text`."""
    settings = Settings(select=frozenset(rules or ("sleeping-call",)))
    reviewed = document(text, *settings.select, path=path)
    counts = Counter(known_by(each) for each in reviewed.check().findings())
    baseline = Baseline("/work", {path.removeprefix("/work/"): counts})
    return Checker(REGISTRY, Settings(select=settings.select, baseline=baseline))


def reviewed_with(checker: Checker, text: str, path: str = "/work/app/main.py") -> Document:
    reviewed = document(text, path=path)
    reviewed.checker = checker
    return reviewed


def test_known_findings_are_silent_and_none_is_gone() -> None:
    report = reviewed_with(known(LEGACY), LEGACY).check()

    assert report.findings() == []
    assert report.gone == 0


@pytest.mark.parametrize(
    "text",
    [
        "# a line above\n\n" + LEGACY,
        LEGACY.replace("x = 1", "x = 2\n        y = x"),
        LEGACY.replace("time.sleep(x, 2)", "time.sleep(\n            x,\n            2,\n        )"),
        LEGACY.replace("time.sleep(x, 2)", "if x:\n            time.sleep( x , 2 )  # later"),
        LEGACY.replace("class Jobs:", "class Jobs:\n    async def g(self):\n        pass\n"),
        LEGACY.replace("\n", "\r\n"),
    ],
)
def test_code_that_moves_or_is_formatted_stays_silent(text: str) -> None:
    assert found(reviewed_with(known(LEGACY), text)) == []


@pytest.mark.parametrize(
    "text",
    [
        LEGACY.replace("time.sleep(x, 2)", "time.sleep(x, 3)"),
        LEGACY.replace("time.sleep(x, 2)", "y = time.sleep(x, 2)"),
        LEGACY.replace("Jobs", "Tasks"),
    ],
)
def test_code_that_changes_is_reported_again_and_its_entry_is_gone(text: str) -> None:
    report = reviewed_with(known(LEGACY), text).check()

    assert [each.message for each in report.findings()] == [SLEEP]
    assert report.gone == 1


def test_one_more_of_the_same_is_reported_where_it_stands_last() -> None:
    text = LEGACY + "        time.sleep(x, 2)\n"

    [finding] = reviewed_with(known(LEGACY), text).check().findings()

    assert finding.span.start == text.rindex("time.sleep")


def test_another_file_knows_nothing() -> None:
    assert found(reviewed_with(known(LEGACY), LEGACY, "/work/app/other.py")) == [SLEEP]


def test_rules_that_are_off_leave_no_entry_behind() -> None:
    checker = known(LEGACY, "sleeping-call", "crashing-function")
    quiet = Settings(select=frozenset({"crashing-function"}), baseline=checker.settings.baseline)

    assert reviewed_with(Checker(REGISTRY, quiet), LEGACY).check().gone == 0


def test_broken_code_keeps_its_silence() -> None:
    reviewed = reviewed_with(known(LEGACY), LEGACY)
    reviewed.check()
    place = reviewed.source.text.index(b"x = 1")
    reviewed.edit(reviewed.source.line_span(5)._replace(start=place), b"x = (")

    report = reviewed.check()

    assert {each.rule for each in report.findings()} == {"syntax-error"}
    assert report.gone == 0


def test_comment_that_suppresses_a_known_finding_is_of_use() -> None:
    text = LEGACY.replace("2)", "2)  # fastidious: ignore[sleeping-call]")

    assert found(reviewed_with(known(LEGACY), text)) == []


def test_comment_that_suppresses_nothing_may_be_known() -> None:
    text = "x = 1  # fastidious: ignore[sleeping-call]\n"

    assert found(reviewed_with(known(text), text)) == []


def test_fix_all_leaves_known_findings_alone() -> None:
    text = LEGACY + "        time.sleep(3)\n"
    reviewed = reviewed_with(known(LEGACY), text)

    assert fixed(reviewed) == "import asyncio\n" + text.replace("time.sleep(3)", "await asyncio.sleep(3)")


def test_fix_beside_a_known_finding_is_offered() -> None:
    text = LEGACY.replace("time.sleep(x, 2)", "time.sleep(time.sleep(x, 2))")
    checker = known(LEGACY)
    reviewed = reviewed_with(checker, text)
    first, *_ = reviewed.check().findings()

    assert reviewed.fixes(first)


def test_findings_that_are_left_keep_their_identity() -> None:
    text = LEGACY + "        time.sleep(3)\n"
    reviewed = reviewed_with(known(LEGACY), text)
    first = reviewed.check()

    second = reviewed.check()

    assert len(first.units) == 1
    assert first.units[0].findings is second.units[0].findings


def test_what_is_not_reported_any_more_is_forgotten() -> None:
    reviewed, shown = reviewed_with(known(LEGACY), f"{LEGACY}        time.sleep(0)\n"), Shown()
    baseline = reviewed.checker.settings.baseline.of(reviewed.path)
    for number in range(50):
        at = reviewed.source.text.rindex(b"sleep(") + len("sleep(")
        reviewed.edit(Span(at, reviewed.source.text.rindex(b")")), str(number).encode())
        report = without_known(reviewed.check_all(), baseline, reviewed.checker, shown)
        assert len(report.findings()) == 1
        assert len(shown) == 1
