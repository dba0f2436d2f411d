"""Neovim's own client, configured by the files in `clients/neovim`, against the real server."""

from __future__ import annotations

import contextlib
import os
import select
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.editors.neovim import Neovim, running

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CLIENTS = Path(__file__).parents[2] / "clients"
SECONDS = 60
BLOCKING = "    time.sleep(1)"
FIXED = "    await asyncio.sleep(1)"
EMOJI = '    name = "😀👩\u200d🚀é";'


@pytest.fixture
def neovim(editor: Callable[[str], str], home: Path, tmp_path: Path) -> Iterator[Neovim]:
    shutil.copytree(CLIENTS / "neovim", home / "config" / "nvim")
    with running(editor("neovim"), tmp_path / "socket") as neovim:
        yield neovim


@contextlib.contextmanager
def watched(process: int) -> Iterator[int]:
    """Return a file descriptor that stands for a process, whoever started it."""
    descriptor = os.pidfd_open(process)
    yield descriptor
    os.close(descriptor)


def ended(descriptor: int) -> bool:
    """Tell whether a watched process ends."""
    return select.select([descriptor], [], [], SECONDS)[0] == [descriptor]


def test_the_configuration_for_older_ones_works(editor: Callable[[str], str], home: Path, shop: Path) -> None:
    shutil.copytree(CLIENTS / "neovim-0.8", home / "config" / "nvim")
    with running(editor("neovim"), home / "socket") as neovim:
        neovim.command(f"edit {shop}")

        assert [found["code"] for found in neovim.diagnostics(1)] == ["blocking-call-in-async"]
        assert neovim.lua("return vim.lsp.get_clients()[1].root_dir") == str(shop.parent)


def test_findings_show_up_where_they_are(neovim: Neovim, shop: Path) -> None:
    neovim.command(f"edit {shop}")

    (found,) = neovim.diagnostics(1)

    assert (found["source"], found["code"]) == ("fastidious", "blocking-call-in-async")
    assert (found["lnum"], found["col"], found["end_col"]) == (9, 4, 17)


@pytest.mark.complaint(5)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-32"])
def test_findings_follow_edits_also_behind_an_emoji(neovim: Neovim, shop: Path, encoding: str) -> None:
    neovim.configure({"capabilities": {"general": {"positionEncodings": [encoding]}}})
    neovim.command(f"edit {shop}")
    neovim.diagnostics(1)

    neovim.put(10, EMOJI + BLOCKING)
    (moved,) = neovim.diagnostics(1)
    neovim.put(10, EMOJI + FIXED)

    assert neovim.lua("return vim.lsp.get_clients()[1].offset_encoding") == encoding
    assert (moved["lnum"], moved["col"]) == (9, len(EMOJI.encode()) + 4)
    assert neovim.diagnostics(0) == []


def test_the_hover_float_tells_why(neovim: Neovim, shop: Path) -> None:
    neovim.command(f"edit {shop}")
    neovim.diagnostics(1)
    neovim.command("call cursor(10, 7)")

    neovim.lua("vim.lsp.buf.hover()")
    neovim.wait("vim.b.lsp_floating_preview ~= nil")
    text = neovim.lua("return vim.fn.getbufline(vim.fn.winbufnr(vim.b.lsp_floating_preview), 1, '$')")

    assert text[0].startswith("**`blocking-call-in-async`**: ")
    assert "+    await asyncio.sleep(1)" in text


@pytest.mark.complaint(5)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-32"])
def test_a_code_action_fixes_the_buffer(neovim: Neovim, shop: Path, encoding: str) -> None:
    neovim.configure({"capabilities": {"general": {"positionEncodings": [encoding]}}})
    neovim.command(f"edit {shop}")
    neovim.put(10, EMOJI + BLOCKING)
    neovim.diagnostics(1)
    neovim.command("call search('time.sleep')")

    neovim.act("Await `asyncio.sleep` instead")

    assert neovim.lines[0] == "import asyncio"
    assert EMOJI + FIXED in neovim.lines
    assert neovim.diagnostics(0) == []


def test_the_suppress_action_silences_the_finding(neovim: Neovim, shop: Path) -> None:
    neovim.command(f"edit {shop}")
    neovim.diagnostics(1)
    neovim.command("call cursor(10, 7)")

    neovim.act("Ignore blocking-call-in-async on this line")

    assert neovim.lines[9].startswith(f"{BLOCKING}  # fastidious: ignore[blocking-call-in-async]")
    assert neovim.diagnostics(0) == []


def test_writing_applies_the_safe_fixes(neovim: Neovim, shop: Path) -> None:
    neovim.command(f"edit {shop}")
    neovim.diagnostics(1)
    neovim.put(10, BLOCKING.replace("1", "2"))

    neovim.command("write")

    assert FIXED.replace("1", "2") in shop.read_text("utf-8").splitlines()


def test_a_lens_above_a_route_lists_its_tests(neovim: Neovim, shop: Path) -> None:
    text = "from fastapi.testclient import TestClient\n\nfrom main import app\n\n\n"
    text += 'def test_books() -> None:\n    assert TestClient(app).get("/books").json() == []\n'
    shop.with_name("test_main.py").write_text(text, "utf-8")
    neovim.command(f"edit {shop}")
    neovim.diagnostics(1)
    neovim.command("call search('async def')")

    neovim.lua("vim.lsp.codelens.refresh({ bufnr = 0 })")
    neovim.wait("#vim.lsp.codelens.get(0) == 3")
    neovim.choose("1 test")
    neovim.lua("vim.lsp.codelens.run()")
    neovim.wait("#vim.fn.getqflist() == 1")

    (place,) = neovim.lua("return vim.fn.getqflist()")
    assert (place["lnum"], place["text"].strip()) == (7, 'assert TestClient(app).get("/books").json() == []')


def test_a_rename_changes_all_files(neovim: Neovim, shop: Path) -> None:
    stock = shop.with_name("stock.py")
    stock.write_text("def reserve(order_qty: int) -> int:\n    return order_qty\n", "utf-8")
    shop.write_text("from stock import reserve\n\nreserve(order_qty=2)\n", "utf-8")
    neovim.command(f"edit {stock}")
    neovim.diagnostics(1)
    neovim.command("call search('order_qty')")

    neovim.act("Rename to `order_quantity` in all files")
    neovim.command("wall")

    assert "order_qty" not in stock.read_text("utf-8")
    assert shop.read_text("utf-8").splitlines()[-1] == "reserve(order_quantity=2)"


@pytest.mark.complaint(15)
def test_settings_of_the_user_count_and_may_change(neovim: Neovim, shop: Path) -> None:
    neovim.configure({"settings": {"fastidious": {"ignore": ["asynchrony"]}}})
    neovim.command(f"edit {shop}")
    assert neovim.diagnostics(0) == []

    neovim.lua("""
        local client = vim.lsp.get_clients()[1]
        client.settings = { fastidious = { severity = { ['blocking-call-in-async'] = 'hint' } } }
        client:notify('workspace/didChangeConfiguration', { settings = client.settings })
    """)
    neovim.wait("#vim.diagnostic.get(0) == 1")

    (found,) = neovim.diagnostics(1)
    assert found["severity"] == neovim.lua("return vim.diagnostic.severity.HINT")


@pytest.mark.complaint(22)
def test_writing_applies_no_fix_that_is_not_safe(neovim: Neovim, shop: Path) -> None:
    text = shop.read_text("utf-8").replace("import time", "import requests")
    text = text.replace("time.sleep(1)", "requests.get('https://example.org', timeout=1)")
    text = text.replace("return []", "return await load()").replace(
        "from fastapi", "from stock import load\nfrom fastapi"
    )
    shop.write_text(text, "utf-8")
    neovim.command(f"edit {shop}")
    neovim.diagnostics(1)

    neovim.command("write")

    assert shop.read_text("utf-8") == text


@pytest.mark.complaint(2)
def test_a_file_that_another_program_changed_is_reviewed_again(neovim: Neovim, shop: Path) -> None:
    """Neovim closes and opens the document then, and has forgotten its diagnostics."""
    neovim.command(f"edit {shop}")
    neovim.diagnostics(1)

    shop.write_text(f"# Changed.\n{shop.read_text('utf-8')}", "utf-8")
    neovim.command("checktime")
    neovim.wait("vim.fn.getline(1) == '# Changed.'")
    (found,) = neovim.diagnostics(1)

    assert found["lnum"] == 10


@pytest.mark.complaint(12)
def test_configuration_counts_once_it_is_written(neovim: Neovim, shop: Path) -> None:
    """Neovim watches no files for servers on Linux, and tells them only of Python buffers."""
    neovim.command(f"edit {shop}")
    neovim.diagnostics(1)

    neovim.command(f"split {shop.with_name('pyproject.toml')}")
    neovim.append("[tool.fastidious]", "ignore = ['asynchrony']")
    neovim.command("write | wincmd p")

    neovim.wait("#vim.diagnostic.get(0) == 0")


@pytest.mark.complaint(29)
def test_quitting_leaves_no_process_behind(neovim: Neovim, shop: Path) -> None:
    neovim.command(f"edit {shop}")
    neovim.diagnostics(1)

    with watched(neovim.server) as server:
        assert neovim.quit() == 0
        assert ended(server)


@pytest.mark.complaint(28)
def test_killing_neovim_leaves_no_process_behind(neovim: Neovim, shop: Path) -> None:
    neovim.command(f"edit {shop}")
    neovim.diagnostics(1)

    with watched(neovim.server) as server:
        neovim.process.kill()
        assert ended(server)


def test_a_file_outside_any_project_is_reviewed(neovim: Neovim, shop: Path) -> None:
    lonely = shop.rename(shop.parent.parent / "lonely file ü.py")
    neovim.lua("vim.cmd.edit(vim.fn.fnameescape(...))", str(lonely))

    (found,) = neovim.diagnostics(1)

    assert found["code"] == "blocking-call-in-async"


def test_a_buffer_without_a_name_is_reviewed_once_it_is_a_file(neovim: Neovim, shop: Path) -> None:
    """Neovim itself cannot show what it is told of a buffer without a name, and keeps the name from servers at first."""
    neovim.command("set filetype=python")
    neovim.fill(shop.read_text("utf-8"))
    neovim.attached()

    neovim.command(f"write {shop.with_name('orders.py')} | edit")
    (found,) = neovim.diagnostics(1)

    assert found["lnum"] == 9


def test_a_file_that_is_not_on_the_disk_yet_is_reviewed(neovim: Neovim, shop: Path) -> None:
    neovim.command(f"edit {shop.with_name('new.py')}")
    neovim.fill(shop.read_text("utf-8"))

    (found,) = neovim.diagnostics(1)

    assert found["lnum"] == 9
