"""The Git repository around a folder, as far as its files say: no `git` is run."""

# ruff: noqa: PTH110, PTH113 - paths are strings: this is asked every few seconds

from __future__ import annotations

import os
import posixpath
from pathlib import Path
from typing import TYPE_CHECKING

from fastidious_server.workspace.storage.files import Stamp, stamp

if TYPE_CHECKING:
    from collections.abc import Iterator

_POINTER = "gitdir:"
_MARKS = ("HEAD", "index")
"""Files that every change of many files at once touches: a switch of branches, a pull, a stash."""


def repository_around(directory: str) -> str | None:
    """Return the top of the repository that `directory` is in, or None if it is in none."""
    return next((above for above in ancestors(directory) if os.path.exists(f"{above}/.git")), None)


def ancestors(directory: str) -> Iterator[str]:
    """Yield `directory` and all directories around it, the nearest first."""
    yield directory
    while (parent := posixpath.dirname(directory)) != directory:
        directory = parent
        yield directory


def repository_marks(directory: str) -> tuple[Stamp | None, ...]:
    """Return what is different once Git has changed files of the repository that `directory` is in, or ignores others."""
    top = repository_around(directory)
    if top is None:
        return (stamp(f"{directory}/.gitignore"),)
    folder = _git_folder(top)
    above = (each for each in ancestors(directory) if len(each) >= len(top))
    return (
        *(stamp(f"{folder}/{name}") for name in _MARKS),
        *(stamp(f"{each.rstrip('/')}/.gitignore") for each in above),
    )


def _git_folder(top: str) -> str:
    """Return where Git keeps its own files: a linked work tree has a file that names the place."""
    folder = f"{top}/.git"
    if not os.path.isfile(folder):
        return folder
    try:
        text = Path(folder).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return folder
    return posixpath.join(top, text.removeprefix(_POINTER).strip())
