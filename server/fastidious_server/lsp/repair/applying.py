"""Edits that the server makes in the editor because it was told to."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any, NamedTuple

from lsprotocol import types as lsp

from fastidious_server.lsp.repair.proposals import Kind, Proposal, edit_for
from fastidious_server.lsp.wire.client import Refused, answer_of

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from fastidious_server.lsp.session import Session
    from fastidious_server.workspace.documents import OpenDocument

_LABEL = "Fix all that is safe to fix"


class Outcome(NamedTuple):
    """Whether an edit was made, and why not."""

    applied: bool
    reason: str | None = None


def fix_all(session: Session, uri: str, rule: str | None) -> Awaitable[dict[str, Any]]:
    """Fix what is safe to fix in a document, or only what `rule` found, and return the outcome as JSON.

    The edit is of the text as it is now, whatever arrives until the editor has applied it.
    """
    document = session.documents.get(uri)
    if document is None or document.document is None:
        return _said(Outcome(applied=False, reason=f"{uri} is not open, or not reviewed"))
    if not session.support.applies_edits:
        return _said(Outcome(applied=False, reason="the editor does not let the server edit"))
    edit = _edit(session, document, rule)
    if edit is None:
        return _said(Outcome(applied=False, reason="there is nothing that is safe to fix"))
    params = lsp.ApplyWorkspaceEditParams(edit=edit, label=_LABEL)
    return _applied(answer_of(session.client, lsp.WORKSPACE_APPLY_EDIT, params))


def _edit(session: Session, document: OpenDocument, rule: str | None) -> lsp.WorkspaceEdit | None:
    kind = Kind.ALL if rule is None else Kind.RULE
    edit = edit_for(session, document, Proposal(kind, document.uri, document.version, rule or ""))
    return None if inspect.isawaitable(edit) else edit


async def _applied(promised: Awaitable[Any]) -> dict[str, Any]:
    answer = await promised
    if isinstance(answer, Refused):
        return Outcome(applied=False, reason=answer.reason)._asdict()
    reason = answer.failure_reason or "the editor did not apply the edit, and did not say why"
    return Outcome(answer.applied, None if answer.applied else reason)._asdict()


async def _said(outcome: Outcome) -> dict[str, Any]:
    return outcome._asdict()
