"""A pack of rules that is no part of Fastidious."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.api import Pack

ACME = Path(__file__).parent / "acme"


@pytest.fixture
def acme(monkeypatch: pytest.MonkeyPatch) -> Iterator[Pack]:
    """Import the pack from its source, and forget it afterwards."""
    monkeypatch.syspath_prepend(str(ACME / "src"))
    yield importlib.import_module("acme_rules").PACK
    for name in [name for name in sys.modules if name.partition(".")[0] == "acme_rules"]:
        del sys.modules[name]
