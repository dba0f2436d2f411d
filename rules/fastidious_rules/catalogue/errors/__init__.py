"""Exceptions, and what clients see of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastidious_rules.catalogue.errors.http_exception_returned import HttpExceptionReturned

if TYPE_CHECKING:
    from fastidious_rules.api import Rule

RULES: tuple[type[Rule], ...] = (HttpExceptionReturned,)
