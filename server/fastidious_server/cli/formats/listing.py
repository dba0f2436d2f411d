"""Results to be shown, and what the formats ask about them."""

# ruff: noqa: PTH109 - paths are strings: a search asks about too many to make objects of them

from __future__ import annotations

import os
import posixpath
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fastidious_server.workspace.storage.files import UnreadableFileError, decoded, read_source

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from fastidious_rules.engine.rule import Rule
    from fastidious_server.workspace.checking.results import Crash, Result


@dataclass(frozen=True, slots=True)
class Listing:
    """Results of one check, sorted."""

    results: Sequence[Result]
    crashes: Sequence[Crash]
    file_count: int
    directory: str
    """Working directory: paths are shown relative to it."""
    rules: Callable[[], Mapping[str, Rule]]
    texts: Mapping[str, bytes] = field(default_factory=dict[str, bytes])
    """Texts that are not those of the disk."""
    _lines: dict[str, list[str]] = field(default_factory=dict[str, "list[str]"])

    def path(self, absolute: str) -> str:
        """Return `absolute` relative to the working directory."""
        return relative_path(absolute, self.directory)

    def line(self, path: str, number: int) -> str:
        """Return the text of a line, empty if there is none."""
        if path not in self._lines:
            self._lines[path] = self._read(path)
        lines = self._lines[path]
        return lines[number - 1] if 0 < number <= len(lines) else ""

    def _read(self, path: str) -> list[str]:
        try:
            file = decoded(path, self.texts[path]) if path in self.texts else read_source(path)
        except UnreadableFileError:
            return []
        text = file.text.decode("utf-8", "replace").removeprefix("\ufeff")
        return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def relative_path(absolute: str, directory: str) -> str:
    """Return `absolute` relative to `directory`."""
    if absolute.startswith(f"{directory.rstrip('/')}/"):
        return absolute[len(directory.rstrip("/")) + 1 :]
    try:
        return posixpath.relpath(absolute, directory)
    except ValueError:  # another drive
        return absolute


def working_directory() -> str:
    """Return the working directory as a POSIX path."""
    return os.getcwd().replace(os.sep, "/")
