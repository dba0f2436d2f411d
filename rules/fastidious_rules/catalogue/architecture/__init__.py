"""Layers, and what may import what."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastidious_rules.catalogue.architecture.layer_import_violation import LayerImportViolation

if TYPE_CHECKING:
    from fastidious_rules.api import Rule

RULES: tuple[type[Rule], ...] = (LayerImportViolation,)
