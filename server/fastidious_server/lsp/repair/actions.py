"""Actions before it is known how their edits are sent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lsprotocol import types as lsp

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fastidious_server.lsp.repair.proposals import Proposal
    from fastidious_server.lsp.session import Session
    from fastidious_server.lsp.support import Support
    from fastidious_server.workspace.documents import OpenDocument


@dataclass(frozen=True, slots=True)
class Asked:
    """Request for actions on a document."""

    session: Session
    document: OpenDocument
    can_wait: bool
    """Whether edits may take their time: they come later, or a person has asked for them."""
    is_invoked: bool
    """Whether a person has asked for them, as far as the client says."""
    explains: bool
    """Whether to show what cannot be done, and why."""


@dataclass(frozen=True, slots=True)
class Action:
    """What a client is offered. With an obstacle, a sentence without a final dot, it is only shown."""

    title: str
    kind: str
    proposal: Proposal
    is_preferred: bool = False
    obstacle: str = ""
    diagnostics: Sequence[lsp.Diagnostic] | None = None

    def to_code_action(self, support: Support, edit: lsp.WorkspaceEdit | None = None) -> lsp.CodeAction:
        """Return this action with `edit`, or with what `codeAction/resolve` needs to know to find one."""
        action = lsp.CodeAction(title=self.title, kind=self.kind, diagnostics=self.diagnostics, edit=edit)
        if self.obstacle:
            action.disabled = lsp.CodeActionDisabled(self.obstacle)
        elif edit is None:
            action.data = self.proposal.to_json()
        if self.is_preferred and support.preferred_actions:
            action.is_preferred = True
        return action
