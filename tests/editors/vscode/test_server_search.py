"""Which server runs, tried with programs that lie in wait."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.editors.vscode.code_server import serving
from tests.editors.vscode.conftest import WITH_SERVER
from tests.editors.vscode.workbench import Workbench
from tests.editors.vscode.workshop import LIMIT

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.editors.vscode.workshop import Workshop

pytestmark = pytest.mark.timeout(LIMIT)
WITHOUT_SERVER = {"PATH": f"{Path(os.path.realpath(sys.executable)).parent}{os.pathsep}/usr/bin{os.pathsep}/bin"}
"""Variables of somebody who has Python on the path, and no Fastidious."""
SERVER = Path(sys.executable).with_name("fastidious")
PATIENCE = 300_000
"""Milliseconds in which a server is installed, with all that it needs, from an index."""
TRUSTED = ("--disable-workspace-trust",)


@pytest.fixture
def trap(bookshop: Path) -> Path:
    """Return the file that a server of the workspace writes when it is run, which settings of the workspace ask for."""
    caught = bookshop / "caught"
    planted = bookshop / ".venv" / "bin" / "fastidious"
    planted.parent.mkdir(parents=True)
    planted.write_text(f"#!/bin/sh\ntouch '{caught}'\nexec '{SERVER}' \"$@\"\n", "utf-8")
    planted.chmod(0o755)
    settings = bookshop / ".vscode" / "settings.json"
    settings.parent.mkdir()
    settings.write_text(json.dumps({"fastidious.path": [str(planted)]}), "utf-8")
    return caught


@pytest.mark.parametrize(("options", "is_run"), [((), False), (TRUSTED, True)], ids=["untrusted", "trusted"])
def test_server_of_the_workspace_runs_only_where_it_is_trusted(
    workshop: Workshop,
    page: Page,
    bookshop: Path,
    trap: Path,
    tmp_path: Path,
    options: tuple[str, ...],
    *,
    is_run: bool,
) -> None:
    with serving(workshop, tmp_path / "home", environment=WITH_SERVER, options=options) as server:
        window = Workbench(page, server)
        window.open(bookshop, bookshop / "app" / "clients" / "payments.py")
        window.squiggles("error")

    assert trap.exists() is is_run


def test_who_has_no_server_installs_the_one_of_the_extension(
    workshop: Workshop, page: Page, bookshop: Path, tmp_path: Path
) -> None:
    with serving(workshop, tmp_path / "home", environment=WITHOUT_SERVER) as server:
        window = Workbench(page, server)
        window.open(bookshop, bookshop / "app" / "clients" / "payments.py")
        offer = window.page.locator(".notification-toast").filter(has_text="No Fastidious server was found")
        offer.wait_for()
        window.save_picture("no-server")
        offer.get_by_role("button", name="Install the Server").click()
        window.squiggles("error", PATIENCE)
        status = window.language_status("from the private environment")

    assert "Fastidious" in status
