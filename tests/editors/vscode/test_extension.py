"""The extension by itself: what it declares, and its own tests."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from fastidious_rules import __version__
from tests.editors.vscode.workshop import EXTENSION, LIMIT, UnavailableError, prepare_extension

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.timeout(LIMIT)


@pytest.fixture(scope="module")
def modules() -> Path:
    """Return the folder of the extension, with what it is built and tested with."""
    try:
        return prepare_extension()
    except UnavailableError as error:
        pytest.skip(str(error))


@pytest.mark.parametrize("script", ["check", "test"])
def test_script_of_the_extension_passes(modules: Path, script: str) -> None:
    result = subprocess.run(
        [shutil.which("npm") or "npm", "run", script], cwd=modules, capture_output=True, text=True, check=False
    )

    assert result.returncode == 0, result.stdout + result.stderr


def test_settings_and_schemas_are_up_to_date() -> None:
    command = [sys.executable, "-I", str(EXTENSION / "generate.py")]
    result = subprocess.run(command, capture_output=True, text=True, check=False)

    assert result.returncode == 0, f"These were stale and are rewritten, commit them:\n{result.stdout}{result.stderr}"


def test_extension_and_server_have_one_version() -> None:
    manifest = json.loads((EXTENSION / "package.json").read_text("utf-8"))

    assert manifest["version"] == __version__
