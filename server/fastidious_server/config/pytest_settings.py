"""Settings of pytest that rules ask about."""

from __future__ import annotations

import configparser
import re
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fastidious_server.config.reading import FileReader

_INI_SECTIONS = (
    ("pytest.ini", "pytest"),
    (".pytest.ini", "pytest"),
    ("tox.ini", "pytest"),
    ("setup.cfg", "tool:pytest"),
)
_ASYNCIO_MODE = re.compile(r"--asyncio-mode[= ](\w+)")


def pytest_settings(directory: str, files: FileReader) -> Mapping[str, str] | None:
    """Return what the pytest configuration in `directory` says, or None if there is none."""
    found = _declared(directory, files)
    option = _ASYNCIO_MODE.search(found.get("addopts", "")) if found else None
    return {**found, "asyncio_mode": option[1]} if found and option else found


def _declared(directory: str, files: FileReader) -> Mapping[str, str] | None:
    for name, section in _INI_SECTIONS[:2]:
        found = _ini(f"{directory}/{name}", section, files)
        if found is not None:
            return found
    project = files.toml(f"{directory}/pyproject.toml")
    if project is not None:
        table = project.table("tool", "pytest", "ini_options") or project.table("tool", "pytest")
        if table is not None:
            return {name: _text(value) for name, value in table.items()}
    return next(
        (
            found
            for name, section in _INI_SECTIONS[2:]
            if (found := _ini(f"{directory}/{name}", section, files)) is not None
        ),
        None,
    )


def _ini(path: str, section: str, files: FileReader) -> Mapping[str, str] | None:
    text = files.text(path)
    if text is None:
        return None
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    try:
        parser.read_string(text)
    except configparser.Error:
        return None
    return dict(parser[section]) if parser.has_section(section) else None


def _text(value: object) -> str:
    if isinstance(value, list):
        return "\n".join(str(item) for item in cast("list[object]", value))
    return str(value).lower() if isinstance(value, bool) else str(value)
