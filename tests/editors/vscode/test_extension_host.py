"""The extension in the real extension host, through the whole interface that VS Code gives to extensions."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest

from tests.editors.vscode.code_server import serving
from tests.editors.vscode.conftest import WITH_SERVER
from tests.editors.vscode.workshop import EXTENSION, LIMIT

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.editors.vscode.workshop import Workshop

pytestmark = pytest.mark.timeout(LIMIT)
SUITE = Path(__file__).with_name("suite.cjs")
_PATIENCE = 270_000


@pytest.mark.complaint(36)
@pytest.mark.complaint(40)
def test_all_claims_of_the_suite_hold(workshop: Workshop, page: Page, bookshop: Path, tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    page.expose_function("codeAutomationLog", lambda *_message: None)
    page.expose_function(
        "codeAutomationExit", lambda status: page.evaluate("status => { window.ended = status }", status)
    )
    variables = {**WITH_SERVER, "FASTIDIOUS_REPORT": str(report)}
    options = ("--disable-workspace-trust", "--vscode-option", "enable-smoke-test-driver")
    with serving(workshop, tmp_path / "home", environment=variables, options=options) as server:
        payload = [
            ["extensionDevelopmentPath", f"vscode-remote://{server.host}{EXTENSION}"],
            ["extensionTestsPath", f"vscode-remote://{server.host}{SUITE}"],
        ]
        page.goto(f"{server.url}/?{urlencode({'folder': str(bookshop), 'payload': json.dumps(payload)})}")
        page.wait_for_function("() => window.ended !== undefined", timeout=_PATIENCE)

    results = json.loads(report.read_text("utf-8"))
    failures = {claim: failure for claim, failure in results.items() if failure}
    assert results
    assert not failures, "\n\n".join(f"{claim}\n{failure}" for claim, failure in failures.items())
