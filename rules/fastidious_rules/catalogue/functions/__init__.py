"""Size and shape of functions and classes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastidious_rules.catalogue.functions.function_too_long import FunctionTooLong

if TYPE_CHECKING:
    from fastidious_rules.api import Rule

RULES: tuple[type[Rule], ...] = (FunctionTooLong,)
