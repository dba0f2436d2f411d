"""Tests that do not test what they seem to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastidious_rules.catalogue.tests.async_test_not_collected import AsyncTestNotCollected

if TYPE_CHECKING:
    from fastidious_rules.api import Rule

RULES: tuple[type[Rule], ...] = (AsyncTestNotCollected,)
