"""A packaged extension in a VS Code, a browser that shows it, and a backend to work on."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.editors.vscode.code_server import serving
from tests.editors.vscode.workshop import ROOT, SCREENSHOTS, UnavailableError, prepare

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, Page

    from tests.editors.vscode.code_server import CodeServer
    from tests.editors.vscode.workshop import Workshop

WITH_SERVER = {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"}
"""Variables of somebody who has Fastidious on the path."""
_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def workshop(editor: Callable[[str], str]) -> Workshop:
    """Return the programs; without them there is nothing to test."""
    try:
        return prepare(editor("chromium"))
    except UnavailableError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="module")
def browser(workshop: Workshop) -> Iterator[Browser]:
    """Return a browser without windows.

    It must be gone when the module ends: until then a loop of events runs, and asynchronous tests need one of their own.
    """
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: make editors")
    with api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=workshop.chromium, args=_FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """Return an empty page as large and sharp as a README needs; what it shows at the end of the test is kept."""
    context = browser.new_context(
        viewport={"width": 1280, "height": 720}, device_scale_factor=2, reduced_motion="reduce"
    )
    page = context.new_page()
    yield page
    page.screenshot(path=SCREENSHOTS / f"end-of-{request.node.name}.png")
    context.close()


@pytest.fixture(scope="module")
def vscode(workshop: Workshop, tmp_path_factory: pytest.TempPathFactory) -> Iterator[CodeServer]:
    """Return a VS Code with our extension, and with Fastidious on the path."""
    with serving(workshop, tmp_path_factory.mktemp("vscode"), environment=WITH_SERVER) as server:
        yield server


@pytest.fixture
def bookshop(tmp_path: Path) -> Path:
    """Return a copy of the sample backend."""
    return Path(shutil.copytree(ROOT / "examples" / "bookshop", tmp_path / "bookshop"))
