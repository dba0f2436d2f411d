"""Versions of Python and of packages that a project is written for."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING, cast

from fastidious_rules.engine.settings import Target

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from fastidious_server.config.reading import FileReader, TomlFile

_LOCK_FILES = ("uv.lock", "poetry.lock", "pdm.lock")
_LOCKED = re.compile(r'^\[\[package\]\]\r?\nname = "([^"]+)"\r?\nversion = "([^"]+)"', re.MULTILINE)
_PINNED = re.compile(r"^([A-Za-z0-9][\w.-]*)(?:\[[^\]]*\])?\s*===?\s*([0-9][\w.!+]*)", re.MULTILINE)
_REQUIREMENTS = re.compile(r"^requirements[\w.-]*\.txt$")
_DIST_INFO = re.compile(r"^(.+?)-([0-9][^-]*)\.dist-info$")
_REQUIREMENT = re.compile(r"^\s*([A-Za-z0-9][\w.-]*)\s*(?:\[[^\]]*\])?\s*\(?([^;)]*)")
_LOWER_BOUND = re.compile(r"(?:^|,)\s*(?:>=|~=|===?|>|\^|~)\s*v?([0-9]+(?:\.[0-9]+)*(?:[abrc.]+[0-9]+)*)")
_BARE_VERSION = re.compile(r"^\s*([0-9]+(?:\.[0-9]+)*)\s*$")
_PYTHON = re.compile(r"^([0-9]+\.[0-9]+)")
_SEPARATORS = re.compile(r"[-_.]+")
_ENVIRONMENTS = (".venv", "venv")
_UNKNOWN_PYTHON = Target().python
_PROJECT_FILES = ("pyproject.toml", *_LOCK_FILES, "requirements.txt", "setup.cfg", "setup.py")


def holds_project(directory: str, files: FileReader) -> bool:
    """Tell whether versions are to be looked for in `directory`."""
    return any(files.exists(f"{directory}/{name}") for name in _PROJECT_FILES)


def target(directory: str, files: FileReader) -> Target:
    """Return the versions that the project in `directory` is written for, as far as its files say.

    What is locked wins over what is installed, and that over the lower bounds of dependencies.
    """
    project = files.toml(f"{directory}/pyproject.toml")
    packages: dict[str, str] = dict(_lower_bounds(project)) if project else {}
    packages.update(_installed(directory, files))
    packages.update(_locked(directory, files))
    return Target(_python(project) or _UNKNOWN_PYTHON, packages)


def normalized(package: str) -> str:
    """Return the one spelling of a package's name (PEP 503)."""
    return _SEPARATORS.sub("-", package).lower()


def _python(project: TomlFile | None) -> str | None:
    if project is None:
        return None
    declared = (project.table("project") or {}).get("requires-python")
    if declared is None:
        declared = (project.table("tool", "poetry", "dependencies") or {}).get("python")
    bound = lower_bound(declared) if isinstance(declared, str) else None
    match = _PYTHON.match(bound) if bound else None
    return match[1] if match else None


def lower_bound(specifier: str) -> str | None:
    """Return the lowest version that `specifier` names, or None if it has no lower bound."""
    bare = _BARE_VERSION.match(specifier)
    if bare:
        return bare[1]
    found = _LOWER_BOUND.search(specifier)
    return found[1] if found else None


def _lower_bounds(project: TomlFile) -> Iterator[tuple[str, str]]:
    for requirement in _requirements(project):
        match = _REQUIREMENT.match(requirement)
        bound = lower_bound(match[2]) if match else None
        if match and bound:
            yield normalized(match[1]), bound
    for name, value in (project.table("tool", "poetry", "dependencies") or {}).items():
        version = cast("Mapping[str, object]", value).get("version") if isinstance(value, dict) else value
        bound = lower_bound(version) if isinstance(version, str) else None
        if bound and name != "python":
            yield normalized(name), bound


def _requirements(project: TomlFile) -> Iterator[str]:
    groups = [*(project.table("project", "optional-dependencies") or {}).values()]
    groups.extend((project.table("dependency-groups") or {}).values())
    groups.append((project.table("project") or {}).get("dependencies"))
    for group in groups:
        if isinstance(group, list):
            yield from (item for item in cast("list[object]", group) if isinstance(item, str))


def _installed(directory: str, files: FileReader) -> Iterator[tuple[str, str]]:
    """Yield what the project's virtual environment holds, by the names of directories: nothing is run."""
    for environment in _ENVIRONMENTS:
        home = f"{directory}/{environment}"
        if not files.exists(f"{home}/pyvenv.cfg"):
            continue
        for packages in _site_packages(home, files):
            matches = (_DIST_INFO.match(name) for name in files.names(packages))
            yield from ((normalized(match[1]), match[2]) for match in matches if match)
        return


def _site_packages(environment: str, files: FileReader) -> Iterable[str]:
    unix = f"{environment}/lib"
    pythons = [name for name in files.names(unix) if name.startswith("python3")]
    return [*(f"{unix}/{name}/site-packages" for name in pythons), f"{environment}/Lib/site-packages"]


def _locked(directory: str, files: FileReader) -> Iterator[tuple[str, str]]:
    for folder in _up_to_repository(directory, files):
        for name in _LOCK_FILES:
            text = files.text(f"{folder}/{name}")
            if text is not None:
                yield from _pins(_LOCKED, text)
                return
    names = [name for name in files.names(directory) if _REQUIREMENTS.match(name)]
    # requirements.txt last, so that it wins over requirements-dev.txt.
    for name in sorted(names, key=len, reverse=True):
        yield from _pins(_PINNED, files.text(f"{directory}/{name}") or "")


def _pins(pattern: re.Pattern[str], text: str) -> Iterator[tuple[str, str]]:
    return ((normalized(name), version) for name, version in pattern.findall(text))


def _up_to_repository(directory: str, files: FileReader) -> Iterator[str]:
    """Yield `directory` and, up to the top of the repository, the projects around it: they may lock for it."""
    yield directory
    while not files.exists(f"{directory}/.git"):
        directory = posixpath.dirname(directory)
        if directory == posixpath.dirname(directory):
            return
        if files.exists(f"{directory}/pyproject.toml"):
            yield directory
