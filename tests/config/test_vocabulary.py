"""Each key of a configuration is explained, in editors and in the README."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from fastidious_server.config.model import FastidiousTable
from fastidious_server.config.vocabulary import KEYS

if TYPE_CHECKING:
    from pydantic import BaseModel

README = Path(__file__).parents[2] / "README.md"


@pytest.mark.parametrize("model", list(KEYS))
def test_each_key_is_explained(model: type[BaseModel]) -> None:
    assert set(KEYS[model]) == {field.alias for field in model.model_fields.values()}
    assert all(text.endswith(".") for text in KEYS[model].values())


def test_readme_lists_the_same_keys() -> None:
    table = README.read_text("utf-8").partition("| key | meaning |")[2].partition("\n\n")[0]

    assert set(re.findall(r"^\| `([\w-]+)`", table, re.MULTILINE)) == set(KEYS[FastidiousTable])
