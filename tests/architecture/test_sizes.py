"""Our own rules run on our own code, and files stay small."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MOST_FILE_LINES = 300
OWN_CODE = ("rules", "server", "benchmarks", "clients", "docs", "examples/demo.py", "examples/walkthrough")
FACADES = frozenset({"rules/fastidious_rules/api.py"})
"""Files that only list what others may import."""
SOURCES = sorted(path.relative_to(ROOT) for folder in ("rules", "server") for path in (ROOT / folder).rglob("*.py"))


def test_our_own_code_passes_all_our_rules() -> None:
    """All of them: also functions of at most twenty lines of code, the card's own limit."""
    command = [
        sys.executable,
        "-Im",
        "fastidious_server",
        "check",
        "--isolated",
        "--no-cache",
        "--select",
        "ALL",
        *OWN_CODE,
    ]

    checked = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert (checked.returncode, checked.stdout.splitlines()[:-1]) == (0, [])


@pytest.mark.parametrize("path", SOURCES, ids=str)
def test_files_have_at_most_three_hundred_lines(path: Path) -> None:
    assert path.as_posix() in FACADES or len((ROOT / path).read_text("utf-8").splitlines()) <= MOST_FILE_LINES
