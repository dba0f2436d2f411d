"""`fastidious baseline` writes what is there now; `fastidious check` is silent about it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Run = Callable[..., int]
    Capture = pytest.CaptureFixture[str]

NAME = ".fastidious-baseline.json"
LEGACY = "def f():\n    old()\n    old()\n    risky()\n"


@pytest.fixture
def legacy(fastidious: Run, project: Path, capsys: Capture) -> Path:
    """A file whose findings are all in the baseline."""
    (project / "app.py").write_text(LEGACY)
    assert fastidious("baseline") == 0
    assert capsys.readouterr().out == f"{NAME} knows 3 findings.\n"
    return project / "app.py"


def test_known_findings_are_silent_however_the_file_is_checked(fastidious: Run, legacy: Path) -> None:
    assert fastidious("check") == 0
    assert fastidious("check") == 0, "from the cache"
    assert fastidious("check", "--no-cache", "app.py") == 0
    assert fastidious("check", "--no-baseline", "app.py") == 1
    legacy.write_text(LEGACY + "    old(1)\n")
    assert fastidious("check") == 1


def test_file_has_a_version_and_one_sorted_entry_a_line(legacy: Path) -> None:
    lines = legacy.with_name(NAME).read_text().splitlines()

    assert lines[:3] == ["{", '"version": 1,', '"findings": [']
    entries = [json.loads(line.rstrip(",")) for line in lines[3:-2]]
    assert [(each["path"], each["rule"], each["symbol"], each.get("count")) for each in entries] == [
        ("app.py", "old-call", "f", 2),
        ("app.py", "risky-call", "f", None),
    ]


def test_what_is_repaired_is_told_and_forgotten(fastidious: Run, legacy: Path, capsys: Capture) -> None:
    legacy.write_text("def f():\n    old()\n")
    assert fastidious("check") == 0
    assert "note: 2 entries of the baseline are gone: run `fastidious baseline`" in capsys.readouterr().err
    assert fastidious("baseline") == 0
    capsys.readouterr()
    assert fastidious("check") == 0
    assert capsys.readouterr().err == ""


def test_entries_of_deleted_files_are_gone(fastidious: Run, legacy: Path, capsys: Capture) -> None:
    legacy.rename(legacy.with_name("renamed.py"))
    assert fastidious("check") == 1
    assert "3 entries of the baseline are gone" in capsys.readouterr().err


def test_part_of_a_project_keeps_the_entries_of_the_rest(fastidious: Run, legacy: Path, project: Path) -> None:
    (project / "other.py").write_text("old()\n")
    assert fastidious("baseline", "other.py") == 0
    assert fastidious("check") == 0


def test_fixes_leave_known_findings_alone_unless_asked(fastidious: Run, legacy: Path) -> None:
    legacy.write_text(LEGACY + "    old(1)\n")
    assert fastidious("check", "--fix") == 0
    assert legacy.read_text() == LEGACY + "    new(1)\n"
    fastidious("check", "--fix", "--no-baseline")
    assert "old" not in legacy.read_text()


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ('{\n"version": 1,\n<<<<<<< ours\n', 3, "not valid JSON"),
        ('{\n"version": 2,\n"findings": []}\n', 2, "reads baselines of version 1, not 2"),
        ("[]\n", 1, "`version` and `findings` are missing"),
        ('{\n"version": 1,\n"findings": [\n{"path": "app.py", "rule": 1}]}\n', 4, "finding 1 is no finding"),
    ],
)
def test_broken_file_is_reported_and_silences_nothing(
    fastidious: Run, legacy: Path, capsys: Capture, text: str, line: int, message: str
) -> None:
    path = legacy.with_name(NAME)
    path.write_text(text)
    assert fastidious("check") == 2
    written = capsys.readouterr().err
    assert f"{path}:{line}:1: " in written
    assert message in written
    assert "run `fastidious baseline` to write it anew" in written
    assert fastidious("baseline", "app.py") == 2
    assert fastidious("baseline") == 0
    assert fastidious("check") == 0


def test_configuration_names_another_file(fastidious: Run, project: Path) -> None:
    (project / "ci").mkdir()
    (project / "pyproject.toml").write_text('[tool.fastidious]\nbaseline = "ci/known.json"\n')
    (project / "app.py").write_text(LEGACY)
    assert fastidious("baseline") == 0
    assert (project / "ci/known.json").exists()
    assert fastidious("check") == 0


def test_output_goes_where_it_is_told(fastidious: Run, project: Path, capsys: Capture) -> None:
    (project / "app.py").write_text(LEGACY)
    assert fastidious("baseline", "--output", "known.json") == 0
    assert capsys.readouterr().out == "known.json knows 3 findings.\n"
    assert not (project / NAME).exists()


def test_project_without_a_baseline_is_told_to_name_a_file(fastidious: Run, project: Path, capsys: Capture) -> None:
    (project / "pyproject.toml").write_text('[tool.fastidious]\nbaseline = ""\n')
    (project / "app.py").write_text(LEGACY)
    assert fastidious("baseline") == 2
    assert "name a file with --output" in capsys.readouterr().err


def test_crash_of_a_rule_writes_nothing(fastidious: Run, project: Path, capsys: Capture) -> None:
    (project / "app.py").write_text("crash()\n")
    assert fastidious("baseline") == 2
    assert "rules crashed (crashing-call)" in capsys.readouterr().err
    assert not (project / NAME).exists()
