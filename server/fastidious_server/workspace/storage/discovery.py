"""Python files of a directory tree: what belongs to the project, found without reading any file."""

# ruff: noqa: PTH110 - paths are strings: a search asks about too many to make objects of them
# ruff: noqa: PLC0415 - imported when wanted: every command pays for what it imports

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from fastidious_server.workspace.storage.files import Stamp
from fastidious_server.workspace.storage.generated import is_generated_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pathspec import GitIgnoreSpec

    from fastidious_server.workspace.storage.ignores import Ignores

_FOREIGN = frozenset({"__pycache__", "__pypackages__", "node_modules", "site-packages", "dist-packages"})
_BUILD = frozenset({"_build", "build", "buck-out", "dist"})
_ENVIRONMENT_MARKS = frozenset({"pyvenv.cfg", "conda-meta"})


class FoundFile(NamedTuple):
    """Python file of a tree, with its stamp."""

    path: str
    stamp: Stamp


@dataclass(frozen=True, slots=True)
class Exclusion:
    """Patterns, written as in a `.gitignore`, of what a configuration leaves out below `directory`."""

    directory: str
    patterns: tuple[str, ...]


@dataclass(slots=True)
class _Walk:
    """Search of one tree."""

    excluded: list[tuple[str, GitIgnoreSpec]]
    only: str = ""
    """Path of the one file that is wanted, empty for all."""
    found: list[FoundFile] = field(default_factory=list[FoundFile])

    def directory(self, path: str, ignores: Ignores | None, *, is_root: bool = False) -> None:
        """Add the Python files below `path`."""
        entries = _entries(path)
        names = {entry.name for entry in entries}
        if not is_root and _is_foreign(path, names):
            return
        if ".gitignore" in names:
            # Imported late: pathspec costs more than the search of a small tree.
            from fastidious_server.workspace.storage.ignores import ignores_in

            ignores = ignores_in(path, ignores)
        for entry in entries:
            self._entry(path, entry, ignores)

    def _entry(self, directory: str, entry: os.DirEntry[str], ignores: Ignores | None) -> None:
        name = entry.name
        if name.startswith(".") or name in _FOREIGN:
            return
        path = f"{directory.rstrip('/')}/{name}"
        if self.only and self.only != path and not self.only.startswith(f"{path}/"):
            return
        if entry.is_dir(follow_symlinks=False):
            if not self._is_left_out(path, ignores, is_directory=True):
                self.directory(path, ignores)
        elif _is_source(name, entry) and not self._is_left_out(path, ignores, is_directory=False):
            self._add(path, entry)

    def _is_left_out(self, path: str, ignores: Ignores | None, *, is_directory: bool) -> bool:
        if ignores is not None and ignores.ignores(path, is_directory=is_directory):
            return True
        suffix = "/" if is_directory else ""
        return any(
            path.startswith(base) and spec.match_file(path[len(base) :] + suffix) for base, spec in self.excluded
        )

    def _add(self, path: str, entry: os.DirEntry[str]) -> None:
        try:
            status = entry.stat(follow_symlinks=False)
        except OSError:
            return  # removed meanwhile
        self.found.append(FoundFile(path, Stamp(status.st_mtime_ns, status.st_size)))


def find_files(root: str, exclusions: tuple[Exclusion, ...] = ()) -> list[FoundFile]:
    """Return the Python files below `root`, sorted by path.

    Left out are hidden directories, virtual environments, installed packages, build results, compiled
    protocol buffers, symbolic links, what Git ignores and what `exclusions` name; never `root` itself.
    """
    walk = _Walk(list(_compiled(exclusions)))
    walk.directory(root, _ignores_above(root), is_root=True)
    walk.found.sort()
    return walk.found


def find_file(path: str, root: str, exclusions: tuple[Exclusion, ...] = ()) -> FoundFile | None:
    """Return the file at `path` if `find_files` would find it below `root`."""
    walk = _Walk(list(_compiled(exclusions)), path)
    walk.directory(root, _ignores_above(root), is_root=True)
    return walk.found[0] if walk.found else None


def _is_source(name: str, entry: os.DirEntry[str]) -> bool:
    return name.endswith(".py") and not is_generated_name(name) and entry.is_file(follow_symlinks=False)


def _entries(path: str) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(path) as entries:
            return list(entries)
    except OSError:
        return []


def _is_foreign(path: str, names: set[str]) -> bool:
    if not _ENVIRONMENT_MARKS.isdisjoint(names):
        return True
    return path.rpartition("/")[2] in _BUILD and "__init__.py" not in names


def _compiled(exclusions: tuple[Exclusion, ...]) -> Iterator[tuple[str, GitIgnoreSpec]]:
    for exclusion in exclusions:
        if exclusion.patterns:
            from fastidious_server.workspace.storage.ignores import patterns_spec

            yield f"{exclusion.directory.rstrip('/')}/", patterns_spec(exclusion.patterns)


def _ignores_above(root: str) -> Ignores | None:
    if _is_repository(root):
        return None
    from fastidious_server.workspace.storage.ignores import ignores_above

    return ignores_above(root)


def _is_repository(root: str) -> bool:
    return os.path.exists(f"{root}/.git")
