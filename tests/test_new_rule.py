"""`make new-rule` starts a rule that works, and refuses what it cannot start."""

from __future__ import annotations

import ast
import shutil
from pathlib import Path

import pytest

from fastidious_rules.engine.guide import parse_guide
from tests.new_rule import CATALOGUE, ScaffoldError, new_rule, registered

REPOSITORY = Path(__file__).parent.parent


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return a copy of the catalogue to write to."""
    shutil.copytree(REPOSITORY / CATALOGUE, tmp_path / CATALOGUE)
    return tmp_path


def test_module_guide_and_cases_are_written(root: Path) -> None:
    new_rule(root, "security", "weak-dice")

    module = root / CATALOGUE / "security" / "weak_dice.py"
    assert "class WeakDice(Rule):" in module.read_text()
    guide = parse_guide(module.with_suffix(".md").read_text(), "weak_dice.md")
    assert {mark.rule for example in guide.examples for mark in example.errors} == {"weak-dice"}
    assert "# error: [weak-dice]" in (root / "tests/rules/security/weak_dice.md").read_text()


def test_rules_are_added_to_their_family(root: Path) -> None:
    package = root / CATALOGUE / "security" / "__init__.py"
    before = rules_in(package)

    new_rule(root, "security", "weak-dice")
    new_rule(root, "security", "loaded-coin")

    assert rules_in(package) == {*before, "LoadedCoin", "WeakDice"}


def test_name_that_is_taken_is_refused(root: Path) -> None:
    new_rule(root, "security", "weak-dice")

    with pytest.raises(ScaffoldError, match=r"already a rule weak-dice: .*weak_dice\.py"):
        new_rule(root, "routing", "weak-dice")


def test_unknown_family_is_answered_with_those_that_exist(root: Path) -> None:
    with pytest.raises(ScaffoldError, match=r"FAMILY is one of .*, routing, security"):
        new_rule(root, "gambling", "weak-dice")


@pytest.mark.parametrize("name", ["dice", "Weak-Dice", "weak_dice", "weak-", "../weak-dice"])
def test_malformed_name_is_refused(root: Path, name: str) -> None:
    with pytest.raises(ScaffoldError, match="is no name for a rule"):
        new_rule(root, "security", name)


def test_family_without_rules_is_left_alone() -> None:
    with pytest.raises(ScaffoldError, match="must be added by hand"):
        registered('"""Holes."""\n', "security", "weak_dice", "WeakDice")


def rules_in(package: Path) -> set[str]:
    """Return the names in the tuple `RULES` of a family's package."""
    module = ast.parse(package.read_text())
    values = [each.value for each in module.body if isinstance(each, ast.AnnAssign)]
    return {name.id for value in values if value for name in ast.walk(value) if isinstance(name, ast.Name)}
