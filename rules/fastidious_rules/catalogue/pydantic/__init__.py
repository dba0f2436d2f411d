"""Pydantic models."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastidious_rules.catalogue.pydantic.pydantic_v1_method import PydanticV1Method

if TYPE_CHECKING:
    from fastidious_rules.api import Rule

RULES: tuple[type[Rule], ...] = (PydanticV1Method,)
