"""Vim with the plugin ALE, configured by the file in `clients/vim`, against the real server."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

CLIENT = Path(__file__).parents[2] / "clients" / "vim"
DRIVER = Path(__file__).with_name("driver.vim")
SECONDS = 120
EMOJI = "    name = '😀👩\u200d🚀é'; "


class Vim(Protocol):
    """Vim that edits a file, and returns what each of some expressions says there."""

    def __call__(self, path: Path, *steps: str) -> list[Any]: ...


@pytest.fixture
def vim(editor: Callable[[str], str], home: Path, monkeypatch: pytest.MonkeyPatch) -> Vim:
    shutil.copytree(CLIENT, home / ".vim")
    written = home / "result.json"
    monkeypatch.setenv("DRIVER_RESULT", str(written))

    def edit(path: Path, *steps: str) -> list[Any]:
        monkeypatch.setenv("DRIVER_FILE", str(path))
        monkeypatch.setenv("DRIVER_STEPS", json.dumps(steps))
        command = (editor("vim"), "-Nu", "NONE", "-i", "NONE", "-n", "-es", "-S", str(DRIVER))
        subprocess.run(command, cwd=home, stdin=subprocess.DEVNULL, timeout=SECONDS, check=True)
        result = json.loads(written.read_text("utf-8"))
        assert "results" in result, result
        return result["results"]

    return edit


def test_findings_show_up_where_they_are(vim: Vim, shop: Path) -> None:
    ((found,),) = vim(shop, "Diagnostics([[10, 5]])")

    assert found[:3] == [10, 5, "blocking-call-in-async"]
    assert found[3].startswith("`time.sleep` blocks the event loop")


def test_findings_follow_edits_also_behind_an_emoji(vim: Vim, shop: Path) -> None:
    """ALE takes columns as the protocol counts them, in UTF-16 units, for those of Vim, which are bytes."""
    column = len(EMOJI.encode("utf-16-le")) // 2 + 1

    vim(shop, "Diagnostics([[10, 5]])", f'Put(10, "{EMOJI}time.sleep(1)")', f"Diagnostics([[10, {column}]])")


def test_the_preview_tells_why(vim: Vim, shop: Path) -> None:
    *_, text = vim(shop, "Diagnostics([[10, 5]])", "cursor(10, 7)", "Hover()")

    assert "blocking-call-in-async" in text
    assert "await asyncio.sleep(1)" in text


def test_a_code_action_fixes_the_buffer(vim: Vim, shop: Path) -> None:
    *_, (menu, lines) = vim(shop, "Diagnostics([[10, 5]])", "cursor(10, 7)", 'Act("Await `asyncio.sleep` instead")')

    assert "Ignore blocking-call-in-async on this line" in menu
    assert lines[0] == "import asyncio"
    assert "    await asyncio.sleep(1)" in lines


def test_a_finding_is_suppressed(vim: Vim, shop: Path) -> None:
    steps = (
        "Diagnostics([[10, 5]])",
        "cursor(10, 7)",
        'Act("Ignore blocking-call-in-async on this line")',
        "Diagnostics([])",
    )

    *_, (_, lines), _ = vim(shop, *steps)

    assert lines[9].startswith("    time.sleep(1)  # fastidious: ignore[blocking-call-in-async]")


def test_settings_of_the_user_count(vim: Vim, shop: Path) -> None:
    quieter = "{'fastidious': {'severity': {'blocking-call-in-async': 'warning'}}}"

    vim(shop, f"extend(g:, {{'ale_python_fastidious_config': {quieter}}})", "Diagnostics([[10, 5]])", "Severity('W')")
