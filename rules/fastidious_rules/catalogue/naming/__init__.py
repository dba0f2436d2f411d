"""Names of things."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastidious_rules.catalogue.naming.abbreviated_name import AbbreviatedName

if TYPE_CHECKING:
    from fastidious_rules.api import Rule

RULES: tuple[type[Rule], ...] = (AbbreviatedName,)
