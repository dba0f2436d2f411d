"""Actions on a whole file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastidious_rules.engine.finding import SYNTAX_ERROR, Safety
from fastidious_server.lsp.diagnosis.findings import all_findings
from fastidious_server.lsp.repair.actions import Action
from fastidious_server.lsp.repair.proposals import Kind, Proposal

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from fastidious_rules.engine.finding import Finding
    from fastidious_server.lsp.repair.actions import Asked
    from fastidious_server.workspace.documents import OpenDocument

FIX_ALL = "source.fixAll.fastidious"
_MOST_TRIED = 12
"""Findings whose fixes are computed to know whether there is anything to offer; with more, there probably is."""


def fix_all(asked: Asked) -> Iterator[Action]:
    """Yield the offer to fix all that is safe to fix, if there is any."""
    document, engine = asked.document, asked.session.services.engine
    fixable = [finding for finding in all_findings(document) if engine.is_fixable(finding.rule)]
    if not fixable or (asked.explains and not _may_fix(document, fixable)):
        return
    obstacle = syntax_obstacle(document)
    if not obstacle or asked.explains:
        proposal = Proposal(Kind.ALL, document.uri, document.version)
        yield Action("Fix all that is safe to fix (Fastidious)", FIX_ALL, proposal, obstacle=obstacle)


def _may_fix(document: OpenDocument, findings: Sequence[Finding]) -> bool:
    """Tell whether something can be fixed safely: who asks for a menu should find nothing in it that does nothing."""
    if len(findings) > _MOST_TRIED or syntax_obstacle(document):
        return True
    return any(fix.safety is Safety.SAFE for finding in findings for fix in document.fixes(finding))


def syntax_obstacle(document: OpenDocument) -> str:
    """Return what keeps a file that does not parse from being fixed as a whole, or nothing."""
    for finding in all_findings(document):
        if finding.rule == SYNTAX_ERROR:
            line = document.source.lines.row_of(finding.span.start) + 1
            return f"The file does not parse; correct line {line} first"
    return ""
