"""Tables of knowledge have the shape that the code reads: a misspelt key is found here, not by silence."""

from __future__ import annotations

import re
import tomllib
from importlib.resources import files
from typing import Any

import msgspec
import pytest

from fastidious_rules import knowledge
from fastidious_rules.knowledge import table
from fastidious_rules.knowledge.schema import SCHEMA

TABLES = sorted(file.name.removesuffix(".toml") for file in files(knowledge).iterdir() if file.name.endswith(".toml"))


def test_each_table_has_a_schema() -> None:
    assert sorted(SCHEMA) == TABLES


@pytest.mark.parametrize("name", TABLES)
def test_table_has_the_sections_of_its_schema(name: str) -> None:
    assert sorted(table(name)) == sorted(SCHEMA[name])


@pytest.mark.parametrize(("name", "section"), [(name, section) for name in TABLES for section in table(name)])
def test_section_has_the_shape_of_its_schema(name: str, section: str) -> None:
    msgspec.convert(table(name)[section], SCHEMA[name][section], strict=True)


@pytest.mark.parametrize("name", TABLES)
def test_table_says_what_it_means(name: str) -> None:
    text = files(knowledge).joinpath(f"{name}.toml").read_text("utf-8")
    assert text.startswith("# ")


@pytest.mark.parametrize("name", TABLES)
def test_no_list_says_anything_twice(name: str) -> None:
    assert not [each for each in _lists(table(name)) if len(set(map(str, each))) != len(each)]


def test_a_schema_refuses_a_misspelt_key() -> None:
    entry = tomllib.loads('kind = "http"\nowner = ["acme.Client"]\nmethods = ["get"]')
    with pytest.raises(msgspec.ValidationError, match=re.escape("unknown field `owner`")):
        msgspec.convert([entry], SCHEMA["blocking"]["calls"], strict=True)


def _lists(value: object) -> list[list[Any]]:
    if isinstance(value, dict):
        return [found for each in value.values() for found in _lists(each)]
    if not isinstance(value, list):
        return []
    return [value, *(found for each in value for found in _lists(each))]
