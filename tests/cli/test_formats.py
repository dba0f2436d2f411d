from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from fastidious_server.cli.formats import github_format, gitlab_format, sarif_format, text_format
from fastidious_server.cli.formats.listing import Listing
from fastidious_server.workspace.checking.results import EditResult, FixResult, Position, RelatedResult, Result

if TYPE_CHECKING:
    from pathlib import Path


def listing(directory: Path, *results: Result) -> Listing:
    return Listing(results, (), 1, str(directory), dict)


def result(path: Path, line: int = 1, **changes: Any) -> Result:
    values: dict[str, Any] = {
        "path": str(path),
        "start": Position(line, 5),
        "end": Position(line, 8),
        "rule": "old-call",
        "family": "tests",
        "severity": "warning",
        "message": "50% of `old`:\nchange it",
    }
    return Result(**{**values, **changes})


def test_github_commands_escape_what_means_something_to_it(tmp_path: Path) -> None:
    text = github_format.render(listing(tmp_path, result(tmp_path / "a,b.py")))
    assert text == (
        "::warning title=fastidious (old-call),file=a%2Cb.py,line=1,col=5,endLine=1,endColumn=8::"
        "a,b.py:1:5: old-call: 50%25 of `old`:%0Achange it\n"
    )


def test_gitlab_fingerprints_survive_moves_and_differ_from_each_other(tmp_path: Path) -> None:
    path = tmp_path / "app.py"

    def fingerprints(text: str, *lines: int) -> list[str]:
        path.write_text(text)
        rendered = gitlab_format.render(listing(tmp_path, *(result(path, line) for line in lines)))
        return [issue["fingerprint"] for issue in json.loads(rendered)]

    before = fingerprints("x = old()\nx = old()\n", 1, 2)
    after = fingerprints("import os\n\nx = old()\nx = old()\n", 3, 4)
    assert before == after
    assert len(set(before)) == 2


def test_sarif_places_results_related_locations_and_fixes(tmp_path: Path) -> None:
    path = tmp_path / "my app.py"
    edit = EditResult(str(path), Position(1, 5), Position(1, 8), "new")
    found = result(
        path,
        related=(RelatedResult(str(tmp_path / "b.py"), Position(3, 1), "here"),),
        fix=FixResult("Call `new`", "safe", (edit,)),
    )
    log = json.loads(sarif_format.render(listing(tmp_path, found)))
    run = log["runs"][0]
    shown = run["results"][0]
    assert log["version"] == "2.1.0"
    assert run["originalUriBaseIds"]["SRCROOT"]["uri"] == f"file://{tmp_path}/"
    assert run["tool"]["driver"]["rules"][shown["ruleIndex"]]["id"] == shown["ruleId"] == "old-call"
    location = shown["locations"][0]["physicalLocation"]
    assert location["artifactLocation"] == {"uri": "my%20app.py", "uriBaseId": "SRCROOT"}
    assert location["region"] == {"startLine": 1, "startColumn": 5, "endLine": 1, "endColumn": 8}
    assert shown["relatedLocations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "b.py"
    replacement = shown["fixes"][0]["artifactChanges"][0]["replacements"][0]
    assert replacement["insertedContent"] == {"text": "new"}


def test_code_frame_points_at_wide_characters_correctly(tmp_path: Path) -> None:
    path = tmp_path / "app.py"
    path.write_text('s = "漢字"; old()\n', encoding="utf-8")
    found = result(path, start=Position(1, 11), end=Position(1, 14), message="old")
    lines = click.unstyle(text_format.render(listing(tmp_path, found), is_rich=True)).splitlines()
    assert lines[:3] == ["app.py:1:11: warning[old-call] old", '1 | s = "漢字"; old()', "  |             ^^^"]


def test_paths_outside_the_working_directory_are_relative_too(tmp_path: Path) -> None:
    shown = listing(tmp_path / "inside").path(str(tmp_path / "beside" / "app.py"))
    assert shown == "../beside/app.py"
