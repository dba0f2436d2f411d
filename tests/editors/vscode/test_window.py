"""Somebody works in VS Code with our extension."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fastidious_rules import __version__
from tests.editors.vscode.workbench import Workbench
from tests.editors.vscode.workshop import LIMIT

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page

    from tests.editors.vscode.code_server import CodeServer


pytestmark = pytest.mark.timeout(LIMIT)
PATIENCE = 120_000
"""Milliseconds in which the whole project is read."""


@pytest.fixture
def window(page: Page, vscode: CodeServer) -> Workbench:
    """Return a window in which nothing is open."""
    return Workbench(page, vscode)


def test_finding_is_underlined_explained_and_fixed(window: Workbench, bookshop: Path) -> None:
    file = bookshop / "app" / "clients" / "payments.py"
    window.open(bookshop, file)

    squiggle = window.squiggles("error").first
    explanation = window.hover(squiggle, "event loop")
    window.save_code("hover")
    fixes = window.quick_fixes(squiggle)
    window.save_code("fix")
    window.choose(fixes[0])
    window.until(lambda: "await asyncio.sleep" in window.editor.inner_text().replace("\u00a0", " "), "the fix")
    window.save_picture("fixed")
    window.page.keyboard.press("Control+s")
    window.until(lambda: "await asyncio.sleep(BACKOFF_SECONDS * attempt)" in file.read_text("utf-8"), "the saved fix")

    assert "blocking-call-in-async" in explanation
    assert "asyncio.sleep" in fixes[0]
    assert "import asyncio\n" in file.read_text("utf-8")


def test_lens_of_a_route_opens_its_tests_and_hover_shows_its_card(window: Workbench, bookshop: Path) -> None:
    window.open(bookshop, bookshop / "app" / "api" / "routes" / "customers.py")

    window.squiggles("error")
    tests = window.open_lens("2 tests")
    window.save_code("lens")
    window.close_list()
    window.save_code("findings")
    card = window.hover(window.word("read_profile"), "GET /customers/me")
    window.save_code("route")

    assert tests
    assert all("client.post" in test for test in tests)
    assert "OAuth2PasswordBearer" in card


def test_findings_of_closed_files_are_among_the_problems_in_workspace_mode(window: Workbench, bookshop: Path) -> None:
    settings = bookshop / ".vscode" / "settings.json"
    settings.parent.mkdir()
    settings.write_text('{ "fastidious.diagnosticMode": "workspace" }', "utf-8")
    window.open(bookshop, bookshop / "app" / "main.py")

    window.problem("shadowed-route").wait_for(timeout=PATIENCE)
    window.save_picture("problems")


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
