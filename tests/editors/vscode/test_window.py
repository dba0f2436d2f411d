"""Somebody works in VS Code with our extension."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fastidious_rules import __version__
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

    status = window.language_status("from the search path")
    window.save_picture("status")

    assert f"Fastidious {__version__}" in status


def test_commands_are_in_the_palette(window: Workbench, bookshop: Path) -> None:
    window.open(bookshop, bookshop / "app" / "main.py")
    window.squiggles("error")

    window.run("Fastidious: Open Settings")
    window.page.locator(".settings-editor").get_by_text("Show Notifications").first.wait_for()
    window.save_picture("settings")
    window.run("Fastidious: Show Logs")
    window.page.get_by_role("textbox", name="Filter (e.g. text").first.wait_for()
    window.save_picture("logs")


def test_walkthrough_has_three_steps_with_pictures(window: Workbench, bookshop: Path) -> None:
    window.open(bookshop)

    window.run("Welcome: Open Walkthrough...")
    window.page.locator(".quick-input-list .monaco-list-row").filter(has_text="Fastidious").first.click()
    steps = window.page.locator(".getting-started-step")
    steps.first.wait_for()
    window.save_picture("walkthrough")

    assert [text.split("\n")[0] for text in steps.all_inner_texts()] == [
        "Open a FastAPI file",
        "Read why, and apply the fix",
        "Choose the rules",
    ]
