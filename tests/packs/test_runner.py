"""The runner of examples accepts what is true and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fastidious_rules.engine.registry import Registry
from fastidious_rules.testing import Case, ExampleError, cases, run, variants

if TYPE_CHECKING:
    from pathlib import Path

    from fastidious_rules.api import Pack

HEAD = "from datetime import datetime\n\n"
BAD = f"{HEAD}now = datetime.utcnow()"
MARK = "  # error: [naive-utc-now]"
FIXED = "from datetime import UTC, datetime\n\nnow = datetime.now(UTC)"


def block(info: str, code: str) -> str:
    return f"```python {info}\n{code}\n```\n"


def read(acme: Pack, folder: Path, markdown: str) -> list[Case]:
    """Return the cases of a case file with this text."""
    path = folder / "clocks" / "naive_utc_now.md"
    path.parent.mkdir()
    path.write_text(f"# Naive UTC now\n\n## It is so\n\n{markdown}", encoding="utf-8")
    return [case for case in cases(acme, folder) if not case.origin.startswith("acme_rules")]


def failure(acme: Pack, folder: Path, markdown: str) -> str:
    """Return what the runner says against the first case of this text."""
    with pytest.raises(ExampleError) as caught:
        run(read(acme, folder, markdown)[0], Registry([acme]))
    return str(caught.value)


def test_marks_and_fixed_code_that_are_right_pass(acme: Pack, tmp_path: Path) -> None:
    (case,) = read(acme, tmp_path, block("bad", BAD + MARK) + block("fixed", FIXED))
    run(case, Registry([acme]))
    assert str(case) == "naive-utc-now-it-is-so"
    assert case.fires


def test_missing_finding_fails(acme: Pack, tmp_path: Path) -> None:
    said = failure(acme, tmp_path, block("bad", f"{BAD}{MARK}\nlater = now{MARK}"))
    assert "app/main.py:4: expected 1 x naive-utc-now, found 0" in said
    assert "line 9," in said


def test_finding_without_a_mark_fails(acme: Pack, tmp_path: Path) -> None:
    said = failure(acme, tmp_path, block("good", BAD))
    assert "app/main.py:3: expected 0 x naive-utc-now, found 1" in said
    assert "gives a time without a time zone" in said


def test_two_findings_on_one_line_need_two_marks(acme: Pack, tmp_path: Path) -> None:
    twice = f"{HEAD}both = datetime.utcnow(), datetime.utcnow()"
    assert "expected 1 x naive-utc-now, found 2" in failure(acme, tmp_path, block("bad", twice + MARK))
    mark = MARK.replace("]", ", naive-utc-now]")
    tmp_path = tmp_path / "again"
    tmp_path.mkdir()
    run(read(acme, tmp_path, block("bad", twice + mark))[0], Registry([acme]))


def test_syntax_error_needs_a_mark_too(acme: Pack, tmp_path: Path) -> None:
    assert "found 1" in failure(acme, tmp_path, block("good", "now = ("))


def test_wrong_fixed_code_fails_and_shows_the_difference(acme: Pack, tmp_path: Path) -> None:
    said = failure(acme, tmp_path, block("bad", BAD + MARK) + block("fixed", FIXED.replace("UTC)", "None)")))
    assert "-now = datetime.now(None)" in said
    assert "+now = datetime.now(UTC)" in said


def test_fixed_code_must_be_silent_or_marked(acme: Pack, tmp_path: Path) -> None:
    twice = f"{BAD}{MARK}\nlater = datetime.utcnow(){MARK}"
    once = f"{FIXED}\nlater = datetime.utcnow()"
    (case,) = read(acme, tmp_path, block("bad", twice) + block("fixed fix=1", once + MARK))
    run(case, Registry([acme]))
    tmp_path = tmp_path / "again"
    tmp_path.mkdir()
    said = failure(acme, tmp_path, block("bad", twice) + block("fixed fix=1", once))
    assert "app/main.py:4: expected 0 x naive-utc-now, found 1" in said


def test_fix_that_is_not_offered_fails(acme: Pack, tmp_path: Path) -> None:
    said = failure(acme, tmp_path, block("bad", BAD + MARK) + block("fixed fix=2", FIXED))
    assert "there is no fix 2; offered: Ask for the time zone" in said


def test_offered_fix_fails_where_none_is_expected(acme: Pack, tmp_path: Path) -> None:
    assert "no fix is expected" in failure(acme, tmp_path, block("bad fix=none", BAD + MARK))


def test_unknown_rule_in_a_mark_fails(acme: Pack, tmp_path: Path) -> None:
    said = failure(acme, tmp_path, block("bad", BAD + MARK.replace("naive", "native")))
    assert "there is no rule called native-utc-now" in said


def test_rule_that_crashes_fails(acme: Pack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(acme.rules[0], "message", "{nothing}")
    said = failure(acme, tmp_path, block("bad", BAD + MARK))
    assert "rule naive-utc-now crashed" in said
    assert "KeyError: 'nothing'" in said


@pytest.mark.parametrize(
    ("markdown", "said"),
    [
        (block("bad", BAD), "naive_utc_now.md:5: a bad block marks its findings"),
        (block("good", BAD + MARK), "naive_utc_now.md:5: a good block has no `# error:` marks"),
        (block("fixed", FIXED), "naive_utc_now.md:5: a fixed block follows the bad block"),
        (block("ugly", BAD), "naive_utc_now.md:5: a block is ```python bad, good or fixed"),
        (block("good colour=red", FIXED), "naive_utc_now.md:5: 'colour=red' is no option"),
        (block("bad", BAD + "  # error: [Naive]"), "naive_utc_now.md:8: a mark names rules"),
        (block("bad", BAD + MARK + " why"), "naive_utc_now.md:8: nothing may follow"),
        ("```python good\n", "naive_utc_now.md:5: this code block has no end"),
    ],
)
def test_malformed_case_says_where_and_what_is_expected(acme: Pack, tmp_path: Path, markdown: str, said: str) -> None:
    assert said in failure(acme, tmp_path, markdown)


def test_consecutive_blocks_with_a_path_form_one_project(acme: Pack, tmp_path: Path) -> None:
    clock = block("good path=app/clock.py", "from datetime import datetime as Clock")
    user = block("bad path=", f"from app.clock import Clock\n\nnow = Clock.utcnow(){MARK}")
    (case,) = read(acme, tmp_path, clock + user)
    assert [file.path for file in case.files] == ["app/clock.py", "app/main.py"]
    run(case, Registry([acme]))


def test_a_line_may_carry_marks_of_both_kinds(acme: Pack, tmp_path: Path) -> None:
    (case,) = read(acme, tmp_path, block("bad", f"{BAD}{MARK}  # ok: [naive-local-now] it is UTC"))
    (file,) = case.files
    assert (file.errors, file.silent) == (((2, "naive-utc-now"),), ((2, "naive-local-now"),))
    assert file.text == f"{BAD}\n"


def test_blocks_without_a_path_are_cases_of_their_own(acme: Pack, tmp_path: Path) -> None:
    found = read(acme, tmp_path, block("bad", BAD + MARK) + block("good", FIXED))
    assert [str(case) for case in found] == ["naive-utc-now-it-is-so", "naive-utc-now-it-is-so-2"]


def test_every_variant_of_a_true_example_passes(acme: Pack, tmp_path: Path) -> None:
    (case,) = read(acme, tmp_path, block("bad", BAD + MARK))
    found = list(variants(case))
    assert [each.label.rpartition("-")[2] for each in found] == ["typed", "buried", "aliased"]
    for each in found:
        run(each, Registry([acme]))


def test_variants_can_be_ruled_out(acme: Pack, tmp_path: Path) -> None:
    (case,) = read(acme, tmp_path, "<!-- variants: -aliased, -typed -->\n" + block("bad", BAD + MARK))
    assert [str(each) for each in variants(case)] == ["naive-utc-now-it-is-so-buried"]
