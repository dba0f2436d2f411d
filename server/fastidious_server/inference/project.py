"""Projects as jedi sees them: sources are read, and nothing of the workspace is imported or run."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import jedi
from jedi.api.environment import SameEnvironment

if TYPE_CHECKING:
    from jedi import Script

    from fastidious_rules.syntax.text import Source

_LIBRARIES = (".venv", "venv")


@lru_cache(maxsize=4)
def _project(root: str) -> jedi.Project:
    libraries = [str(found) for name in _LIBRARIES for found in Path(root, name).glob("lib/python3*/site-packages")]
    return jedi.Project(
        root, load_unsafe_extensions=False, smart_sys_path=False, added_sys_path=[root, f"{root}/src", *libraries]
    )


@lru_cache(maxsize=1)
def _environment() -> SameEnvironment:
    """Return this very interpreter: one that is found in the workspace might be anything."""
    return SameEnvironment()


def script(root: str, path: str, text: str) -> Script:
    """Return jedi's view of one text."""
    return jedi.Script(text, path=path, project=_project(root), environment=_environment())


def position(source: Source, offset: int) -> tuple[int, int]:
    """Return line (from one) and column (in code points) of a byte offset."""
    row, column = source.point(offset)
    return row + 1, len(source.line(row)[:column].decode("utf-8", "replace"))


def offset_of(source: Source, line: int, column: int) -> int:
    """Return the byte offset of a line (from one) and a column in code points."""
    text = source.line(line - 1).decode("utf-8", "replace")
    return source.lines.start(line - 1) + len(text[:column].encode())
