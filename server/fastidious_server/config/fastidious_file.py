"""The configuration of Fastidious itself, from one file."""

# ruff: noqa: PLC0415 - imported when wanted: every command pays for what it imports

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fastidious_server.config.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from fastidious_server.config.keys import KeyPath
    from fastidious_server.config.known_rule import KnownRule
    from fastidious_server.config.model import FastidiousTable
    from fastidious_server.config.reading import FileReader, TomlFile

_OWN_FILE = "fastidious.toml"
_PROJECT_FILE = "pyproject.toml"
_PROJECT_TABLE = ("tool", "fastidious")


class Loaded(NamedTuple):
    """Configuration file as read: the table as far as it is right, and what is wrong with it."""

    path: str
    directory: str
    table: FastidiousTable | None
    problems: tuple[Problem, ...] = ()


def load(directory: str, files: FileReader, rules: Callable[[], Mapping[str, KnownRule]]) -> Loaded | None:
    """Return the configuration that stands in `directory`, or None if there is none."""
    own = files.toml(f"{directory}/{_OWN_FILE}")
    if own is not None:
        return _loaded(directory, own, (), own.values, rules)
    project = files.toml(f"{directory}/{_PROJECT_FILE}")
    if project is None:
        return None
    if project.problem is not None:
        return Loaded(project.path, directory, None, (project.problem,)) if "[tool.fastidious" in project.text else None
    table = project.table(*_PROJECT_TABLE)
    if table is None:
        return None
    return _loaded(directory, project, _PROJECT_TABLE, table, rules)


def _loaded(
    directory: str,
    file: TomlFile,
    prefix: KeyPath,
    raw: Mapping[str, object],
    rules: Callable[[], Mapping[str, KnownRule]],
) -> Loaded:
    if file.problem is not None:
        return Loaded(file.path, directory, None, (file.problem,))
    # Imported here: most projects have no configuration, and pydantic takes its time.
    from fastidious_server.config.keys import key_positions, nearest_position
    from fastidious_server.config.validation import validated

    result = validated(raw, rules())
    if not result.mistakes:
        return Loaded(file.path, directory, result.table)
    positions = key_positions(file.text)
    problems = tuple(
        Problem(
            file.path, *nearest_position(positions, (*prefix, *mistake.path)), dotted(mistake.path), mistake.message
        )
        for mistake in result.mistakes
    )
    return Loaded(file.path, directory, result.table, problems)


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
