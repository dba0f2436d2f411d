from __future__ import annotations

import io
import json
import os
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Run = Callable[..., int]
    Capture = pytest.CaptureFixture[str]


def test_clean_files_exit_with_zero(fastidious: Run, project: Path, capsys: Capture) -> None:
    (project / "app.py").write_text("x = 1\n")
    assert fastidious("check") == 0
    assert capsys.readouterr().out == "All checks passed: 1 file.\n"


def test_findings_exit_with_one_and_say_where(fastidious: Run, project: Path, capsys: Capture) -> None:
    (project / "app.py").write_text("x = 1\nold()\n")
    assert fastidious("check") == 1
    assert capsys.readouterr().out == (
        "app.py:2:1: warning[old-call] `old` is old; use `new`\nFound 1 warning in 1 file.\n"
    )


def test_exit_zero_reports_and_exits_with_zero(fastidious: Run, project: Path, capsys: Capture) -> None:
    (project / "app.py").write_text("old()\n")
    assert fastidious("check", "--exit-zero") == 0
    assert "old-call" in capsys.readouterr().out


def test_json_counts_columns_in_code_points(fastidious: Run, project: Path, capsys: Capture) -> None:
    (project / "app.py").write_text('\ufeffs = "😀é"; old()\n', encoding="utf-8")
    assert fastidious("check", "--format", "json") == 1
    assert json.loads(capsys.readouterr().out) == [
        {
            "rule": "old-call",
            "family": "cli",
            "severity": "warning",
            "message": "`old` is old; use `new`",
            "path": "app.py",
            "start": {"line": 1, "column": 11},
            "end": {"line": 1, "column": 14},
            "related": [],
            "fix": {"title": "Call `new`", "safety": "safe"},
        }
    ]


def test_syntax_errors_are_findings(fastidious: Run, project: Path, capsys: Capture) -> None:
    (project / "app.py").write_text("def f(:\n")
    assert fastidious("check") == 1
    assert "error[syntax-error]" in capsys.readouterr().out


def test_missing_path_is_wrong_usage(fastidious: Run, capsys: Capture) -> None:
    assert fastidious("check", "nowhere.py") == 2
    assert "no such file or directory: nowhere.py" in capsys.readouterr().err


def test_no_python_files_is_a_warning(fastidious: Run, capsys: Capture) -> None:
    assert fastidious("check") == 0
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "no Python files" in captured.err


def test_unknown_rule_is_wrong_usage_with_a_suggestion(fastidious: Run, project: Path, capsys: Capture) -> None:
    (project / "app.py").write_text("old()\n")
    assert fastidious("check", "--select", "old-cal") == 2
    assert "did you mean `old-call`?" in capsys.readouterr().err


def test_broken_configuration_says_where_and_what_is_allowed(fastidious: Run, project: Path, capsys: Capture) -> None:
    (project / "app.py").write_text("old()\n")
    (project / "pyproject.toml").write_text('[project]\nname = "x"\n\n[tool.fastidious]\nprofile = "strict"\n')
    assert fastidious("check") == 2
    error = capsys.readouterr().err
    assert f"{project}/pyproject.toml:5:1: profile:" in error
    assert "'recommended' or 'card'" in error
    assert fastidious("check", "--isolated") == 1


def test_undecodable_file_is_reported_and_others_are_checked(fastidious: Run, project: Path, capsys: Capture) -> None:
    (project / "app.py").write_bytes(b"x = '\xff'\n")
    (project / "other.py").write_text("old()\n")
    assert fastidious("check") == 1
    out = capsys.readouterr().out
    assert "app.py:1:1: error[unreadable-file]" in out
    assert "byte 0xff in line 1" in out
    assert "other.py:1:1" in out


def test_crashing_rule_loses_its_own_findings_only(fastidious: Run, project: Path, capsys: Capture) -> None:
    (project / "app.py").write_text("def f():\n    crash()\n    crash()\n\nold()\n")
    assert fastidious("check") == 2
    captured = capsys.readouterr()
    assert "old-call" in captured.out
    assert captured.err.count("crashing-call crashed on app.py:1, 2 times") == 1
    assert "boom" in captured.err


def test_selecting_and_ignoring_rules(fastidious: Run, project: Path, capsys: Capture) -> None:
    (project / "app.py").write_text("old()\nrisky()\n")
    assert fastidious("check", "--select", "risky-call") == 1
    assert "old-call" not in capsys.readouterr().out
    assert fastidious("check", "--ignore", "risky-call,old-call") == 0
    assert fastidious("check", "--select", "ALL", "--ignore", "risky-call") == 1
    assert "risky-call" not in capsys.readouterr().out


def test_statistics_count_by_rule(fastidious: Run, project: Path, capsys: Capture) -> None:
    (project / "app.py").write_text("old()\nold()\nrisky()\n")
    assert fastidious("check", "--statistics") == 1
    assert capsys.readouterr().out == "     2  warning      old-call\n     1  error        risky-call\n"


def test_fix_applies_safe_fixes_and_keeps_the_rest(fastidious: Run, project: Path, capsys: Capture) -> None:
    app = project / "app.py"
    app.write_bytes(b"# coding: latin-1\r\nold('\xe9')\r\nrisky()")
    os.chmod(app, 0o744)  # noqa: PTH101
    assert fastidious("check", "--fix") == 1
    assert app.read_bytes() == b"# coding: latin-1\r\nnew('\xe9')\r\nrisky()"
    assert app.stat().st_mode & 0o777 == 0o744
    out = capsys.readouterr().out
    assert "risky-call" in out
    assert "old-call" not in out
    assert "Fixed 1 in 1 file." in out


def test_unsafe_fixes_are_applied_when_asked_for(fastidious: Run, project: Path) -> None:
    (project / "app.py").write_text("old()\nrisky()\n")
    assert fastidious("check", "--fix", "--unsafe-fixes") == 0
    assert (project / "app.py").read_text() == "new()\ncareful()\n"


def test_diff_shows_fixes_and_writes_nothing(fastidious: Run, project: Path, capsys: Capture) -> None:
    (project / "app.py").write_text("x = 1\nold()")
    assert fastidious("check", "--diff") == 1
    assert (project / "app.py").read_text() == "x = 1\nold()"
    assert capsys.readouterr().out == (
        "--- app.py\n+++ app.py\n@@ -1,2 +1,2 @@\n x = 1\n"
        "-old()\n\\ No newline at end of file\n+new()\n\\ No newline at end of file\n"
    )


def test_standard_input_is_checked_as_the_file_that_it_stands_for(
    fastidious: Run, project: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    (project / "app.py").write_text("x = 1\n")
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"old()\n")))
    assert fastidious("check", "-", "--stdin-filename", "app.py") == 1
    assert capsys.readouterr().out.startswith("app.py:1:1: warning[old-call]")


def test_standard_input_is_fixed_to_standard_output(
    fastidious: Run, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"old()\n")))
    fastidious("check", "-", "--fix")
    assert capsys.readouterr().out == "new()\n"


def test_generated_and_excluded_files_are_checked_when_named(fastidious: Run, project: Path, capsys: Capture) -> None:
    (project / "pyproject.toml").write_text('[tool.fastidious]\nexclude = ["legacy/"]\n')
    (project / "legacy").mkdir()
    (project / "legacy" / "app.py").write_text("old()\n")
    (project / "made.py").write_text("# Generated by a compiler. Do not edit.\nold()\n")
    assert fastidious("check") == 0
    assert fastidious("check", "made.py", "legacy/app.py") == 1
    assert capsys.readouterr().out.count("old-call") == 2


def test_excluded_files_stay_out_when_that_is_forced(fastidious: Run, project: Path, capsys: Capture) -> None:
    (project / "pyproject.toml").write_text('[tool.fastidious]\nexclude = ["legacy/"]\n')
    (project / "legacy").mkdir()
    (project / "legacy" / "app.py").write_text("old()\n")
    (project / "app.py").write_text("old()\n")
    assert fastidious("check", "legacy/app.py", "app.py") == 1
    assert capsys.readouterr().out.count("old-call") == 2
    for _ in range(2):
        assert fastidious("check", "--force-exclude", "legacy/app.py", "app.py") == 1
        assert capsys.readouterr().out.count("old-call") == 1
    assert fastidious("check", "--force-exclude", "--fix", "legacy/app.py") == 0
    assert (project / "legacy" / "app.py").read_text() == "old()\n"
    assert fastidious("check", "--force-exclude", "legacy") == 0


def test_standard_input_stays_out_as_the_file_that_it_stands_for_is_excluded(
    fastidious: Run, project: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    (project / "pyproject.toml").write_text('[tool.fastidious]\nexclude = ["legacy/"]\n')
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"old()\n")))
    assert fastidious("check", "-", "--stdin-filename", "legacy/app.py", "--force-exclude", "--fix") == 0
    assert capsys.readouterr().out == "old()\n"


def test_per_path_configuration_holds_where_it_says(fastidious: Run, project: Path, capsys: Capture) -> None:
    (project / "pyproject.toml").write_text(
        '[tool.fastidious.per-path."tests/**"]\nignore = ["old-call"]\nseverity = { risky-call = "hint" }\n'
    )
    (project / "tests").mkdir()
    (project / "tests" / "test_app.py").write_text("old()\nrisky()\n")
    (project / "app.py").write_text("old()\n")
    assert fastidious("check", "--select", "ALL") == 1
    assert "tests/test_app.py:1" not in capsys.readouterr().out


def test_warm_cache_gives_the_same_results_until_a_file_changes(
    fastidious: Run, project: Path, capsys: Capture
) -> None:
    app = project / "app.py"
    app.write_text("old()\n")
    os.utime(app, (1, 1))
    assert fastidious("check") == 1
    cold = capsys.readouterr().out
    assert fastidious("check") == 1
    assert capsys.readouterr().out == cold
    app.write_text("new()\n")
    os.utime(app, (2, 2))
    assert fastidious("check") == 0


def test_corrupt_cache_is_no_cache(fastidious: Run, project: Path, tmp_path: Path) -> None:
    app = project / "app.py"
    app.write_text("old()\n")
    os.utime(app, (1, 1))
    assert fastidious("check") == 1
    for entry in (tmp_path / "cache").iterdir():
        entry.write_bytes(b"\xc1nonsense")
    assert fastidious("check") == 1


def test_unwritable_cache_is_told_once(fastidious: Run, project: Path, tmp_path: Path, capsys: Capture) -> None:
    (project / "app.py").write_text("old()\n")
    os.utime(project / "app.py", (1, 1))
    (tmp_path / "cache").write_text("in the way")
    assert fastidious("check") == 1
    assert capsys.readouterr().err.count("nothing is cached") == 1
    assert fastidious("check", "--no-cache") == 1
    assert capsys.readouterr().err == ""


def test_server_command_starts_the_server(fastidious: Run) -> None:
    assert fastidious("server", "--tcp", "0") == 7
    assert fastidious("server", "--tcp", "1", "--ws", "2") == 2


@pytest.mark.parametrize("format_", ["json", "sarif", "gitlab"])
def test_machine_formats_are_json_even_without_findings(
    fastidious: Run, project: Path, capsys: Capture, format_: str
) -> None:
    (project / "app.py").write_text("x = 1\n")
    assert fastidious("check", "--format", format_) == 0
    json.loads(capsys.readouterr().out)
