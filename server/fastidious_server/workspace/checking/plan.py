"""What a check is about: the files that were asked for, and those that say what they mean."""

# ruff: noqa: PTH112 - paths are strings: a search asks about too many to make objects of them
# ruff: noqa: PLC0415 - imported when wanted: every command pays for what it imports

from __future__ import annotations

import hashlib
import os
import posixpath
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple, Protocol

from fastidious_server.workspace.storage.discovery import Exclusion, FoundFile, find_files
from fastidious_server.workspace.storage.files import Stamp, stamp
from fastidious_server.workspace.storage.modules import ModuleNames, project_root

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from fastidious_rules.engine.settings import Settings
    from fastidious_server.workspace.baselines.baseline_file import BaselinePlace
    from fastidious_server.workspace.checking.share import Item


class Excluding(Protocol):
    """Whoever knows what a configuration leaves out."""

    def exclusion(self, directory: str) -> tuple[str, tuple[str, ...]] | None:
        """Return patterns of what is left out below `directory`, and what they are relative to."""
        ...


class Configuration(Excluding, Protocol):
    """Settings of files, from wherever they come."""

    def settings(self, path: str) -> Settings:
        """Return the settings of the file at `path`; those that are equal are the same object."""
        ...

    def excludes(self, path: str) -> bool:
        """Tell whether the file at `path` is left out."""
        ...

    def baseline_place(self, path: str) -> BaselinePlace | None:
        """Return where the baseline is, or belongs, that counts for the file at `path`; None if there shall be none."""
        ...

    def problems(self) -> Sequence[object]:
        """Return what is wrong with the configuration; each says what, where and what is allowed."""
        ...

    def consulted(self) -> Mapping[str, Stamp | None]:
        """Return the stamps of all files that the answers so far depend on."""
        ...


class BrokenConfigurationError(Exception):
    """Configuration with mistakes; the message tells them all."""


class Root(NamedTuple):
    """Tree of files that know of each other."""

    directory: str
    exclusions: tuple[Exclusion, ...] = ()


class Found(NamedTuple):
    """Files of one tree, sorted; `asked` are the paths of those that were asked for."""

    root: Root
    files: list[FoundFile]
    asked: Collection[str]


@dataclass(slots=True)
class Plan:
    """Items of a check, and the settings that they refer to by number."""

    items: list[Item] = field(default_factory=list["Item"])
    settings: list[Settings] = field(default_factory=list["Settings"])
    _numbers: dict[int, int] = field(default_factory=dict[int, int])

    def number_of(self, settings: Settings) -> int:
        """Return the number of `settings`."""
        if id(settings) not in self._numbers:
            self._numbers[id(settings)] = len(self.settings)
            self.settings.append(settings)
        return self._numbers[id(settings)]


def roots_of(paths: Iterable[str], configuration: Excluding) -> list[Root]:
    """Return the trees around `paths`: the projects that hold them, the outermost where they are nested."""
    directories = {project_root(path) or path for path in (_directory(path) for path in paths)}
    outermost = [
        directory
        for directory in sorted(directories)
        if not any(is_below(directory, other) for other in directories if other != directory)
    ]
    return [Root(directory, _exclusions(configuration, directory)) for directory in outermost]


def find(roots: Sequence[Root], paths: Sequence[str]) -> list[Found]:
    """Return the Python files of `roots`, and which of them `paths` ask for."""
    return [_find(root, [path for path in paths if is_below(path, root.directory)]) for root in roots]


def with_texts(found: Found, texts: Mapping[str, bytes]) -> Found:
    """Return `found` with the files that are not on the disk but in `texts`."""
    present = {each.path for each in found.files}
    extra = [path for path in texts if is_below(path, found.root.directory)]
    files = [*found.files, *(FoundFile(path, Stamp(0, len(texts[path]))) for path in extra if path not in present)]
    return Found(found.root, sorted(files), {*found.asked, *extra})


def digest(found: Sequence[Found]) -> str:
    """Return what changes when any of the files does."""
    lines = (
        f"{each.path}\0{each.stamp.modified}\0{each.stamp.size}\0{each.path in tree.asked}"
        for tree in found
        for each in tree.files
    )
    return hashlib.sha256("\n".join(lines).encode("utf-8", "surrogateescape")).hexdigest()


def plan(found: Sequence[Found], paths: Collection[str], configuration: Configuration) -> Plan:
    """Return the items of a check of `paths`; raise `BrokenConfigurationError` if nobody knows how to check them."""
    made = Plan()
    for project, tree in enumerate(found):
        made.items.extend(_items(made, project, tree, paths, configuration))
    problems = configuration.problems()
    if problems:
        raise BrokenConfigurationError("\n".join(str(problem) for problem in problems))
    return made


def _items(
    made: Plan, project: int, tree: Found, paths: Collection[str], configuration: Configuration
) -> Iterator[Item]:
    from fastidious_server.workspace.checking.share import Item

    modules = UniqueNames(tree.root.directory)
    for path, at in tree.files:
        named = path in paths
        checked = named or (path in tree.asked and not configuration.excludes(path))
        settings = made.number_of(configuration.settings(path))
        yield Item(path, modules.name(path), at, project, settings, checked, named)


class UniqueNames:
    """Module names; where two files have the same one, the later is called by its path."""

    def __init__(self, root: str) -> None:
        self._root = root
        self._names = ModuleNames(root)
        self._taken: set[str] = set()

    def name(self, path: str) -> str:
        """Return the name of the module at `path`."""
        name = self._names.name(path)
        if name in self._taken:
            name = posixpath.relpath(path, self._root).removesuffix(".py").replace("/", ".")
        self._taken.add(name)
        return name


def _find(root: Root, paths: list[str]) -> Found:
    files = {each.path: each for each in find_files(root.directory, root.exclusions)}
    asked: set[str] = set()
    for path in paths:
        below = [] if not os.path.isdir(path) else [each for each in files if is_below(each, path)]
        if not below:
            # Named itself, or hidden from a search that starts further up.
            named = _named(path, root)
            files.update((each.path, each) for each in named)
            below = [each.path for each in named]
        asked.update(below)
    return Found(root, sorted(files.values()), asked)


def _named(path: str, root: Root) -> list[FoundFile]:
    if os.path.isdir(path):
        return find_files(path, root.exclusions) if path != root.directory else []
    at = stamp(path)
    return [FoundFile(path, at)] if at is not None else []


def _directory(path: str) -> str:
    return path if os.path.isdir(path) else posixpath.dirname(path)


def _exclusions(configuration: Excluding, directory: str) -> tuple[Exclusion, ...]:
    exclusion = configuration.exclusion(directory)
    return () if exclusion is None else (Exclusion(*exclusion),)


def is_below(path: str, directory: str) -> bool:
    """Tell whether `path` is `directory` or somewhere in it."""
    return path == directory or path.startswith(f"{directory.rstrip('/')}/")
