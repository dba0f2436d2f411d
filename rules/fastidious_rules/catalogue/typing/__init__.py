"""Type annotations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastidious_rules.catalogue.typing.missing_return_type import MissingReturnType

if TYPE_CHECKING:
    from fastidious_rules.api import Rule

RULES: tuple[type[Rule], ...] = (MissingReturnType,)
