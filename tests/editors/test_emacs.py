"""The clients of Emacs, eglot and lsp-mode, configured by the files in `clients/emacs`, against the real server."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

CLIENTS = Path(__file__).parents[2] / "clients" / "emacs"
HERE = Path(__file__).parent
EGLOT = (HERE / "driver.el", CLIENTS / "fastidious-eglot.el")
LSP_MODE = (HERE / "driver.el", HERE / "driver-lsp-mode.el", CLIENTS / "fastidious-lsp-mode.el")
SECONDS = 120
EMOJI = "    name = '😀👩\u200d🚀é';"


class Emacs(Protocol):
    """Emacs that visits a file, and returns what an expression says there."""

    def __call__(self, path: Path, expression: str) -> Any: ...


def started(executable: str, files: Sequence[Path], home: Path) -> Emacs:
    """Return what starts an Emacs with Lisp files for each visit."""
    load = [option for file in files for option in ("-l", str(file))]

    def visit(path: Path, expression: str) -> Any:
        form = json.dumps(f'(progn (driver-open "{path}") {expression})', ensure_ascii=False)
        evaluate = ("--eval", f"(driver-main {form})")
        command = (executable, "--batch", "--eval", "(package-initialize)", *load, *evaluate)
        done = subprocess.run(command, cwd=home, capture_output=True, text=True, timeout=SECONDS, check=False)
        _, marked, result = done.stdout.rpartition("\nRESULT ")
        assert (done.returncode, marked) == (0, "\nRESULT "), done.stdout + done.stderr
        return json.loads(result)

    return visit


@pytest.fixture
def eglot(editor: Callable[[str], str], home: Path) -> Emacs:
    return started(editor("eglot"), EGLOT, home)


@pytest.fixture
def lsp_mode(editor: Callable[[str], str], home: Path) -> Emacs:
    return started(editor("lsp-mode"), LSP_MODE, home)


@pytest.fixture(params=["eglot", "lsp_mode"])
def emacs(request: pytest.FixtureRequest) -> Emacs:
    return request.getfixturevalue(request.param)


def test_findings_show_up_where_they_are(emacs: Emacs, shop: Path) -> None:
    ((line, column, text),) = emacs(shop, "(driver-diagnostics 1)")

    assert (line, column) == (10, 4)
    assert "`time.sleep` blocks the event loop" in text


def test_findings_follow_edits_also_behind_an_emoji(eglot: Emacs, shop: Path) -> None:
    line = f"{EMOJI} time.sleep(1)"

    assert eglot(shop, f'(driver-diagnostics 1) (driver-put 10 "{line}") (driver-marked "time.sleep(1)")')


def test_the_hover_tells_why(emacs: Emacs, shop: Path) -> None:
    text = emacs(shop, '(driver-diagnostics 1) (driver-go "time.sleep") (driver-hover)')

    assert "blocking-call-in-async" in text
    assert "await asyncio.sleep(1)" in text


def test_a_code_action_fixes_the_buffer(emacs: Emacs, shop: Path) -> None:
    text = emacs(shop, '(driver-diagnostics 1) (driver-go "time.sleep") (driver-act "Await `asyncio.sleep` instead")')

    assert text.startswith("import asyncio\n")
    assert "    await asyncio.sleep(1)\n" in text


def test_saving_applies_the_safe_fixes(eglot: Emacs, shop: Path) -> None:
    eglot(shop, '(driver-diagnostics 1) (driver-put 10 "    time.sleep(2)") (save-buffer)')

    assert "    await asyncio.sleep(2)\n" in shop.read_text("utf-8")


def test_settings_of_the_project_for_eglot_count(eglot: Emacs, shop: Path) -> None:
    quiet = '(:fastidious (:severity (:blocking-call-in-async "hint")))'
    shop.with_name(".dir-locals.el").write_text(f"((nil . ((eglot-workspace-configuration . {quiet}))))\n", "utf-8")

    assert eglot(shop, "(driver-diagnostics 1) (driver-typed 'eglot-note)")
