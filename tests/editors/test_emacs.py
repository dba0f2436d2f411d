"""Emacs' own client, eglot, configured by the file in `clients/emacs`, against the real server."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

CLIENT = Path(__file__).parents[2] / "clients" / "emacs" / "fastidious-eglot.el"
DRIVER = Path(__file__).with_name("driver.el")
SECONDS = 120
EMOJI = "    name = '😀👩\u200d🚀é';"


class Emacs(Protocol):
    """Emacs that visits a file, and returns what an expression says there."""

    def __call__(self, path: Path, expression: str) -> Any: ...


@pytest.fixture
def emacs(editor: Callable[[str], str], home: Path) -> Emacs:
    def visit(path: Path, expression: str) -> Any:
        form = f'(progn (driver-open "{path}") {expression})'
        load = ("--eval", "(package-initialize)", "-l", str(DRIVER), "-l", str(CLIENT))
        command = (editor("emacs"), "--batch", *load, "--eval", f"(driver-main {json.dumps(form, ensure_ascii=False)})")
        done = subprocess.run(command, cwd=home, capture_output=True, text=True, timeout=SECONDS, check=False)
        _, marked, result = done.stdout.rpartition("\nRESULT ")
        assert (done.returncode, marked) == (0, "\nRESULT "), done.stdout + done.stderr
        return json.loads(result)

    return visit


def test_findings_show_up_where_they_are(emacs: Emacs, shop: Path) -> None:
    ((line, column, text),) = emacs(shop, "(driver-diagnostics 1)")

    assert (line, column) == (10, 4)
    assert "blocking-call-in-async" in text
    assert "`time.sleep` blocks the event loop" in text


def test_findings_follow_edits_also_behind_an_emoji(emacs: Emacs, shop: Path) -> None:
    line = f"{EMOJI} time.sleep(1)"

    assert emacs(shop, f'(driver-diagnostics 1) (driver-put 10 "{line}") (driver-marked "time.sleep(1)")')


def test_eldoc_tells_why(emacs: Emacs, shop: Path) -> None:
    text = emacs(shop, '(driver-diagnostics 1) (driver-go "time.sleep") (driver-hover)')

    assert "What happens" in text
    assert "await asyncio.sleep(1)" in text


def test_a_code_action_fixes_the_buffer(emacs: Emacs, shop: Path) -> None:
    text = emacs(shop, '(driver-diagnostics 1) (driver-go "time.sleep") (driver-act "Await `asyncio.sleep`")')

    assert text.startswith("import asyncio\n")
    assert "    await asyncio.sleep(1)\n" in text


def test_saving_applies_the_safe_fixes(emacs: Emacs, shop: Path) -> None:
    emacs(shop, '(driver-diagnostics 1) (driver-put 10 "    time.sleep(2)") (save-buffer)')

    assert "    await asyncio.sleep(2)\n" in shop.read_text("utf-8")
