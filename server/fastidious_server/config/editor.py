"""Configuration as the language server wants it: from files, and from the editor on top of them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple, cast

from fastidious_server.config.fastidious_file import dotted
from fastidious_server.config.homes import home_of
from fastidious_server.workspace.ports import (
    ConfigurationHome,
    ConfigurationProblem,
    DiagnosticMode,
    Obstacle,
    Preferences,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fastidious_rules.engine.finding import Edit
    from fastidious_rules.engine.settings import Settings
    from fastidious_server.config.configurations import Configurations
    from fastidious_server.config.editor_options import EditorOptions
    from fastidious_server.config.problem import Problem

_NOTHING: Mapping[str, object] = MappingProxyType({})
_ORIGIN = "the editor's settings"
_FOREIGN = ("/site-packages/", "/dist-packages/", "/node_modules/")


class _Taken(NamedTuple):
    """Options as far as they are right: the table of those about rules, the others, and mistakes."""

    table: dict[str, object]
    preferences: Preferences
    mistakes: tuple[str, ...]


_UNSET = _Taken({}, Preferences(), ())


class EditorConfiguration:
    """Settings of the documents of an editor. Documents that are no part of the project have none."""

    def __init__(self, configurations: Configurations) -> None:
        self._configurations = configurations
        self._preferences = Preferences()
        self._roots: tuple[str, ...] = ()
        self._everywhere: dict[str, object] = {}
        self._by_folder: dict[str, dict[str, object]] = {}

    @property
    def preferences(self) -> Preferences:
        """What the editor has chosen for itself."""
        return self._preferences

    def set_roots(self, roots: Sequence[str]) -> None:
        """Take note of the folders that the editor has open, whose options are relative to them."""
        self._roots = tuple(roots)
        if self._everywhere or self._by_folder:
            self._put_on_top()

    def set_client_options(self, options: object, folders: Mapping[str, object] = _NOTHING) -> Sequence[str]:
        """Take the editor's options, whatever it sent, and return what is wrong with them.

        Where it has others for one of its folders, they count below that folder.
        """
        taken = {folder: _split(found) for folder, found in {"": options, **folders}.items() if found is not None}
        everywhere = taken.pop("", _UNSET)
        self._preferences = everywhere.preferences
        self._everywhere = everywhere.table
        self._by_folder = {folder: split.table for folder, split in taken.items()}
        mistakes = [*everywhere.mistakes, *(mistake for split in taken.values() for mistake in split.mistakes)]
        return list(dict.fromkeys([*mistakes, *self._put_on_top()]))

    def settings_for(self, path: str) -> Settings | None:
        """Return the settings of a file, or None if it is not to be reviewed.

        A document that is on no disk is taken for one of the first folder.
        """
        if not _is_absolute(path):
            name = path.rpartition("/")[2].rpartition(":")[2]
            return self._configurations.settings(f"{next(iter(self._roots), '').rstrip('/')}/{name}")
        if any(folder in path for folder in _FOREIGN) or self._configurations.excludes(path):
            return None
        return self._configurations.settings(path)

    def home(self, path: str) -> ConfigurationHome:
        """Return the configuration file that is to be changed for the sake of the file at `path`."""
        found = home_of(path, self._configurations, self._roots)
        return ConfigurationHome(found.path, found.is_new)

    def deactivation(self, path: str, rule: str, text: bytes) -> Edit | Obstacle:
        """Return the edit of the file at `home`, which has this `text`, that turns `rule` off; or why there is none."""
        # Imported here: few sessions change a configuration.
        from fastidious_rules.engine.fix import difference  # noqa: PLC0415
        from fastidious_server.config.deactivation import UnchangeableError, with_ignored  # noqa: PLC0415

        if rule in self._configurations.selected_on_top(path):
            return Obstacle(f"`select` in {_ORIGIN} names {rule}, which counts more; remove it there")
        home = home_of(path, self._configurations, self._roots)
        try:
            changed = with_ignored(text.decode("utf-8"), home.table, rule)
        except (UnchangeableError, UnicodeDecodeError) as error:
            return Obstacle(str(error))
        edit = difference(text, changed.encode())
        return Obstacle("it says so already") if edit is None else edit._replace(path=home.path)

    def problems(self) -> Sequence[ConfigurationProblem]:
        """Return what is wrong with the configuration files of all folders, and those read so far."""
        for root in self._roots:
            self._configurations.exclusion(root)
        return [_placed(problem) for problem in self._configurations.problems() if problem.line]

    def files(self) -> Sequence[str]:
        """Return the paths of the configuration files that the settings given so far come from."""
        consulted = self._configurations.consulted()
        return sorted(path for path, stamp in consulted.items() if stamp is not None and self.is_configuration(path))

    def is_configuration(self, path: str) -> bool:
        """Tell whether the settings may depend on the file at `path`."""
        return self._configurations.is_configuration(path)

    def invalidate(self, path: str) -> None:
        """Read again what depends on the file at `path`."""
        self._configurations.invalidate(path)

    def refresh(self) -> bool:
        """Read again the files that changed on disk, and tell whether there were any."""
        return self._configurations.refresh()

    def _put_on_top(self) -> list[str]:
        folders = {root: self._by_folder.get(root, self._everywhere) for root in self._roots}
        return [str(problem) for problem in self._configurations.override(_ORIGIN, self._everywhere, folders)]


def _split(options: object) -> _Taken:
    if not isinstance(options, Mapping):
        return _Taken({}, Preferences(), (f"{_ORIGIN} must be a table of options",))
    given = {str(key): value for key, value in cast("Mapping[object, object]", options).items()}
    if not given:
        return _UNSET
    # Imported here: without options nothing needs pydantic.
    from fastidious_server.config.editor_options import split  # noqa: PLC0415

    found = split(given)
    mistakes = tuple(f"{_ORIGIN}: {dotted(mistake.path)}: {mistake.message}" for mistake in found.mistakes)
    return _Taken(found.table, _preferences(found.editor), mistakes)


def _is_absolute(path: str) -> bool:
    return path.startswith("/") or path[1:3] == ":/"


def _preferences(options: EditorOptions) -> Preferences:
    return Preferences(
        diagnostic_mode=DiagnosticMode(options.diagnostic_mode),
        code_lens=options.code_lens,
        return_type_hints=options.return_type_hints,
        log_level=options.log_level,
    )


def _placed(problem: Problem) -> ConfigurationProblem:
    message = f"{problem.key}: {problem.message}" if problem.key else problem.message
    return ConfigurationProblem(problem.path, problem.line - 1, problem.column - 1, problem.end_column - 1, message)
