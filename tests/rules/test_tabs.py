"""Fixes of code that is indented with tabs bring no spaces."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from fastidious_rules.catalogue import PACK
from fastidious_rules.engine.registry import Registry
from fastidious_rules.testing import Case, cases, run

REGISTRY = Registry([PACK])
FIXED = [case for case in cases(PACK, Path(__file__).parent) if case.fixed]
_STEPS = re.compile(r"^(?: {4})+", re.MULTILINE)


def tabbed(text: str) -> str:
    """Return `text` with a tab for each four spaces that a line begins with."""
    return _STEPS.sub(lambda match: "\t" * (len(match.group()) // 4), text)


@pytest.mark.parametrize("case", FIXED, ids=str)
def test_fix_indents_with_tabs_what_is_indented_with_tabs(case: Case) -> None:
    files = tuple(file._replace(text=tabbed(file.text)) for file in case.files)
    fixed = tuple(replace(each, text=tabbed(each.text)) for each in case.fixed)
    run(replace(case, files=files, fixed=fixed), REGISTRY)
