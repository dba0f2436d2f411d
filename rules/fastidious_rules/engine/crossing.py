"""Fixes that reach into other files: their imports there, and their proof."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from fastidious_rules.engine.finding import Severity
from fastidious_rules.engine.imports import import_edits
from fastidious_rules.syntax.text import Source

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator

    from fastidious_rules.engine.document import Document
    from fastidious_rules.engine.finding import Edit, NeededImport


def import_edits_elsewhere(document: Document, wanted: Iterable[NeededImport]) -> Iterator[Edit]:
    """Yield the edits that make names available in other files."""
    by_path: dict[str, list[NeededImport]] = {}
    for each in wanted:
        by_path.setdefault(each.path, []).append(each._replace(path=""))
    for path, needed in by_path.items():
        other = _opened(document, path)
        if other is not None:
            yield from (edit._replace(path=path) for edit in import_edits(other, needed))


@contextmanager
def edited_elsewhere(document: Document, edits: Iterable[Edit]) -> Generator[bool]:
    """Let the project know other files as the edits leave them, for as long as the context lasts.

    It gives whether that adds no error to any of them.
    """
    by_path: dict[str, list[Edit]] = {}
    for edit in edits:
        if edit.path:
            by_path.setdefault(edit.path, []).append(edit)
    others = [(_opened(document, path), theirs) for path, theirs in by_path.items()]
    known = [(other, theirs) for other, theirs in others if other is not None]
    try:
        errors = [each for each in known if not _adds_no_error(*each)]
        yield len(known) == len(others) and not errors
    finally:
        for other, _ in known:
            other.restore()


def _adds_no_error(other: Document, edits: Iterable[Edit]) -> bool:
    copy = other.fork()
    before = _errors(copy)
    for edit in sorted(edits, key=lambda each: each.span, reverse=True):
        copy.edit(edit.span, edit.replacement.encode())
    return _errors(copy) <= before


def _errors(document: Document) -> int:
    return sum(each.severity is Severity.ERROR for each in document.check().findings())


def _opened(document: Document, path: str) -> Document | None:
    """Return a document of the file at `path` as it is now, under the rules of `document`."""
    module = document.project.module_at(path)
    text = document.project.text_of(path)
    if module is None or text is None:
        return None
    return type(document)(path, module.name, Source(text), document.project, document.checker)
