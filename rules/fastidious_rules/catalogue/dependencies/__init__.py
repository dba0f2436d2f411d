"""FastAPI's dependency injection."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastidious_rules.catalogue.dependencies.prefer_annotated_dependency import PreferAnnotatedDependency

if TYPE_CHECKING:
    from fastidious_rules.api import Rule

RULES: tuple[type[Rule], ...] = (PreferAnnotatedDependency,)
