"""House style of the catalogue."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
from collections import Counter
from pathlib import Path
from string import Formatter

import pytest

from fastidious_rules import catalogue
from fastidious_rules.api import Rule
from fastidious_rules.catalogue import PACK
from fastidious_rules.engine.example import Kind
from fastidious_rules.engine.guide import FIX_SAFETY, guide_of
from fastidious_rules.testing import Case, cases

FOLDER = Path(__file__).parent
CATALOGUE = Path(catalogue.__path__[0])
CASES = cases(PACK, FOLDER)
ENOUGH = 5
LONGEST_MESSAGE = 120
RETIRED: dict[str, str] = {}
"""Names that rules once had and none may have again, each with what became of it."""

every_rule = pytest.mark.parametrize("rule", PACK.rules, ids=lambda rule: rule.name)


def modules() -> list[str]:
    found = pkgutil.walk_packages(catalogue.__path__, f"{catalogue.__name__}.")
    return [module.name for module in found if not module.ispkg]


def defined_rules() -> set[type[Rule]]:
    """Return the rules that the modules of the catalogue define."""
    members = (value for name in modules() for value in vars(importlib.import_module(name)).values())
    return {
        value
        for value in members
        if inspect.isclass(value) and issubclass(value, Rule) and value.__module__.startswith(catalogue.__name__)
    }


def test_names_are_unique_and_never_reused() -> None:
    names = Counter(rule.name for rule in PACK.rules)
    assert [name for name, count in names.items() if count > 1] == []
    assert names.keys() & RETIRED.keys() == set()


def test_every_rule_of_the_catalogue_is_in_the_pack() -> None:
    assert defined_rules() == set(PACK.rules)


def test_families_and_their_rules_are_in_alphabetical_order() -> None:
    families = [rule.family for rule in PACK.rules]
    assert families == sorted(families)
    for family in set(families):
        names = [rule.__name__ for rule in PACK.rules if rule.family == family]
        assert names == sorted(names)


def test_every_guide_is_of_one_rule_and_every_case_file_too() -> None:
    stems = {(rule.family, rule.__module__.rpartition(".")[2]) for rule in PACK.rules}
    guides = {(path.parent.name, path.stem) for path in CATALOGUE.glob("*/*.md")}
    files = {(path.parent.name, path.stem) for path in FOLDER.glob("*/*.md")}
    assert guides == stems
    assert files <= stems


@every_rule
def test_name_is_that_of_the_module_in_kebab_case(rule: type[Rule]) -> None:
    assert re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)+", rule.name)
    assert rule.__module__ == f"{catalogue.__name__}.{rule.family}.{rule.name.replace('-', '_')}"


@every_rule
def test_name_says_what_is_wrong_and_does_not_forbid_it(rule: type[Rule]) -> None:
    assert {"no", "avoid", "disallow"}.isdisjoint(rule.name.split("-"))


@every_rule
def test_guide_has_the_title_of_the_rule_and_a_summary_of_one_sentence(rule: type[Rule]) -> None:
    guide = guide_of(rule)
    assert re.sub(r"[^a-z0-9]+", "-", guide.title.lower()).strip("-") == rule.name
    assert guide.summary.endswith(".")
    assert ". " not in guide.summary


@every_rule
def test_docstring_is_one_sentence(rule: type[Rule]) -> None:
    summary = rule().summary
    assert summary.endswith(".")
    assert ". " not in summary


@every_rule
def test_guide_shows_bad_and_good_code(rule: type[Rule]) -> None:
    kinds = {example.kind for example in guide_of(rule).examples}
    assert {Kind.BAD, Kind.GOOD} <= kinds


@every_rule
def test_guide_shows_a_fix_if_and_only_if_there_is_one(rule: type[Rule]) -> None:
    guide = guide_of(rule)
    assert any(example.kind is Kind.FIXED for example in guide.examples) == (rule.fixable is not None)
    assert bool(guide.section(FIX_SAFETY)) == (rule.fixable is not None)


@every_rule
def test_guide_names_pages_to_read_on(rule: type[Rule]) -> None:
    references = guide_of(rule).references
    assert references
    assert [each.address for each in references if not each.address.startswith("https://")] == []


@every_rule
def test_message_is_a_clause_that_quotes_the_code(rule: type[Rule]) -> None:
    message = rule.message
    assert len(message) <= LONGEST_MESSAGE
    assert message[0] == "`" or message[0] == "{" or not message[0].isupper() or message.split()[0].isupper()
    assert not message.endswith(".")
    fields = [name for _, name, _, _ in Formatter().parse(message) if name is not None]
    assert not fields or re.search(r"`[^`]*\{\w+\}[^`]*`", message), "what is wrong stands in back-ticks"


@every_rule
def test_enough_cases_fire_and_enough_stay_silent(rule: type[Rule]) -> None:
    own: list[Case] = [case for case in CASES if case.rule == rule.name]
    firing = sum(case.fires for case in own)
    assert firing >= ENOUGH
    assert len(own) - firing >= ENOUGH
