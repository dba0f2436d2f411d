"""Notebooks are not reviewed: the server does not say that it can, and is silent about their cells."""

from __future__ import annotations

import pytest

from tests.lsp.fakes import FakeEngine, fake_services
from tests.lsp.wire import wire

pytestmark = [pytest.mark.asyncio, pytest.mark.complaint(34)]

CELLS = ("vscode-notebook-cell:/shop/book.ipynb#W0sZmlsZQ", "vscode-notebook-cell:/shop/book.ipynb#W1sZmlsZQ")


async def test_notebooks_are_not_offered() -> None:
    async with wire() as client:
        capabilities = (await client.initialize())["capabilities"]
    assert "notebookDocumentSync" not in capabilities


async def test_cells_are_ignored_when_they_are_opened_pasted_moved_and_closed() -> None:
    engine = FakeEngine()
    async with wire(fake_services(engine=engine)) as client:
        await client.initialize()
        for cell in (*CELLS, CELLS[0]):
            client.open(cell, "blocking = 1\n")
        client.change(CELLS[1], 2, {"text": "slow = 'é😀'\nblocking\n"})
        client.change(
            CELLS[1],
            3,
            {"range": {"start": {"line": 9, "character": 9}, "end": {"line": 0, "character": 0}}, "text": "x"},
        )
        position = {"textDocument": {"uri": CELLS[1]}, "position": {"line": 0, "character": 1}}
        everything = {"start": {"line": 0, "character": 0}, "end": {"line": 9, "character": 0}}
        asked = {"textDocument": {"uri": CELLS[1]}, "range": everything, "context": {"diagnostics": []}}
        assert await client.call("textDocument/hover", position) is None
        assert await client.call("textDocument/completion", position) is None
        assert not await client.call("textDocument/codeAction", asked)
        client.notify("textDocument/didClose", {"textDocument": {"uri": CELLS[0]}})
        await client.call("fastidious/sync", None)
        assert not any(client.published(cell) for cell in CELLS)
    assert engine.documents == []


async def test_messages_about_whole_notebooks_do_no_harm() -> None:
    async with wire() as client:
        await client.initialize()
        notebook = {"uri": "file:///shop/book.ipynb", "notebookType": "jupyter-notebook", "version": 1, "cells": []}
        client.notify("notebookDocument/didOpen", {"notebookDocument": notebook, "cellTextDocuments": []})
        client.notify("notebookDocument/didClose", {"notebookDocument": notebook, "cellTextDocuments": []})
        client.open("file:///shop/app.py", "blocking")
        assert len(await client.diagnostics("file:///shop/app.py")) == 1
