"""Findings of the engine, made into results."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from fastidious_server.workspace.checking.results import (
    Crash,
    EditResult,
    FileResults,
    FixResult,
    RelatedResult,
    Result,
    result_order,
)
from fastidious_server.workspace.storage.texts import Texts

if TYPE_CHECKING:
    from fastidious_rules.engine.document import Document
    from fastidious_rules.engine.finding import Finding, Fix, Related
    from fastidious_rules.semantics.place import Place
    from fastidious_rules.semantics.project import Project
    from fastidious_server.workspace.checking.share import Rulebook


class Translator:
    """Translation of what one document's check gives."""

    def __init__(self, document: Document, project: Project, rulebook: Rulebook) -> None:
        self._document = document
        self._project = project
        self._rulebook = rulebook
        self._texts = Texts()
        self._texts.keep(document.path, document.source)

    def results(self) -> FileResults:
        """Check the document and return what was found."""
        report = self._document.check()
        results = sorted((self._result(finding) for finding in report.findings()), key=result_order)
        crashes = tuple(Crash(self._document.path, *failure) for failure in report.problems)
        return FileResults(self._document.path, tuple(results), crashes, gone=report.gone)

    def _result(self, finding: Finding) -> Result:
        path = self._document.path
        start, end = self._texts.range(path, finding.span)
        rule = self._rulebook.registry.rules.get(finding.rule)
        fixes = self._document.fixes(finding) if self._rulebook.with_fixes else ()
        return Result(
            path=path,
            start=start,
            end=end,
            rule=finding.rule,
            family=rule.family if rule is not None else "",
            severity=finding.severity.value,
            message=finding.described(finding.message, self._show),
            related=tuple(found for each in finding.related if (found := self._related(finding, each))),
            fix=self._fix(fixes[0]) if fixes else None,
            symbol=finding.anchor.symbol,
            digest=finding.anchor.digest,
        )

    def _related(self, finding: Finding, related: Related) -> RelatedResult | None:
        span = self._project.locate(related.place)
        if span is None:
            return None
        path = related.place.path
        return RelatedResult(
            path, self._texts.position(path, span.start), finding.described(related.message, self._show)
        )

    def _show(self, place: Place) -> str:
        """Return a place as messages name it: `pdf.py:40`."""
        name = posixpath.basename(place.path)
        span = self._project.locate(place)
        return name if span is None else f"{name}:{self._texts.position(place.path, span.start).line}"

    def _fix(self, fix: Fix) -> FixResult:
        edits = tuple(
            EditResult(path, *self._texts.range(path, edit.span), edit.replacement)
            for edit in fix.edits
            for path in (edit.path or self._document.path,)
        )
        return FixResult(fix.title, fix.safety.value, edits)
