"""Code actions: what is offered in a range, of which kinds, and when its edit is computed."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

from lsprotocol import types as lsp

from fastidious_server.lsp.positions import Position, from_range
from fastidious_server.lsp.repair.actions import Asked
from fastidious_server.lsp.repair.proposals import Kind, Proposal, edit_for
from fastidious_server.lsp.repair.quick_fixes import quick_fixes
from fastidious_server.lsp.repair.source_actions import FIX_ALL, fix_all

if TYPE_CHECKING:
    from collections.abc import Awaitable, Iterator, Sequence

    from fastidious_server.lsp.repair.actions import Action
    from fastidious_server.lsp.session import Session
    from fastidious_server.workspace.documents import OpenDocument

KINDS = (lsp.CodeActionKind.QuickFix, FIX_ALL)
_SOURCE = lsp.CodeActionKind.Source.value


def code_actions(session: Session, params: lsp.CodeActionParams) -> Any:
    """Offer what can be done about the findings in a range."""
    document = session.documents.get(params.text_document.uri)
    if document is None or not session.support.code_action_literals:
        return None
    actions = list(_actions(session, document, params))
    if session.support.lazy_edits:
        return [action.to_code_action(session.support) for action in actions]
    return _with_edits(session, document, [action for action in actions if not action.obstacle])


def resolve(session: Session, action: lsp.CodeAction) -> Any:
    """Add the edit to an action that was offered without; any other is returned as it came."""
    proposal = Proposal.from_json(action.data)
    if proposal is None or action.edit is not None:
        return action
    edit = edit_for(session, proposal.document(session), proposal)
    if proposal.kind is Kind.INFERENCE and inspect.isawaitable(edit):
        return _resolved_if_known(session, action, edit)
    return _resolved(action, edit)


def is_wanted(kind: str, only: Sequence[str] | None) -> bool:
    """Tell whether `only`, kinds that stand for all below them, lets `kind` pass; without any kind all pass."""
    return not only or any(not wanted or kind == wanted or kind.startswith(f"{wanted}.") for wanted in only)


def _actions(session: Session, document: OpenDocument, params: lsp.CodeActionParams) -> Iterator[Action]:
    only, trigger, support = params.context.only, params.context.trigger_kind, session.support
    can_wait = support.lazy_edits or trigger != lsp.CodeActionTriggerKind.Automatic
    is_invoked = trigger == lsp.CodeActionTriggerKind.Invoked
    asked = Asked(session, document, can_wait, is_invoked, support.disabled_actions and is_invoked)
    if is_wanted(lsp.CodeActionKind.QuickFix, only):
        first, last = Position(*_pair(params.range.start)), Position(*_pair(params.range.end))
        span = from_range(document.source, first, last, support.encoding)
        yield from quick_fixes(asked, span, params.context.diagnostics)
    if is_wanted(FIX_ALL, only) and (can_wait or _names_source(only)):
        yield from fix_all(asked)


def _pair(position: lsp.Position) -> tuple[int, int]:
    return position.line, position.character


def _names_source(only: Sequence[str] | None) -> bool:
    """Tell whether actions on whole files are asked for by name, as on saving."""
    return bool(only) and any(kind == _SOURCE or kind.startswith(f"{_SOURCE}.") for kind in only or ())


def _with_edits(session: Session, document: OpenDocument, actions: Sequence[Action]) -> Any:
    """Return `actions` with their edits, for a client that does not ask for them later."""
    found: list[tuple[Action, Any]] = [(action, edit_for(session, document, action.proposal)) for action in actions]
    if any(inspect.isawaitable(edit) for _, edit in found):
        return _with_inferred_edits(session, found)
    return [action.to_code_action(session.support, edit) for action, edit in found if edit is not None]


async def _with_inferred_edits(session: Session, found: Sequence[tuple[Action, Any]]) -> list[lsp.CodeAction]:
    result: list[lsp.CodeAction] = []
    for action, promised in found:
        edit = await promised if inspect.isawaitable(promised) else promised
        if edit is not None:
            result.append(action.to_code_action(session.support, edit))
    return result


def _resolved(action: lsp.CodeAction, edit: Any) -> Any:
    if inspect.isawaitable(edit):
        return _resolved_later(action, edit)
    action.edit = edit
    return action


async def _resolved_later(action: lsp.CodeAction, edit: Awaitable[lsp.WorkspaceEdit | None]) -> lsp.CodeAction:
    action.edit = await edit
    return action


async def _resolved_if_known(
    session: Session, action: lsp.CodeAction, edit: Awaitable[lsp.WorkspaceEdit | None]
) -> lsp.CodeAction:
    """Add an edit that inference may not know; tell who chose the action why nothing happens then."""
    resolved = await _resolved_later(action, edit)
    if resolved.edit is None:
        message = "Fastidious: nothing was changed, because too little is known of this code to be sure"
        told = lsp.ShowMessageParams(type=lsp.MessageType.Info, message=message)
        session.client.notify(lsp.WINDOW_SHOW_MESSAGE, told)
    return resolved
