"""Code actions: fix this, fix all of its kind, fix all that is safe, accept it."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any, NamedTuple

from lsprotocol import types as lsp

from fastidious_rules.engine.finding import Safety
from fastidious_server.lsp.edits import to_lsp_range
from fastidious_server.lsp.findings import all_findings, findings_touching
from fastidious_server.lsp.fragments import SOURCE
from fastidious_server.lsp.positions import Position, from_range, to_range
from fastidious_server.lsp.proposals import Kind, Proposal, edit_for

if TYPE_CHECKING:
    from collections.abc import Awaitable, Iterator, Sequence

    from fastidious_rules.engine.finding import Finding
    from fastidious_server.lsp.session import Session
    from fastidious_server.workspace.documents import OpenDocument

FIX_ALL = "source.fixAll.fastidious"
KINDS = (lsp.CodeActionKind.QuickFix, FIX_ALL)
_MOST_FINDINGS = 20


class Action(NamedTuple):
    """Code action before it is known how its edit is sent."""

    title: str
    kind: str
    proposal: Proposal
    diagnostics: list[lsp.Diagnostic] | None = None
    is_preferred: bool = False


def code_actions(session: Session, params: lsp.CodeActionParams) -> Any:
    """Offer what can be done about the findings in a range."""
    document = session.documents.get(params.text_document.uri)
    if document is None or not session.support.code_action_literals:
        return None
    actions = list(_actions(session, document, params))
    if session.support.lazy_edits:
        return [_to_code_action(session, action, data=action.proposal.to_json()) for action in actions]
    return with_edits(session, document, actions)


def with_edits(session: Session, document: OpenDocument, actions: Sequence[Action]) -> Any:
    """Return `actions` with their edits, for a client that does not ask for them later."""
    found = [(action, edit_for(session, document, action.proposal)) for action in actions]
    if any(inspect.isawaitable(edit) for _, edit in found):
        return _with_inferred_edits(session, found)
    return [_to_code_action(session, action, edit=edit) for action, edit in found if edit is not None]


def resolve(session: Session, action: lsp.CodeAction) -> Any:
    """Add the edit to an action that was offered without."""
    proposal = Proposal.from_json(action.data)
    if proposal is None:
        return action
    edit = edit_for(session, proposal.document(session), proposal)
    return _resolved(action, edit)


def is_wanted(kind: str, only: Sequence[str] | None) -> bool:
    """Tell whether `only`, kinds that stand for all below them, lets `kind` pass."""
    return only is None or any(not wanted or kind == wanted or kind.startswith(f"{wanted}.") for wanted in only)


def _actions(session: Session, document: OpenDocument, params: lsp.CodeActionParams) -> Iterator[Action]:
    only = params.context.only
    if is_wanted(lsp.CodeActionKind.QuickFix, only):
        yield from _quick_fixes(session, document, params)
    is_automatic = params.context.trigger_kind == lsp.CodeActionTriggerKind.Automatic
    if is_wanted(FIX_ALL, only) and (session.support.lazy_edits or not is_automatic):
        yield from _fix_all(session, document)


def _quick_fixes(session: Session, document: OpenDocument, params: lsp.CodeActionParams) -> Iterator[Action]:
    start, end = params.range.start, params.range.end
    span = from_range(
        document.source,
        Position(start.line, start.character),
        Position(end.line, end.character),
        session.support.encoding,
    )
    for finding in findings_touching(document, span)[:_MOST_FINDINGS]:
        diagnostics = _reported(session, document, finding, params.context.diagnostics)
        yield from _for_finding(session, document, finding, diagnostics)


def _for_finding(
    session: Session, document: OpenDocument, finding: Finding, diagnostics: list[lsp.Diagnostic] | None
) -> Iterator[Action]:
    quick_fix = lsp.CodeActionKind.QuickFix
    target = Proposal.about(Kind.FIX, document, finding)
    fixes = document.fixes(finding)
    for number, fix in enumerate(fixes):
        preferred = number == 0 and fix.safety is Safety.SAFE
        yield Action(fix.title, quick_fix, target._replace(number=number), diagnostics, preferred)
    inferred = session.services.inference.title(finding)
    if inferred is not None:
        yield Action(inferred, quick_fix, target._replace(kind=Kind.INFERENCE), diagnostics)
    alike = sum(1 for other in all_findings(document) if other.rule == finding.rule)
    if fixes and alike > 1:
        is_unsafe = fixes[0].safety is Safety.UNSAFE
        title = f"Fix all {finding.rule} in this file" + (" (unsafe)" if is_unsafe else "")
        yield Action(title, quick_fix, target._replace(kind=Kind.RULE, is_unsafe=is_unsafe), diagnostics)
    if edit_for(session, document, target._replace(kind=Kind.SUPPRESSION)) is not None:
        title = f"Ignore {finding.rule} on this line"
        yield Action(title, quick_fix, target._replace(kind=Kind.SUPPRESSION), diagnostics)


def _fix_all(session: Session, document: OpenDocument) -> Iterator[Action]:
    engine = session.services.engine
    if any(engine.is_fixable(finding.rule) for finding in all_findings(document)):
        proposal = Proposal(Kind.ALL, document.uri, document.version)
        yield Action("Fix all that is safe to fix (Fastidious)", FIX_ALL, proposal)


def _reported(
    session: Session, document: OpenDocument, finding: Finding, diagnostics: Sequence[lsp.Diagnostic]
) -> list[lsp.Diagnostic] | None:
    """Return the client's own diagnostic of `finding`, if it named it and has not an old one."""
    spread = to_lsp_range(to_range(document.source, finding.span, session.support.encoding))
    found = [
        diagnostic
        for diagnostic in diagnostics
        if diagnostic.source == SOURCE and diagnostic.code == finding.rule and diagnostic.range == spread
    ]
    return found or None


def _to_code_action(session: Session, action: Action, **rest: Any) -> lsp.CodeAction:
    result = lsp.CodeAction(title=action.title, kind=action.kind, diagnostics=action.diagnostics, **rest)
    if action.is_preferred and session.support.preferred_actions:
        result.is_preferred = True
    return result


async def _with_inferred_edits(session: Session, found: Sequence[tuple[Action, Any]]) -> list[lsp.CodeAction]:
    result: list[lsp.CodeAction] = []
    for action, promised in found:
        edit = await promised if inspect.isawaitable(promised) else promised
        if edit is not None:
            result.append(_to_code_action(session, action, edit=edit))
    return result


def _resolved(action: lsp.CodeAction, edit: Any) -> Any:
    if inspect.isawaitable(edit):
        return _resolved_later(action, edit)
    action.edit = edit
    return action


async def _resolved_later(action: lsp.CodeAction, edit: Awaitable[lsp.WorkspaceEdit | None]) -> lsp.CodeAction:
    action.edit = await edit
    return action
