"""Directories for which the same configuration holds."""

# ruff: noqa: PLC0415 - imported when wanted: every command pays for what it imports

from __future__ import annotations

from typing import TYPE_CHECKING

from fastidious_server.config.settings import build_settings, choices_of, default_settings, overridden

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pathspec import GitIgnoreSpec

    from fastidious_rules.engine.settings import Settings
    from fastidious_server.config.known_rule import KnownRule
    from fastidious_server.config.model import FastidiousTable, PathTable
    from fastidious_server.config.settings import Surroundings


class Scope:
    """Files that share a configuration, and their settings; equal settings are the same object."""

    def __init__(
        self, directory: str, table: FastidiousTable, surroundings: Surroundings, rules: Mapping[str, KnownRule]
    ) -> None:
        self._base = f"{directory.rstrip('/')}/"
        self._table = table
        self._surroundings = surroundings
        self._rules = rules
        self._settings: dict[tuple[int, ...], Settings] = {}
        self._paths = [(_spec((pattern,)), there) for pattern, there in table.per_path.items()]
        self._excluded = _spec(tuple(table.exclude)) if table.exclude else None

    def settings(self, path: str) -> Settings:
        """Return the settings of the file at `path`."""
        relative = self._relative(path)
        matching = tuple(index for index, (spec, _) in enumerate(self._paths) if spec.match_file(relative))
        if matching not in self._settings:
            self._settings[matching] = self._built([self._paths[index][1] for index in matching])
        return self._settings[matching]

    def excludes(self, path: str) -> bool:
        """Tell whether the file at `path` is left out."""
        return self._excluded is not None and self._excluded.match_file(self._relative(path))

    def exclusion(self) -> tuple[str, tuple[str, ...]] | None:
        """Return the patterns of what is left out, and the directory that they are relative to."""
        return (self._base, tuple(self._table.exclude)) if self._table.exclude else None

    def _built(self, tables: list[PathTable]) -> Settings:
        choices = choices_of(self._table)
        for table in tables:
            choices = choices.refined(table)
        return build_settings(self._table, choices, self._surroundings, self._rules)

    def _relative(self, path: str) -> str:
        return path.removeprefix(self._base).lstrip("/")


class DefaultScope:
    """Files that nobody configured."""

    def __init__(self, surroundings: Surroundings) -> None:
        self._settings = default_settings(surroundings)

    def settings(self, _path: str) -> Settings:
        """Return the settings of any file."""
        return self._settings

    def excludes(self, _path: str) -> bool:
        """Leave nothing out."""
        return False

    def exclusion(self) -> None:
        """Leave nothing out."""
        return


def configured_scope(
    directory: str,
    tables: tuple[FastidiousTable | None, FastidiousTable | None],
    surroundings: Surroundings,
    rules: Mapping[str, KnownRule],
) -> Scope:
    """Return the scope of `tables`, the second on top of the first, whose patterns are relative to `directory`."""
    # Imported here: without a configuration nothing needs pydantic.
    from fastidious_server.config.model import FastidiousTable

    written, overrides = tables
    table = written or FastidiousTable()
    return Scope(directory, table if overrides is None else overridden(table, overrides), surroundings, rules)


def _spec(patterns: tuple[str, ...]) -> GitIgnoreSpec:
    from fastidious_server.workspace.storage.ignores import patterns_spec

    return patterns_spec(patterns)
