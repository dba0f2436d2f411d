"""Findings at a place in a document, as the text is now."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fastidious_rules.engine.finding import Finding
    from fastidious_rules.syntax.text import Span
    from fastidious_server.workspace.documents import OpenDocument


def all_findings(document: OpenDocument) -> Sequence[Finding]:
    """Return all findings of `document`."""
    report = document.review()
    return () if report is None else report.findings()


def findings_at(document: OpenDocument, offset: int) -> list[Finding]:
    """Return the findings that cover `offset`, the narrowest first."""
    found = [finding for finding in all_findings(document) if _covers(finding.span, offset)]
    return sorted(found, key=lambda finding: finding.span.end - finding.span.start)


def findings_touching(document: OpenDocument, span: Span) -> list[Finding]:
    """Return the findings that share a byte or an end with `span`."""
    return [
        finding
        for finding in all_findings(document)
        if finding.span.start <= span.end and span.start <= finding.span.end
    ]


def _covers(span: Span, offset: int) -> bool:
    return span.start <= offset < max(span.end, span.start + 1)
