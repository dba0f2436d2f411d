"""Every example of every rule, in all its variants."""

from __future__ import annotations

from pathlib import Path

import pytest

from fastidious_rules.catalogue import PACK
from fastidious_rules.engine.registry import Registry
from fastidious_rules.testing import Case, cases, run, variants

REGISTRY = Registry([PACK])
CASES = cases(PACK, Path(__file__).parent)
VARIANTS = [variant for case in CASES for variant in variants(case)]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_example_reports_exactly_what_it_says(case: Case) -> None:
    run(case, REGISTRY)


@pytest.mark.parametrize("case", VARIANTS, ids=str)
def test_variant_reports_what_its_example_does(case: Case) -> None:
    run(case, REGISTRY)
