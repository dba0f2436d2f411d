"""Holes that an attacker can use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastidious_rules.catalogue.security.response_bypasses_model import ResponseBypassesModel
from fastidious_rules.catalogue.security.sensitive_field_in_response import SensitiveFieldInResponse
from fastidious_rules.catalogue.security.sql_injection import SqlInjection

if TYPE_CHECKING:
    from fastidious_rules.api import Rule

RULES: tuple[type[Rule], ...] = (
    ResponseBypassesModel,
    SensitiveFieldInResponse,
    SqlInjection,
)
