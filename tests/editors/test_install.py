"""Installing editors ends with a path or with a reason, whatever the machine is like."""

from __future__ import annotations

import shutil
import sys
from typing import TYPE_CHECKING

from tests.editors import install
from tests.editors.install import Editor, prepare

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import pytest

FINE = (sys.executable, "-c", "pass")


def editor(*steps: Sequence[str], needs_root: bool = False) -> Editor:
    """Return an editor that is there once a step has made a link of that name to this interpreter."""

    def find(folder: Path) -> str | None:
        return str(folder / "editor") if (folder / "editor").exists() else None

    return Editor("editor", find, ("-c", "pass"), lambda _folder: steps, needs_root)


def linking(folder: Path) -> Sequence[str]:
    """Return the step that brings the editor."""
    return (sys.executable, "-c", f"import os; os.symlink({sys.executable!r}, {str(folder / 'editor')!r})")


def test_what_is_there_is_not_installed(tmp_path: Path) -> None:
    (tmp_path / "editor").symlink_to(sys.executable)

    assert prepare(editor(), tmp_path) == {"path": str(tmp_path / "editor")}


def test_what_is_missing_is_installed(tmp_path: Path) -> None:
    assert prepare(editor(FINE, linking(tmp_path)), tmp_path) == {"path": str(tmp_path / "editor")}


def test_a_step_that_fails_is_told_with_its_last_words(tmp_path: Path) -> None:
    step = (sys.executable, "-c", "raise SystemExit('no space left')")

    reason = prepare(editor(step, linking(tmp_path)), tmp_path)["reason"]

    assert reason.endswith("ended with 1: no space left")


def test_a_step_that_hangs_is_ended_with_all_that_it_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(install, "_SECONDS_TO_INSTALL", 0.2)

    reason = prepare(editor(("/bin/sh", "-c", "sleep 1000 | sleep 1000")), tmp_path)["reason"]

    assert reason == "not done after 0 s: /bin/sh -c sleep 1000 | sleep 1000"


def test_a_program_that_does_not_exist_is_told(tmp_path: Path) -> None:
    assert "No such file" in prepare(editor(("no-such-installer",)), tmp_path)["reason"]


def test_an_editor_that_cannot_be_used_after_all_is_told(tmp_path: Path) -> None:
    assert prepare(editor(FINE), tmp_path)["reason"] == f"editor cannot be used after: {' '.join(FINE)}"


def test_whoever_is_not_root_is_told_what_root_would_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _name: None)

    reason = prepare(editor(("apt-get", "install", "editor"), needs_root=True), tmp_path)["reason"]

    assert reason == "editor is not installed; root on Debian would get it with: apt-get install editor"
