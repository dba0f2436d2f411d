"""The built-in rules, one package per family."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastidious_rules import __version__
from fastidious_rules.api import Pack
from fastidious_rules.catalogue import (
    architecture,
    asynchrony,
    database,
    dependencies,
    errors,
    functions,
    naming,
    pydantic,
    routing,
    security,
    tests,
    typing,
)

if TYPE_CHECKING:
    from fastidious_rules.api import Rule

RULES: tuple[type[Rule], ...] = (
    *architecture.RULES,
    *asynchrony.RULES,
    *database.RULES,
    *dependencies.RULES,
    *errors.RULES,
    *functions.RULES,
    *naming.RULES,
    *pydantic.RULES,
    *routing.RULES,
    *security.RULES,
    *tests.RULES,
    *typing.RULES,
)

PACK = Pack("fastidious", __version__, RULES)
