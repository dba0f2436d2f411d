"""Routes, and what they declare."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastidious_rules.catalogue.routing.shadowed_route import ShadowedRoute

if TYPE_CHECKING:
    from fastidious_rules.api import Rule

RULES: tuple[type[Rule], ...] = (ShadowedRoute,)
