"""Other files that a fix reaches into: views of their code, documents to try edits on."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeVar

from fastidious_rules.engine.finding import Edit
from fastidious_rules.syntax.nodes import View
from fastidious_rules.syntax.text import Source, Span
from fastidious_rules.syntax.tree import Tree
from fastidious_rules.syntax.units import Unit, cut

if TYPE_CHECKING:
    from fastidious_rules.semantics.place import Place
    from fastidious_rules.semantics.project import Project

V = TypeVar("V", bound=View)


class Elsewhere(NamedTuple):
    """Code in another file, or in another unit of the same one: where its unit starts, and its text."""

    path: str
    """Empty for the document of the finding."""
    start: int
    """First byte of the unit, counted from where spans of edits in `path` count."""
    unit: Unit
    text: bytes

    def edit(self, span: Span, replacement: str) -> Edit:
        """Return the edit that replaces `span`, which counts from the start of the unit."""
        return Edit(span.shifted(self.start), replacement, self.path)

    def views(self, kind: type[V]) -> list[V]:
        """Return the collected views of `kind`, in the order of the text."""
        return [each for each in self.unit.by_kind.get(kind, []) if isinstance(each, kind)]


def unit_at(project: Project, place: Place) -> Elsewhere | None:
    """Return the unit that `place` stands in; None if the file cannot be read or is not as the project knows it."""
    span, text = project.locate(place), project.text_of(place.path)
    if span is None or text is None:
        return None
    return unit_in(text, span.start, place.path)


def unit_in(text: bytes, offset: int, path: str) -> Elsewhere | None:
    """Return the unit of a module's text that holds the byte at `offset`."""
    for each in cut(Tree(Source(text)).root, text):
        if each.start <= offset < each.end:
            return Elsewhere(path, each.start, Unit(each, text), text)
    return None
