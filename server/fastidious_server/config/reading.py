"""Reading of configuration files: each file once, and a note of every file that was asked for."""

# ruff: noqa: PTH208 - paths are strings: a search asks about too many to make objects of them

from __future__ import annotations

import os
import re
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, cast

from fastidious_server.config.problem import Problem
from fastidious_server.workspace.storage.files import Stamp, stamp

if TYPE_CHECKING:
    from collections.abc import Mapping

_TOML_PLACE = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")


@dataclass(frozen=True, slots=True)
class TomlFile:
    """TOML file as read: its values, or what is wrong with it."""

    path: str
    text: str
    values: Mapping[str, object]
    problem: Problem | None = None

    def table(self, *keys: str) -> Mapping[str, object] | None:
        """Return the table at `keys`, or None where there is none."""
        found: Mapping[str, object] | None = self.values
        for key in keys:
            found = _table(found.get(key)) if found is not None else None
        return found


def _table(value: object) -> Mapping[str, object] | None:
    return cast("dict[str, object]", value) if isinstance(value, dict) else None


@dataclass(slots=True)
class FileReader:
    """Files read so far, and the stamps of all that were asked for, there or not."""

    consulted: dict[str, Stamp | None] = field(default_factory=dict[str, "Stamp | None"])
    _tomls: dict[str, TomlFile | None] = field(default_factory=dict[str, "TomlFile | None"])

    def exists(self, path: str) -> bool:
        """Tell whether there is a file at `path`."""
        if path not in self.consulted:
            self.consulted[path] = stamp(path)
        return self.consulted[path] is not None

    def text(self, path: str) -> str | None:
        """Return the text of the file at `path`, or None."""
        if not self.exists(path):
            return None
        try:
            return Path(path).read_text(encoding="utf-8", errors="replace")
        except OSError:
            return None

    def toml(self, path: str) -> TomlFile | None:
        """Return the TOML file at `path`, broken or not, or None where there is none."""
        if path not in self._tomls:
            text = self.text(path)
            self._tomls[path] = None if text is None else parsed(path, text)
        return self._tomls[path]

    def names(self, directory: str) -> list[str]:
        """Return the sorted names in `directory`."""
        if not self.exists(directory):
            return []
        try:
            return sorted(os.listdir(directory))
        except OSError:
            return []

    def changed(self) -> list[str]:
        """Return the files that are not as they were when they were asked for."""
        return [path for path, known in self.consulted.items() if stamp(path) != known]


def parsed(path: str, text: str) -> TomlFile:
    """Return the TOML document `text`."""
    text = text.removeprefix("\ufeff")
    try:
        return TomlFile(path, text, tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        return TomlFile(path, text, MappingProxyType({}), _syntax_problem(path, text, str(error)))


def _syntax_problem(path: str, text: str, error: str) -> Problem:
    place = _TOML_PLACE.search(error)
    if place is None or place[1] is None:
        line, column = max(len(text.splitlines()), 1), 1
    else:
        line, column = int(place[1]), int(place[2])
    reason = _TOML_PLACE.sub("", error)
    return Problem(path, line, column, column + 1, "", f"not valid TOML: {reason[:1].lower()}{reason[1:]}")
