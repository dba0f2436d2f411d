"""Calls that pass a parameter by its name: jedi does not look for them outside the file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from fastidious_rules.syntax.nodes import Call, Keyword
from fastidious_rules.syntax.text import Source, Span
from fastidious_rules.syntax.tree import Tree
from fastidious_rules.syntax.units import Unit, cut

if TYPE_CHECKING:
    from collections.abc import Iterator

_SKIPPED = frozenset({".venv", "venv", "node_modules", "site-packages", ".git", "__pycache__"})
_MOST_FILES = 20_000


def keyword_places(root: str, function: str, parameter: str) -> Iterator[tuple[str, Span]]:
    """Yield where files of the project pass `parameter` by name to something called `function`."""
    for number, path in enumerate(_sources(Path(root))):
        if number > _MOST_FILES:
            return
        text = path.read_bytes()
        if function.encode() in text and parameter.encode() in text:
            yield from ((str(path), span) for span in keywords_in(text, function, parameter))


def keywords_in(text: bytes, function: str, parameter: str) -> Iterator[Span]:
    """Yield where a text passes `parameter` by name to something called `function`."""
    for each in cut(Tree(Source(text)).root, text):
        unit = Unit(each, text)
        for call in unit.by_kind.get(Call, []):
            if isinstance(call, Call) and call.last_name == function:
                yield from (
                    Span(given.span.start, given.span.start + len(parameter.encode())).shifted(unit.start)
                    for given in call.all_arguments
                    if isinstance(given, Keyword) and given.name == parameter
                )


def _sources(folder: Path) -> Iterator[Path]:
    for entry in sorted(folder.iterdir()):
        if entry.is_dir() and entry.name not in _SKIPPED and not entry.is_symlink():
            yield from _sources(entry)
        elif entry.suffix == ".py" and entry.is_file():
            yield entry
