"""Configuration as the language server wants it: from files, and from the editor on top of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, cast

from fastidious_server.workspace.ports import ConfigurationProblem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fastidious_rules.engine.settings import Settings
    from fastidious_server.config.configurations import Configurations
    from fastidious_server.config.problem import Problem

_ORIGIN = "the editor's settings"
_FOREIGN = ("/site-packages/", "/dist-packages/", "/node_modules/")


class EditorConfiguration:
    """Settings of the documents of an editor. Documents that are no part of the project have none."""

    def __init__(self, configurations: Configurations) -> None:
        self._configurations = configurations

    def set_roots(self, roots: Sequence[str]) -> None:
        """Take note of the folders that the editor has open; each file finds its configuration by itself."""

    def set_client_options(self, options: object) -> Sequence[str]:
        """Take the editor's options, whatever it sent, and return what is wrong with them."""
        if options is None:
            options = {}
        if not isinstance(options, Mapping):
            return (f"{_ORIGIN} must be a table of options",)
        table = {str(key): value for key, value in cast("Mapping[object, object]", options).items()}
        return [str(problem) for problem in self._configurations.override(_ORIGIN, table)]

    def settings_for(self, path: str) -> Settings | None:
        """Return the settings of a file, or None if it is not to be reviewed."""
        if any(folder in path for folder in _FOREIGN) or self._configurations.excludes(path):
            return None
        return self._configurations.settings(path)

    def problems(self) -> Sequence[ConfigurationProblem]:
        """Return what is wrong with the configuration files read so far."""
        return [_placed(problem) for problem in self._configurations.problems() if problem.line]

    def is_configuration(self, path: str) -> bool:
        """Tell whether the settings may depend on the file at `path`."""
        return self._configurations.is_configuration(path)

    def invalidate(self, path: str) -> None:
        """Read again what depends on the file at `path`."""
        self._configurations.invalidate(path)

    def refresh(self) -> bool:
        """Read again the files that changed on disk, and tell whether there were any."""
        return self._configurations.refresh()


def _placed(problem: Problem) -> ConfigurationProblem:
    message = f"{problem.key}: {problem.message}" if problem.key else problem.message
    return ConfigurationProblem(problem.path, problem.line - 1, problem.column - 1, problem.end_column - 1, message)
