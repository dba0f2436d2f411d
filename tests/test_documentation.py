"""The pages on rules say what the guides say."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

GENERATE = Path(__file__).parent.parent / "docs" / "generate.py"


def test_pages_on_rules_are_up_to_date() -> None:
    result = subprocess.run([sys.executable, "-I", str(GENERATE)], capture_output=True, text=True, check=False)

    assert result.returncode == 0, f"These were stale and are rewritten, commit them:\n{result.stdout}{result.stderr}"
