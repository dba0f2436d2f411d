"""Settings of each file of a workspace, from the configuration files around it."""

# ruff: noqa: PLC0415 - imported when wanted: every command pays for what it imports

from __future__ import annotations

import posixpath
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeVar

from fastidious_rules.engine.baseline import Baseline
from fastidious_rules.engine.settings import Target
from fastidious_server.config.baselines import BASELINE, FoundBaseline, baseline_in, baseline_name
from fastidious_server.config.fastidious_file import Loaded, dotted, load
from fastidious_server.config.problem import Problem
from fastidious_server.config.pytest_settings import pytest_settings
from fastidious_server.config.reading import FileReader
from fastidious_server.config.ruff import Selection, selection_in
from fastidious_server.config.scope import DefaultScope, Scope, configured_scope
from fastidious_server.config.settings import Surroundings
from fastidious_server.config.versions import holds_project, target
from fastidious_server.workspace.baselines.baseline_file import BaselinePlace
from fastidious_server.workspace.storage.modules import project_root

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from fastidious_rules.engine.settings import Settings
    from fastidious_server.config.known_rule import KnownRule
    from fastidious_server.config.model import FastidiousTable
    from fastidious_server.workspace.storage.files import Stamp

_EVERYWHERE = "/"
_Found = TypeVar("_Found")
_NAMES = frozenset({
    BASELINE, ".pytest.ini", ".ruff.toml", "fastidious.toml", "pdm.lock", "poetry.lock", "pyproject.toml", "pytest.ini",
    "ruff.toml", "setup.cfg", "tox.ini", "uv.lock",
})  # fmt: skip


@dataclass(slots=True)
class _Known:
    """What was found out since the last change, by directory."""

    files: FileReader = field(default_factory=FileReader)
    scopes: dict[str, Scope | DefaultScope] = field(default_factory=dict[str, Scope | DefaultScope])
    targets: dict[str, Target | None] = field(default_factory=dict[str, "Target | None"])
    pytest: dict[str, Mapping[str, str] | None] = field(default_factory=dict[str, "Mapping[str, str] | None"])
    ruff: dict[str, Selection | None] = field(default_factory=dict[str, "Selection | None"])
    loaded: dict[str, Loaded | None] = field(default_factory=dict[str, "Loaded | None"])
    baselines: dict[str, dict[str, FoundBaseline | None]] = field(
        default_factory=dict[str, "dict[str, FoundBaseline | None]"]
    )
    muted: dict[Selection, frozenset[str]] = field(default_factory=dict[Selection, "frozenset[str]"])
    shared: dict[object, Scope | DefaultScope] = field(default_factory=dict[object, Scope | DefaultScope])


class Configurations:
    """Configuration of a workspace: found for each file where that file is, remembered until a file changes.

    A file that breaks keeps its last good configuration; what is wrong with it is among the problems.
    `equivalents` gives the names that a rule has in other tools.
    """

    def __init__(
        self,
        rules: Callable[[], Mapping[str, KnownRule]],
        equivalents: Callable[[str], tuple[str, ...]],
        *,
        isolated: bool = False,
    ) -> None:
        self._rules = rules
        self._equivalents = equivalents
        self._isolated = isolated
        self._overrides: dict[str, FastidiousTable] = {}
        self._override_problems: tuple[Problem, ...] = ()
        self._last_good: dict[str, FastidiousTable] = {}
        self._known = _Known()

    def override(
        self,
        origin: str,
        raw: Mapping[str, object],
        folders: Mapping[str, Mapping[str, object]] = MappingProxyType({}),
    ) -> tuple[Problem, ...]:
        """Put `raw`, which came from `origin`, on top of all files, as far as it is right; return what is not.

        Below one of `folders`, what that says counts in its place.
        """
        self._known = _Known()
        self._overrides.clear()
        problems: dict[Problem, None] = {}
        for folder, table in ((_EVERYWHERE, raw), *folders.items()):
            problems.update(dict.fromkeys(self._put_on_top(origin, folder, table)))
        self._override_problems = tuple(problems)
        return self._override_problems

    def settings(self, path: str) -> Settings:
        """Return the settings of the file at the absolute `path`."""
        return self._scope(posixpath.dirname(path)).settings(path)

    def excludes(self, path: str) -> bool:
        """Tell whether the configuration around `path` leaves that file out."""
        return self._scope(posixpath.dirname(path)).excludes(path)

    def exclusion(self, directory: str) -> tuple[str, tuple[str, ...]] | None:
        """Return what is left out below `directory` as patterns, and the directory that they are relative to."""
        return self._scope(directory).exclusion()

    def file_for(self, path: str) -> Loaded | None:
        """Return the configuration file that counts for the file at `path`, if there is one."""
        return self._nearest(posixpath.dirname(path), self._load, self._known.loaded)

    def selected_on_top(self, path: str) -> Sequence[str]:
        """Return what is selected on top of the files that count for `path`: what these ignore of it is on again."""
        overrides = self._overrides.get(self._folder(posixpath.dirname(path)))
        return () if overrides is None else overrides.select

    def problems(self) -> list[Problem]:
        """Return what is wrong in the files read so far, and in what was put on top of them."""
        found = {loaded.path: loaded.problems for loaded in self._known.loaded.values() if loaded is not None}
        for baselines in self._known.baselines.values():
            found |= {each.place.path: (each.problem,) for each in baselines.values() if each and each.problem}
        return [*self._override_problems, *sorted(problem for problems in found.values() for problem in problems)]

    def baseline_place(self, path: str) -> BaselinePlace | None:
        """Return where the baseline is, or belongs, that counts for the file at `path`; None if there shall be none."""
        directory = posixpath.dirname(path)
        loaded = self._nearest(directory, self._load, self._known.loaded)
        name = baseline_name(loaded, self._overrides.get(self._folder(directory)))
        if not name:
            return None
        found = self._baseline(directory, loaded)
        top = loaded.directory if loaded is not None else project_root(directory) or directory
        return found.place if found is not None else BaselinePlace(top, f"{top.rstrip('/')}/{name}")

    def consulted(self) -> Mapping[str, Stamp | None]:
        """Return the stamps of the files that the settings given so far depend on."""
        return MappingProxyType(self._known.files.consulted)

    def is_configuration(self, path: str) -> bool:
        """Tell whether settings may depend on the file at `path`."""
        name = posixpath.basename(path)
        is_named = name in _NAMES or (name.startswith("requirements") and name.endswith(".txt"))
        return is_named or (name.endswith(".json") and path in self._known.files.consulted)

    def invalidate(self, path: str) -> None:
        """Forget what depends on the file at `path`."""
        if self.is_configuration(path) or path in self._known.files.consulted:
            self._known = _Known()

    def refresh(self) -> bool:
        """Forget what depends on files that changed, and tell whether any did."""
        is_changed = bool(self._known.files.changed())
        if is_changed:
            self._known = _Known()
        return is_changed

    def _put_on_top(self, origin: str, folder: str, raw: Mapping[str, object]) -> Iterator[Problem]:
        if not raw:
            return
        from fastidious_server.config.validation import validated

        result = validated(raw, self._rules())
        self._overrides[folder] = result.table
        for mistake in result.mistakes:
            yield Problem(origin, 0, 0, 0, dotted(mistake.path), mistake.message)

    def _scope(self, directory: str) -> Scope | DefaultScope:
        known = self._known
        if directory not in known.scopes:
            loaded = self._nearest(directory, self._load, known.loaded)
            parts = (
                loaded,
                self._nearest(directory, self._target, known.targets),
                self._nearest(directory, lambda above: pytest_settings(above, known.files), known.pytest),
                None if self._isolated else self._nearest(directory, self._ruff, known.ruff),
                None if self._isolated else self._baseline(directory, loaded),
            )
            folder = self._folder(directory)
            # Directories for which the same files count share one scope, and so their settings.
            key = (folder, *(id(part) for part in parts))
            if key not in known.shared:
                known.shared[key] = self._new_scope(folder, *parts)
            known.scopes[directory] = known.shared[key]
        return known.scopes[directory]

    def _folder(self, directory: str) -> str:
        """Return the innermost folder around `directory` that something was put on top of."""
        inside = f"{directory.rstrip('/')}/"
        around = [folder for folder in self._overrides if inside.startswith(f"{folder.rstrip('/')}/")]
        return max(around, key=len, default=_EVERYWHERE)

    def _new_scope(
        self,
        folder: str,
        loaded: Loaded | None,
        found: Target | None,
        pytest: Mapping[str, str] | None,
        ruff: Selection | None,
        known: FoundBaseline | None,
    ) -> Scope | DefaultScope:
        muted = self._muted(ruff) if ruff is not None else frozenset[str]()
        baseline = known.baseline if known is not None else Baseline()
        surroundings = Surroundings(found or Target(), pytest or MappingProxyType({}), muted, baseline)
        overrides = self._overrides.get(folder)
        if (loaded is None or loaded.table is None) and overrides is None:
            return DefaultScope(surroundings)
        directory = folder if loaded is None else loaded.directory
        table = None if loaded is None else loaded.table
        return configured_scope(directory, (table, overrides), surroundings, self._rules())

    def _nearest(
        self, directory: str, find: Callable[[str], _Found | None], known: dict[str, _Found | None]
    ) -> _Found | None:
        """Return what `find` finds in `directory` or in the nearest directory above."""
        missing: list[str] = []
        found: _Found | None = None
        while directory not in known:
            missing.append(directory)
            found = known[directory] = find(directory)
            parent = posixpath.dirname(directory)
            if found is not None or parent == directory:
                break
            directory = parent
        else:
            found = known[directory]
        known.update(dict.fromkeys(missing, found))
        return found

    def _load(self, directory: str) -> Loaded | None:
        if self._isolated:
            return None
        loaded = load(directory, self._known.files, self._rules)
        if loaded is None:
            return None
        if not loaded.problems and loaded.table is not None:
            self._last_good[loaded.path] = loaded.table
        return loaded._replace(table=self._last_good.get(loaded.path, loaded.table))

    def _baseline(self, directory: str, loaded: Loaded | None) -> FoundBaseline | None:
        name, known = baseline_name(loaded, self._overrides.get(self._folder(directory))), self._known
        found = known.baselines.setdefault(name, {})
        return self._nearest(directory, lambda above: baseline_in(above, name, known.files), found)

    def _target(self, directory: str) -> Target | None:
        files = self._known.files
        return target(directory, files) if holds_project(directory, files) else None

    def _ruff(self, directory: str) -> Selection | None:
        return selection_in(directory, self._known.files)

    def _muted(self, selection: Selection) -> frozenset[str]:
        muted = self._known.muted
        if selection not in muted:
            muted[selection] = frozenset(name for name in self._rules() if selection.covers(self._equivalents(name)))
        return muted[selection]
