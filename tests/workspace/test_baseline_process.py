"""Baselines that an editor has written: unsaved texts count, and what goes wrong is said."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fastidious_server.workspace.background import BaselineError
from fastidious_server.workspace.baselines.baseline_file import parsed
from fastidious_server.workspace.baselines.baseline_process import BaselineProcess

if TYPE_CHECKING:
    from pathlib import Path

SLEEPING = "import time\n\n\nasync def wait() -> None:\n    time.sleep(1)\n"


@pytest.mark.asyncio
async def test_unsaved_texts_count_in_the_place_of_files(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("")
    (tmp_path / "app.py").write_text("x = 1\n")

    said = await BaselineProcess().write([str(tmp_path)], {f"{tmp_path}/app.py": SLEEPING})

    assert said.endswith(".fastidious-baseline.json knows 1 finding.")
    [known] = parsed((tmp_path / ".fastidious-baseline.json").read_text())["app.py"]
    assert (known.rule, known.symbol) == ("blocking-call-in-async", "wait")


@pytest.mark.asyncio
async def test_reason_why_nothing_is_written_is_raised(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.fastidious]\nprofil = 1\n")
    (tmp_path / "app.py").write_text("x = 1\n")

    with pytest.raises(BaselineError, match="unknown key `profil`"):
        await BaselineProcess().write([str(tmp_path)], {})
