"""What a user of an editor has: an editor, Fastidious on the path, and a small backend."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.editors.install import REPORT, ROOT

if TYPE_CHECKING:
    from collections.abc import Callable

SHOP = """\
import time

from fastapi import FastAPI

app = FastAPI()


@app.get("/books")
async def list_books() -> list[str]:
    time.sleep(1)
    return []
"""
"""Backend with one finding, `blocking-call-in-async` in line 10, whose fix is safe."""


@pytest.fixture(scope="session")
def editor() -> Callable[[str], str]:
    """Return what gives the path of an editor; a test that asks for one that cannot be had is skipped."""
    written = ROOT / REPORT
    report = json.loads(written.read_text("utf-8")) if written.exists() else {}

    def path(name: str) -> str:
        result = report.get(name, {"reason": f"whether there is {name} is not known yet: make editors"})
        return result["path"] if "path" in result else pytest.skip(result["reason"])

    return path


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Home folder of somebody who has Fastidious on the path, and nothing else that an editor might read."""
    folder = tmp_path / "home"
    folder.mkdir()
    monkeypatch.setenv("HOME", str(folder))
    for name in ("CONFIG", "DATA", "STATE", "CACHE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(folder / name.lower()))
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    return folder


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """Return the one module of a backend."""
    folder = tmp_path / "shop"
    folder.mkdir()
    (folder / "pyproject.toml").write_text('[project]\nname = "shop"\n', "utf-8")
    module = folder / "main.py"
    module.write_text(SHOP, "utf-8")
    return module
