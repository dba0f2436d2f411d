"""Rules that the workspace's ruff configuration already selects."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING, NamedTuple, cast

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from fastidious_server.config.reading import FileReader

_FILES = (".ruff.toml", "ruff.toml")
_DEFAULT = ("E4", "E7", "E9", "F")
_CODE = re.compile(r"^([A-Z]+)([0-9]*)$")
_EQUIVALENT = "ruff:"
_MAX_EXTENDS = 8


class Selection(NamedTuple):
    """Selectors of ruff that hold in a directory; among those that match a code the longest decides."""

    select: tuple[str, ...] = _DEFAULT
    ignore: tuple[str, ...] = ()

    def selects(self, code: str) -> bool:
        """Tell whether ruff reports `code`."""
        chosen = max((_strength(selector, code) for selector in self.select), default=-1)
        return chosen > max((_strength(selector, code) for selector in self.ignore), default=-1)

    def covers(self, equivalents: Iterable[str]) -> bool:
        """Tell whether ruff reports all its `equivalents`, of which there must be one."""
        codes = [name.removeprefix(_EQUIVALENT) for name in equivalents if name.startswith(_EQUIVALENT)]
        return bool(codes) and all(self.selects(code) for code in codes)


def selection_in(directory: str, files: FileReader) -> Selection | None:
    """Return what a ruff configuration in `directory` selects, or None if there is none."""
    for name in _FILES:
        if files.exists(f"{directory}/{name}"):
            return _selection(f"{directory}/{name}", files, _MAX_EXTENDS)
    project = files.toml(f"{directory}/pyproject.toml")
    if project is None or project.table("tool", "ruff") is None:
        return None
    return _selection(project.path, files, _MAX_EXTENDS)


def _selection(path: str, files: FileReader, extends_left: int) -> Selection:
    table = _table(path, files)
    extended = table.get("extend")
    if isinstance(extended, str) and extends_left:
        above = posixpath.normpath(posixpath.join(posixpath.dirname(path), extended))
        inherited = _selection(above, files, extends_left - 1)
    else:
        inherited = Selection()
    lint = table.get("lint")
    # Before ruff 0.2 what is under `lint` now stood at the top.
    settings = {**table, **cast("Mapping[str, object]", lint)} if isinstance(lint, dict) else table
    chosen = _codes(settings, "select")
    select = inherited.select if chosen is None else chosen
    ignore = inherited.ignore if chosen is None else ()
    return Selection(
        (*select, *(_codes(settings, "extend-select") or ())),
        (*ignore, *(_codes(settings, "ignore") or ()), *(_codes(settings, "extend-ignore") or ())),
    )


def _table(path: str, files: FileReader) -> Mapping[str, object]:
    file = files.toml(path)
    if file is None:
        return {}
    if posixpath.basename(path) == "pyproject.toml":
        return file.table("tool", "ruff") or {}
    return file.values


def _codes(settings: Mapping[str, object], key: str) -> tuple[str, ...] | None:
    codes = settings.get(key)
    if not isinstance(codes, list):
        return None
    return tuple(code for code in cast("list[object]", codes) if isinstance(code, str))


def _strength(selector: str, code: str) -> int:
    """Return how precisely `selector` names `code`, or -1 if it does not."""
    if selector == "ALL":
        return 0
    chosen, wanted = _CODE.match(selector), _CODE.match(code)
    if chosen is None or wanted is None:
        return -1
    is_linter = chosen[1] == wanted[1] or (chosen[1] == "PL" and wanted[1].startswith("PL") and not chosen[2])
    return len(selector) if is_linter and wanted[2].startswith(chosen[2]) else -1
