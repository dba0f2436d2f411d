"""Memory stays flat, and findings stay right, however long somebody types."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.lsp.soak import soak


@pytest.mark.complaint(27)
@pytest.mark.complaint(1)
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="nobody says what a process holds")
async def test_a_server_that_was_typed_at_for_long_is_as_it_was() -> None:
    figures = await soak(warm_up=300, edits=600)
    assert figures.end <= figures.warm * 1.2
    assert figures.published == figures.expected
    assert sum(map(len, figures.published.values())) > 5
