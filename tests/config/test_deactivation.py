"""Configuration files with one rule more to ignore."""

from __future__ import annotations

import tomllib

import pytest

from fastidious_server.config.deactivation import UnchangeableError, with_ignored

TABLE = ("tool", "fastidious")
PROJECT = [
    ("", '[tool.fastidious]\nignore = ["new"]\n'),
    ("[project]\nname = 'x'\n", "[project]\nname = 'x'\n\n[tool.fastidious]\nignore = [\"new\"]\n"),
    ("[project]\nname = 'x'", "[project]\nname = 'x'\n\n[tool.fastidious]\nignore = [\"new\"]\n"),
    (
        '[tool.fastidious]\nprofile = "card"  # c\n\n# about ruff\n[tool.ruff]\nx=1\n',
        '[tool.fastidious]\nignore = ["new"]\nprofile = "card"  # c\n\n# about ruff\n[tool.ruff]\nx=1\n',
    ),
    ("[tool.fastidious]  # empty", '[tool.fastidious]  # empty\nignore = ["new"]\n'),
    (
        '[tool.fastidious]\nignore = ["a"]  # why\nprofile="card"\n',
        '[tool.fastidious]\nignore = ["a", "new"]  # why\nprofile="card"\n',
    ),
    (
        '[tool.fastidious]\nignore = [\n    "a",  # because\n    "b",\n]\n\n[x]\n',
        '[tool.fastidious]\nignore = [\n    "a",  # because\n    "b",\n    "new",\n]\n\n[x]\n',
    ),
    (
        "[tool.fastidious.rules.function-too-long]\nmax = 3\n",
        '[tool.fastidious]\nignore = ["new"]\n\n[tool.fastidious.rules.function-too-long]\nmax = 3\n',
    ),
    ('tool.fastidious.profile = "card"\n', 'tool.fastidious.profile = "card"\ntool.fastidious.ignore = ["new"]\n'),
]
OWN = [
    ("", 'ignore = ["new"]\n'),
    ("# about us\n\nprofile = 'card'\n", "# about us\n\nignore = [\"new\"]\nprofile = 'card'\n"),
    ("[rules.x]\nmax = 3\n", 'ignore = ["new"]\n\n[rules.x]\nmax = 3\n'),
    ("ignore = []\n", 'ignore = ["new"]\n'),
    ("# nothing yet", '# nothing yet\nignore = ["new"]\n'),
]


@pytest.mark.parametrize(("before", "after"), PROJECT)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_rule_is_added_to_the_project_file(before: str, after: str, newline: str, mark: str) -> None:
    if newline not in before.replace("\n", newline):
        newline = "\n"  # what has no line end yet gets the usual one
    changed = with_ignored(mark + before.replace("\n", newline), TABLE, "new")

    assert changed == mark + after.replace("\n", newline)


@pytest.mark.parametrize(("before", "after"), OWN)
def test_rule_is_added_to_our_own_file(before: str, after: str) -> None:
    assert with_ignored(before, (), "new") == after


def test_inline_table_is_extended() -> None:
    changed = with_ignored('[tool]\nfastidious = { profile = "card" }  # short\n', TABLE, "new")

    assert tomllib.loads(changed)["tool"]["fastidious"] == {"profile": "card", "ignore": ["new"]}
    assert "# short" in changed


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[tool.fastidious]\nignore = \n", "not valid TOML: Invalid value (at line 2, column 10)"),
        ("[tool.fastidious]\nignore = 'all'\n", "its `ignore` is not an array"),
        ("[tool]\nfastidious = 3\n", "its `fastidious` is not a table"),
        ("tool = 3\n", "its `tool` is not a table"),
        ("[tool]\nx = {}\n[[tool.fastidious]]\n", "its `fastidious` is not a table"),
    ],
)
def test_what_cannot_be_changed_is_left_alone_with_a_reason(text: str, reason: str) -> None:
    with pytest.raises(UnchangeableError, match=reason.replace("(", r"\(").replace(")", r"\)")):
        with_ignored(text, TABLE, "new")
