"""Actions that accept what was found: on the line, in the file, by configuration."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types as lsp

from fastidious_server.lsp.repair import deactivation
from fastidious_server.lsp.repair.actions import Action
from fastidious_server.lsp.repair.proposals import Kind, Proposal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.engine.finding import Finding
    from fastidious_server.lsp.repair.actions import Asked

_QUICK_FIX = lsp.CodeActionKind.QuickFix.value


def acceptance(asked: Asked, finding: Finding) -> Iterator[Action]:
    """Yield what accepts `finding`."""
    document, engine = asked.document.document, asked.session.services.engine
    if document is not None and engine.suppress(document, finding) is not None:
        proposal = Proposal.about(Kind.SUPPRESSION, asked.document, finding)
        yield Action(f"Ignore {finding.rule} on this line", _QUICK_FIX, proposal)


def acceptance_of_all(asked: Asked, finding: Finding) -> Iterator[Action]:
    """Yield what accepts all that the rule of `finding` finds."""
    document, engine = asked.document.document, asked.session.services.engine
    if document is None or engine.suppress_in_file(document, finding.rule) is None:
        return
    about = Proposal.about(Kind.FILE_SUPPRESSION, asked.document, finding)
    yield Action(f"Ignore {finding.rule} in this file", _QUICK_FIX, about)
    title = deactivation.title_for(asked.session, asked.document, finding.rule)
    if title is None or not asked.can_wait:
        return
    must_know = asked.explains or not asked.session.support.lazy_edits
    obstacle = deactivation.obstacle_for(asked.session, asked.document, finding.rule) if must_know else ""
    if not obstacle or asked.explains:
        yield Action(title, _QUICK_FIX, about._replace(kind=Kind.DEACTIVATION), obstacle=obstacle)
