"""Edits that were offered: described by values that are looked up again, never by positions of an old text."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any, NamedTuple

from pygls.exceptions import JsonRpcException

from fastidious_rules.syntax.text import Span
from fastidious_server.lsp.edits import to_workspace_edit
from fastidious_server.lsp.findings import all_findings
from fastidious_server.lsp.protocol import CONTENT_MODIFIED

if TYPE_CHECKING:
    from collections.abc import Awaitable, Sequence

    from lsprotocol import types as lsp

    from fastidious_rules.engine.finding import Edit, Finding
    from fastidious_server.lsp.session import Session
    from fastidious_server.workspace.documents import OpenDocument


class Kind(StrEnum):
    """What an action does."""

    FIX = "fix"
    INFERENCE = "inference"
    RULE = "rule"
    ALL = "all"
    SUPPRESSION = "suppression"


class Proposal(NamedTuple):
    """Edit of one version of a document, about the finding of `rule` from `start` to `end`."""

    kind: Kind
    uri: str
    version: int | None
    rule: str = ""
    start: int = 0
    end: int = 0
    number: int = 0
    is_unsafe: bool = False

    @classmethod
    def about(cls, kind: Kind, document: OpenDocument, finding: Finding) -> Proposal:
        """Return the proposal that does something about `finding`."""
        return cls(kind, document.uri, document.version, finding.rule, *finding.span)

    @classmethod
    def from_json(cls, data: Any) -> Proposal | None:
        """Return the proposal that `to_json` made `data` of, or None if it did not."""
        try:
            proposal = cls(**data)
            return proposal._replace(kind=Kind(proposal.kind))
        except (TypeError, ValueError):
            return None

    def to_json(self) -> dict[str, Any]:
        """Return this proposal as plain JSON."""
        return self._asdict()

    def document(self, session: Session) -> OpenDocument:
        """Return the document, which must have the version that this was proposed for."""
        document = session.documents.get(self.uri)
        if document is None or document.version != self.version:
            raise modified()
        return document


def edit_for(
    session: Session, document: OpenDocument, proposal: Proposal
) -> lsp.WorkspaceEdit | Awaitable[lsp.WorkspaceEdit | None] | None:
    """Return the edit that was proposed, or None if there is nothing to do."""
    if proposal.kind is Kind.INFERENCE:
        return _inferred(session, document, proposal, document.source.text)
    edits = _edits(session, document, proposal)
    return to_workspace_edit(session, document, edits) if edits else None


def modified() -> JsonRpcException:
    """Return the error that tells a client to ask again."""
    return JsonRpcException("The document has changed since; ask again", code=CONTENT_MODIFIED)


def _edits(session: Session, document: OpenDocument, proposal: Proposal) -> Sequence[Edit]:
    engine = session.services.engine
    if document.document is None:
        return ()
    match proposal.kind:
        case Kind.FIX:
            fixes = document.fixes(_finding(document, proposal))
            return fixes[proposal.number].edits if proposal.number < len(fixes) else ()
        case Kind.RULE:
            edit = document.document.fix_all({proposal.rule}, unsafe=proposal.is_unsafe)
        case Kind.SUPPRESSION:
            edit = engine.suppress(document.document, _finding(document, proposal))
        case _:
            edit = document.document.fix_all()
    return () if edit is None else (edit,)


async def _inferred(
    session: Session, document: OpenDocument, proposal: Proposal, text: bytes
) -> lsp.WorkspaceEdit | None:
    finding = _finding(document, proposal)
    fix = await session.services.inference.fix(document.identity.path, text, finding)
    if session.documents.get(proposal.uri) is not document or document.source.text is not text:
        raise modified()
    return None if fix is None else to_workspace_edit(session, document, fix.edits)


def _finding(document: OpenDocument, proposal: Proposal) -> Finding:
    span = Span(proposal.start, proposal.end)
    for finding in all_findings(document):
        if finding.rule == proposal.rule and finding.span == span:
            return finding
    raise modified()
