"""Actions that correct what was found: here, in the file, in the workspace."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from lsprotocol import types as lsp

from fastidious_rules.engine.finding import Safety
from fastidious_server.lsp.diagnosis.findings import all_findings
from fastidious_server.lsp.repair import everywhere
from fastidious_server.lsp.repair.actions import Action
from fastidious_server.lsp.repair.proposals import Kind, Proposal, checksum
from fastidious_server.lsp.repair.source_actions import syntax_obstacle

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.engine.finding import Finding, Fix
    from fastidious_server.lsp.repair.actions import Asked
    from fastidious_server.workspace.documents import OpenDocument

_QUICK_FIX = lsp.CodeActionKind.QuickFix.value


def corrections(asked: Asked, finding: Finding) -> Iterator[Action]:
    """Yield what corrects `finding`, the best first; else why nothing does."""
    attempts = asked.document.attempts(finding)
    for number, fix in enumerate(attempts.fixes):
        obstacle = _obstacle(asked, fix)
        if not obstacle or asked.explains:
            about = Proposal.about(Kind.FIX, asked.document, finding)
            proposal = about._replace(number=number, others=checksum(asked.session, fix))
            is_preferred = number == 0 and fix.safety is Safety.SAFE and not obstacle
            yield Action(fix.title, _QUICK_FIX, proposal, is_preferred, obstacle)
    inferred = asked.session.services.inference.title(finding)
    if inferred is not None and asked.can_wait:
        yield Action(inferred, _QUICK_FIX, Proposal.about(Kind.INFERENCE, asked.document, finding))
    elif inferred is None and asked.explains:
        for refusal in attempts.refusals[:1]:
            proposal = Proposal.about(Kind.FIX, asked.document, finding)
            yield Action(refusal.title, _QUICK_FIX, proposal, obstacle=f"Not offered here: {refusal.reason}")


def corrections_of_all(asked: Asked, finding: Finding) -> Iterator[Action]:
    """Yield what corrects all that the rule of `finding` finds, as far as it can be corrected file by file."""
    fix = next((fix for fix in asked.document.fixes(finding) if not any(edit.path for edit in fix.edits)), None)
    if fix is None or not asked.can_wait:
        return
    is_unsafe = fix.safety is Safety.UNSAFE
    about = Proposal.about(Kind.RULE, asked.document, finding)._replace(is_unsafe=is_unsafe)
    warning = " (unsafe)" if is_unsafe else ""
    if _count(finding.rule, asked.document) > 1:
        obstacle = syntax_obstacle(asked.document)
        if not obstacle or asked.explains:
            yield Action(f"Fix all {finding.rule} in this file{warning}", _QUICK_FIX, about, obstacle=obstacle)
    if asked.session.support.lazy_edits and _may_be_elsewhere(asked, finding.rule):
        obstacle = everywhere.obstacle_for(asked.session, finding.rule)
        if not obstacle or asked.explains:
            title = f"Fix all {finding.rule} in the workspace{warning}"
            yield Action(title, _QUICK_FIX, about._replace(kind=Kind.EVERYWHERE), obstacle=obstacle)


def _may_be_elsewhere(asked: Asked, rule: str) -> bool:
    """Tell whether there is reason to believe that other files have findings of `rule`.

    Many clients show all that they are offered in one list, so what may be of no use is left out: without a finding in
    another file that is known, a person must have asked, and what is found twice here may be found there.
    """
    session, document = asked.session, asked.document
    if len(session.services.engine.files()) < 2:  # noqa: PLR2004 - this one and another
        return False
    others = (other for other in session.documents if other is not document)
    if any(_count(rule, other) for other in others) or session.workbench.closed_files.have(rule):
        return True
    if session.workbench.inspecting.knows_all:
        return False
    return asked.is_invoked and _count(rule, document) > 1


def _count(rule: str, document: OpenDocument) -> int:
    return sum(1 for finding in all_findings(document) if finding.rule == rule)


def _obstacle(asked: Asked, fix: Fix) -> str:
    """Return why `fix` cannot be applied in the files that it reaches into, or nothing."""
    for path in {edit.path for edit in fix.edits if edit.path}:
        name = posixpath.basename(path)
        if asked.session.services.settings.settings_for(path) is None:
            return f"It changes {name}, which is not to be reviewed"
        if asked.session.texts.source(path) is None:
            return f"It changes {name}, which cannot be read"
    return ""
