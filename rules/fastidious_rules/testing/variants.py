"""Variants."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.testing.cases import Case


def variants(case: Case) -> Iterator[Case]:
    """Yield variants."""
    del case
    yield from ()
