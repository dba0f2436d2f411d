"""Dotted names of modules, from where their files are."""

# ruff: noqa: PTH110, PTH111 - paths are strings: a search asks about too many to make objects of them

from __future__ import annotations

import os
import posixpath
from functools import lru_cache

_PROJECT_FILES = ("pyproject.toml", "fastidious.toml", "setup.cfg")
_SOURCE_FOLDER = "src"


class ModuleNames:
    """Names of the modules under one root, remembered per directory."""

    def __init__(self, root: str) -> None:
        self._root = root
        self._packages: dict[str, str] = {}

    def name(self, path: str) -> str:
        """Return the dotted name that `path` is imported by, empty for an `__init__.py` outside packages."""
        directory, filename = posixpath.split(path)
        package = self._package(directory)
        stem = filename.removesuffix(".py").removesuffix(".pyi")
        if stem == "__init__":
            return package
        return f"{package}.{stem}" if package else stem

    def forget(self) -> None:
        """Forget all directories, after an `__init__.py` came or went."""
        self._packages.clear()

    def _package(self, directory: str) -> str:
        known = self._packages.get(directory)
        if known is None:
            known = self._packages[directory] = self._find_package(directory)
        return known

    def _find_package(self, directory: str) -> str:
        parent, name = posixpath.split(directory)
        if self._is_in_package(directory):
            above = self._package(parent)
            return f"{above}.{name}" if above and name.isidentifier() else ""
        is_package = name.isidentifier() and os.path.exists(f"{directory}/__init__.py")
        return name if is_package else self._namespace(directory)

    def _namespace(self, directory: str) -> str:
        """Return the name of a directory outside packages, relative to where imports start."""
        if directory == self._root or not directory.startswith(f"{self._root.rstrip('/')}/"):
            return ""
        parent, name = posixpath.split(directory)
        if not name.isidentifier() or self._starts_imports(directory):
            return ""
        above = self._namespace(parent)
        return f"{above}.{name}" if above else name

    def _is_in_package(self, directory: str) -> bool:
        """Tell whether a directory above is a package with an `__init__.py`, and no project begins in between."""
        while not self._starts_imports(directory) and directory != posixpath.dirname(directory):
            directory = posixpath.dirname(directory)
            if os.path.exists(f"{directory}/__init__.py"):
                return True
        return False

    def _starts_imports(self, directory: str) -> bool:
        parent, name = posixpath.split(directory)
        if name == _SOURCE_FOLDER and (parent == self._root or _holds_project(parent)):
            return True
        return _holds_project(directory)


def module_name(path: str) -> str:
    """Return the dotted name of a file by itself, from the packages and the project around it."""
    directory = posixpath.dirname(path)
    return ModuleNames(project_root(directory) or directory).name(path) or posixpath.basename(directory)


def root_of(path: str) -> str:
    """Return the directory of the project that the file at `path` belongs to, empty if it is in none."""
    return _root_of_directory(posixpath.dirname(path)) if path.startswith("/") else ""


@lru_cache(maxsize=4096)
def _root_of_directory(directory: str) -> str:
    return project_root(directory) or ""


def project_root(path: str) -> str | None:
    """Return the nearest directory at or above `path` that holds a project, but not the home directory."""
    home = os.path.expanduser("~")
    directory = path
    while directory not in {home, posixpath.dirname(directory)}:
        if _holds_project(directory):
            return directory
        directory = posixpath.dirname(directory)
    return None


def _holds_project(directory: str) -> bool:
    if any(os.path.exists(f"{directory}/{name}") for name in _PROJECT_FILES):
        return True
    # In a package, a module called `setup` sets up whatever the package is about.
    return os.path.exists(f"{directory}/setup.py") and not os.path.exists(f"{directory}/__init__.py")
