"""What Git ignores: the nested `.gitignore` files of a tree."""

# ruff: noqa: PTH110 - paths are strings: a search asks about too many to make objects of them

from __future__ import annotations

import os
import posixpath
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from pathspec import GitIgnoreSpec

_IGNORE_FILE = ".gitignore"


@dataclass(frozen=True, slots=True)
class Ignores:
    """Patterns that hold in one directory: its own, and those of the directories above."""

    directory: str
    spec: GitIgnoreSpec
    above: Ignores | None = None

    def ignores(self, path: str, *, is_directory: bool) -> bool:
        """Tell whether `path` is ignored: the deepest file that says anything about it decides."""
        relative = path[len(self.directory) + 1 :] + ("/" if is_directory else "")
        verdict = self.spec.check_file(relative).include
        if verdict is not None:
            return verdict
        return self.above is not None and self.above.ignores(path, is_directory=is_directory)


def ignores_in(directory: str, above: Ignores | None) -> Ignores | None:
    """Return the ignores that hold in `directory`, which has a `.gitignore`."""
    try:
        text = Path(directory, _IGNORE_FILE).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return above
    spec = _spec(text)
    return Ignores(directory.rstrip("/"), spec, above) if spec else above


def ignores_above(root: str) -> Ignores | None:
    """Return what the repository around `root` ignores, but for patterns that hide `root` itself."""
    found: Ignores | None = None
    for directory in _directories_to_repository(root):
        nested = ignores_in(directory, None)
        if nested is not None and not nested.ignores(root, is_directory=True):
            found = Ignores(nested.directory, nested.spec, found)
    return found


def patterns_spec(patterns: tuple[str, ...]) -> GitIgnoreSpec:
    """Return what matches `patterns`, which are written as those of a `.gitignore`."""
    return GitIgnoreSpec.from_lines(patterns)


@lru_cache(maxsize=64)
def _spec(text: str) -> GitIgnoreSpec | None:
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    if not lines:
        return None
    return GitIgnoreSpec.from_lines(lines)


def _directories_to_repository(root: str) -> list[str]:
    """Return the directories above `root` up to the top of its repository, outermost first; none outside one."""
    directories: list[str] = []
    directory = root
    while not os.path.exists(f"{directory}/.git"):
        parent = posixpath.dirname(directory)
        if parent == directory:
            return []
        directories.append(parent)
        directory = parent
    return directories[::-1]
