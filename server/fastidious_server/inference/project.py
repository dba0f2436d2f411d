"""Projects as jedi sees them: sources are read, and nothing of the workspace is imported or run."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, cast

import jedi
from jedi import settings
from jedi.api.environment import InterpreterEnvironment

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fastidious_rules.syntax.text import Source


class FoundName(Protocol):
    """A name as jedi gives it back."""

    @property
    def name(self) -> str:
        """The name itself."""
        ...

    @property
    def module_path(self) -> Path | None:
        """Its file; None for what is built in."""
        ...

    @property
    def line(self) -> int | None:
        """Its line, from one."""
        ...

    @property
    def column(self) -> int | None:
        """Its column, in code points."""
        ...

    def get_type_hint(self) -> str | None:
        """Return its type as an annotation."""
        ...


class Script(Protocol):
    """What is asked of jedi; its own annotations say less."""

    def infer(self, line: int, column: int) -> Sequence[FoundName]:
        """Return what the name at a place may be."""
        ...

    def get_references(self, line: int, column: int) -> Sequence[FoundName]:
        """Return where the name at a place is used."""
        ...

    def get_names(self) -> Sequence[FoundName]:
        """Return the names of the module."""
        ...


_LIBRARIES = (".venv", "venv")
settings.auto_import_modules = []  # names that jedi imports for real, wherever they come from


@lru_cache(maxsize=4)
def _project(root: str) -> jedi.Project:
    libraries = [str(found) for name in _LIBRARIES for found in Path(root, name).glob("lib/python3*/site-packages")]
    return jedi.Project(
        root, load_unsafe_extensions=False, smart_sys_path=False, added_sys_path=[root, f"{root}/src", *libraries]
    )


@lru_cache(maxsize=1)
def _environment() -> InterpreterEnvironment:
    """Return this very process: an interpreter of the workspace, or one with its variables, would run its code."""
    return InterpreterEnvironment()


def script(root: str, path: str, text: str) -> Script:
    """Return jedi's view of one text."""
    return cast("Script", jedi.Script(text, path=path, project=_project(root), environment=_environment()))


def position(source: Source, offset: int) -> tuple[int, int]:
    """Return line (from one) and column (in code points) of a byte offset."""
    row, column = source.point(offset)
    return row + 1, len(source.line(row)[:column].decode("utf-8", "replace"))


def offset_of(source: Source, line: int, column: int) -> int:
    """Return the byte offset of a line (from one) and a column in code points."""
    text = source.line(line - 1).decode("utf-8", "replace")
    return source.lines.start(line - 1) + len(text[:column].encode())
