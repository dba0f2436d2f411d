"""Edits that were offered: described by values that are looked up again, never by positions of an old text."""

from __future__ import annotations

import zlib
from enum import StrEnum
from typing import TYPE_CHECKING, Any, NamedTuple

from fastidious_rules.engine.finding import Safety, Task
from fastidious_rules.syntax.text import Span
from fastidious_server.lsp.diagnosis.findings import all_findings
from fastidious_server.lsp.repair import deactivation, everywhere
from fastidious_server.lsp.repair.edits import Caution, to_workspace_edit
from fastidious_server.lsp.wire.errors import failed, modified

if TYPE_CHECKING:
    from collections.abc import Awaitable, Iterable

    from lsprotocol import types as lsp

    from fastidious_rules.engine.finding import Edit, Finding, Fix
    from fastidious_server.lsp.session import Session
    from fastidious_server.workspace.documents import OpenDocument

_UNSAFE = "It may change what the code does besides removing the finding."


class Kind(StrEnum):
    """What an action does."""

    FIX = "fix"
    INFERENCE = "inference"
    RULE = "rule"
    EVERYWHERE = "everywhere"
    ALL = "all"
    SUPPRESSION = "suppression"
    FILE_SUPPRESSION = "file suppression"
    DEACTIVATION = "deactivation"


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
    others: int = 0
    """Checksum of the other files that a fix reaches into, zero if there are none."""

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
    match proposal.kind:
        case Kind.INFERENCE:
            return _inferred(session, document, proposal, document.source.text)
        case Kind.EVERYWHERE:
            return everywhere.edit_of_all(session, document, proposal.rule, unsafe=proposal.is_unsafe)
        case Kind.DEACTIVATION:
            return deactivation.edit_for(session, document, proposal.rule)
        case Kind.FIX:
            return _fixed(session, document, proposal)
        case _:
            return _edited(session, document, proposal)


def checksum(session: Session, fix: Fix) -> int:
    """Return a number that is another one when another file that `fix` reaches into has another text."""
    result = 0
    for path in sorted({edit.path for edit in fix.edits if edit.path}):
        source = session.texts.source(path)
        result = zlib.crc32(b"" if source is None else source.text, zlib.crc32(path.encode(), result)) or 1
    return result


def _fixed(session: Session, document: OpenDocument, proposal: Proposal) -> lsp.WorkspaceEdit | None:
    fixes = document.fixes(_finding(document, proposal))
    if proposal.number >= len(fixes):
        return None
    fix = fixes[proposal.number]
    if checksum(session, fix) != proposal.others:
        raise modified()
    caution = None if fix.safety is Safety.SAFE else Caution(fix.title, _UNSAFE)
    return to_workspace_edit(session, document, fix.edits, caution)


def _edited(session: Session, document: OpenDocument, proposal: Proposal) -> lsp.WorkspaceEdit | None:
    edit = _edit_of_file(session, document, proposal)
    if edit is None:
        return None
    caution = Caution(f"Fix all {proposal.rule} in this file", _UNSAFE) if proposal.is_unsafe else None
    return to_workspace_edit(session, document, (edit,), caution)


def _edit_of_file(session: Session, document: OpenDocument, proposal: Proposal) -> Edit | None:
    engine, reviewed = session.services.engine, document.document
    if reviewed is None:
        return None
    match proposal.kind:
        case Kind.RULE:
            return reviewed.fix_all({proposal.rule}, unsafe=proposal.is_unsafe)
        case Kind.SUPPRESSION:
            return engine.suppress(reviewed, _finding(document, proposal))
        case Kind.FILE_SUPPRESSION:
            return engine.suppress_in_file(reviewed, proposal.rule)
        case _:
            return reviewed.fix_all()


async def _inferred(
    session: Session, document: OpenDocument, proposal: Proposal, text: bytes
) -> lsp.WorkspaceEdit | None:
    finding = _finding(document, proposal)
    if finding.request is not None and finding.request.task is Task.RENAME:
        _must_be_saved(session, document, text[finding.span.start : finding.span.end])
    versions = {other.identity.path: other.version for other in session.documents}
    fix = await session.services.inference.fix(document.identity.path, text, finding)
    if session.documents.get(proposal.uri) is not document or document.source.text is not text:
        raise modified()
    if fix is None:
        return None
    _must_be_as_read(session, versions, {edit.path for edit in fix.edits if edit.path})
    return to_workspace_edit(session, document, fix.edits)


def _must_be_as_read(session: Session, versions: dict[str, int | None], paths: Iterable[str]) -> None:
    """Raise an error if one of the other files at `paths` is not in the editor as inference read it from the disk."""
    for path in paths:
        opened = session.documents.at(path)
        if opened is None:
            continue
        if versions.get(path) != opened.version:
            raise modified()
        if not session.texts.is_saved(path):
            message = f"{path} has changes that are not saved; save it and ask again"
            raise failed(message)


def _must_be_saved(session: Session, document: OpenDocument, name: bytes) -> None:
    """Raise an error if another document uses `name` in changes that are not saved: inference reads the disk."""
    for other in session.documents:
        path = other.identity.path
        is_other = other is not document and other.identity.is_file and name in other.source.text
        if is_other and not session.texts.is_saved(path):
            message = f"{path} has changes that are not saved, and uses `{name.decode()}`; save it and ask again"
            raise failed(message)


def _finding(document: OpenDocument, proposal: Proposal) -> Finding:
    span = Span(proposal.start, proposal.end)
    for finding in all_findings(document):
        if finding.rule == proposal.rule and finding.span == span:
            return finding
    raise modified()
