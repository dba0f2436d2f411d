"""Baselines are written for the texts that the editor has."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import pytest

from fastidious_server.lsp.baselines import write_baseline
from fastidious_server.lsp.session import Session
from fastidious_server.workspace.background import BaselineError
from tests.lsp.fakes import FakeBaselines, FakeSettings, fake_services

if TYPE_CHECKING:
    from fastidious_server.lsp.session import Client


class SilentClient:
    """Client that is told nothing."""

    def send(self, body: bytes) -> None:
        del body


@pytest.mark.asyncio
async def test_baseline_is_written_for_the_texts_of_the_editor_and_read_again() -> None:
    services = fake_services()
    session = Session(lambda: services, cast("Client", SilentClient()))
    session.roots = ("/shop",)
    document = session.documents.open("file:///shop/app.py", 1, "blocking é\n")
    session.documents.open("untitled:one", 1, "blocking\n")
    document.configure(services.engine, services.settings.settings_for("/shop/app.py"))
    cast("FakeSettings", services.settings).is_stale = True

    assert await write_baseline(session) == "written"

    assert cast("FakeBaselines", services.baselines).given == [(("/shop",), {"/shop/app.py": "blocking é\n"})]
    assert not cast("FakeSettings", services.settings).is_stale


@pytest.mark.asyncio
async def test_editor_without_a_folder_is_told_so() -> None:
    with pytest.raises(BaselineError, match="no folder open"):
        await write_baseline(Session(fake_services, cast("Client", SilentClient())))
