"""Findings of the engine, described so that whoever shows them needs no text."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from fastidious_server.workspace.checking.results import UNREADABLE_FILE
from fastidious_server.workspace.inspecting.inspected import (
    InspectedFile,
    InspectedFinding,
    InspectedPlace,
    Mark,
    RuleCrash,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from fastidious_rules.engine.document import Document
    from fastidious_rules.engine.finding import Finding, Related
    from fastidious_rules.semantics.place import Place
    from fastidious_rules.semantics.project import Project
    from fastidious_rules.syntax.text import Source, Span
    from fastidious_server.workspace.storage.files import Stamp

_TOP = (Mark(), Mark())


class Describer:
    """Description of what one document's check gives; `source_of` returns the text of another file."""

    def __init__(self, document: Document, project: Project, source_of: Callable[[str], Source | None]) -> None:
        self._document = document
        self._project = project
        self._source_of = source_of

    def file(self, stamp: Stamp) -> InspectedFile:
        """Check the document, which has the text that its file had at `stamp`."""
        report = self._document.check()
        findings = tuple(self._finding(finding.moved(unit.start)) for unit in report.units for finding in unit.findings)
        crashes = tuple(RuleCrash(*failure) for failure in report.problems)
        return InspectedFile(self._document.path, stamp, findings, crashes)

    def _finding(self, finding: Finding) -> InspectedFinding:
        start, end = _marks(self._document.source, finding.span)
        return InspectedFinding(
            finding.rule,
            finding.severity.value,
            start,
            end,
            finding.described(finding.message, self._show),
            tuple(sorted(finding.tags)),
            tuple(self._related(finding, related) for related in finding.related),
        )

    def _related(self, finding: Finding, related: Related) -> InspectedPlace:
        start, end = self._range(related.place)
        return InspectedPlace(related.place.path, start, end, finding.described(related.message, self._show))

    def _show(self, place: Place) -> str:
        """Return a place as a sentence names it: `pdf.py:40`."""
        start, _ = self._range(place)
        return f"{posixpath.basename(place.path)}:{start.row + 1}"

    def _range(self, place: Place) -> tuple[Mark, Mark]:
        """Return where `place` is now; that of a place that is gone is the top of its file."""
        is_here = place.path == self._document.path
        source = self._document.source if is_here else self._source_of(place.path)
        span = self._project.locate(place)
        if source is None or span is None or span.end > len(source.text):
            return _TOP
        return _marks(source, span)


def unreadable_file(path: str, stamp: Stamp, reason: str) -> InspectedFile:
    """Return what to say of a file that cannot be read."""
    message = f"the file cannot be checked: {reason}"
    return InspectedFile(path, stamp, (InspectedFinding(UNREADABLE_FILE, "error", *_TOP, message),))


def _marks(source: Source, span: Span) -> tuple[Mark, Mark]:
    return _mark(source, span.start), _mark(source, span.end)


def _mark(source: Source, offset: int) -> Mark:
    """Return the place of byte `offset`; one inside a line end is the end of its line."""
    row = source.lines.row_of(offset)
    start, end = source.line_span(row)
    return Mark.after(row, source.text[start : min(offset, end)])
