"""The configuration of Fastidious itself, from one file."""

# ruff: noqa: PLC0415 - imported when wanted: every command pays for what it imports

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fastidious_server.config.keys import key_positions, nearest_position
from fastidious_server.config.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from fastidious_server.config.keys import KeyPath
    from fastidious_server.config.known_rule import KnownRule
    from fastidious_server.config.model import FastidiousTable
    from fastidious_server.config.reading import FileReader, TomlFile
    from fastidious_server.config.validation import Mistake

OWN_FILE = "fastidious.toml"
PROJECT_FILE = "pyproject.toml"
PROJECT_TABLE = ("tool", "fastidious")
_PROJECT_HEADER = "[tool.fastidious"


class Loaded(NamedTuple):
    """Configuration file as read: the table as far as it is right, and what is wrong with it."""

    path: str
    directory: str
    table: FastidiousTable | None
    problems: tuple[Problem, ...] = ()


def load(directory: str, files: FileReader, rules: Callable[[], Mapping[str, KnownRule]]) -> Loaded | None:
    """Return the configuration that stands in `directory`, or None if there is none."""
    keys: tuple[str, ...] = ()
    file = files.toml(f"{directory}/{OWN_FILE}")
    if file is None:
        keys, file = PROJECT_TABLE, files.toml(f"{directory}/{PROJECT_FILE}")
    if file is None:
        return None
    if file.problem is not None:
        is_ours = not keys or _PROJECT_HEADER in file.text
        return Loaded(file.path, directory, None, (file.problem,)) if is_ours else None
    return _loaded(directory, file, keys, rules) if file.table(*keys) is not None else None


def _loaded(
    directory: str, file: TomlFile, keys: tuple[str, ...], rules: Callable[[], Mapping[str, KnownRule]]
) -> Loaded:
    # Imported here: most projects have no configuration, and pydantic takes its time.
    from fastidious_server.config.validation import validated

    result = validated(file.table(*keys) or {}, rules())
    return Loaded(file.path, directory, result.table, tuple(_problems(file, keys, result.mistakes)))


def _problems(file: TomlFile, keys: KeyPath, mistakes: Sequence[Mistake]) -> Iterator[Problem]:
    if not mistakes:
        return
    positions = key_positions(file.text)
    for path, message in mistakes:
        yield Problem(file.path, *nearest_position(positions, (*keys, *path)), dotted(path), message)


def dotted(path: KeyPath) -> str:
    """Return the key at `path` as people write it: `per-path."tests/**".select[0]`."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
            continue
        is_bare = part.replace("-", "").replace("_", "").isalnum() and part.isascii()
        text += ("." if text else "") + (part if is_bare else f'"{part}"')
    return text
