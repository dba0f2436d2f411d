"""Somebody works in VS Code with our extension."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.editors.vscode.workbench import Workbench

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page

    from tests.editors.vscode.code_server import CodeServer


@pytest.fixture
def window(page: Page, vscode: CodeServer) -> Workbench:
    """Return a window in which nothing is open."""
    return Workbench(page, vscode)


def test_finding_is_underlined_explained_and_fixed(window: Workbench, bookshop: Path) -> None:
    file = bookshop / "app" / "clients" / "payments.py"
    window.open(bookshop, file)

    squiggle = window.squiggles("error").first
    window.save_picture("findings")
    explanation = window.hover(squiggle, "event loop")
    window.save_picture("hover")
    fixes = window.quick_fixes(squiggle)
    window.save_picture("fixes")
    window.choose(fixes[0])
    window.until(lambda: "await asyncio.sleep" in window.editor.inner_text().replace("\u00a0", " "), "the fix")
    window.save_picture("fixed")
    window.page.keyboard.press("Control+s")
    window.until(lambda: "await asyncio.sleep(BACKOFF_SECONDS * attempt)" in file.read_text("utf-8"), "the saved fix")

    assert "blocking-call-in-async" in explanation
    assert "asyncio.sleep" in fixes[0]
    assert "import asyncio\n" in file.read_text("utf-8")


def test_status_says_which_server_runs(window: Workbench, bookshop: Path) -> None:
    window.open(bookshop, bookshop / "app" / "main.py")
    window.squiggles("error")

    status = window.language_status()
    window.save_picture("status")

    assert "Fastidious 0." in status
    assert "from the search path" in status
