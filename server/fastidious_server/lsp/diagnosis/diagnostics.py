"""Diagnostics that a client asks for: of one document, and of all that it does not ask about one by one."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any, NamedTuple

from fastidious_server.lsp.diagnosis.pulling import report_json
from fastidious_server.lsp.wire.protocol import EncodedResult
from fastidious_server.workspace.storage.identity import identify

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from lsprotocol import types as lsp

    from fastidious_server.lsp.diagnosis.pulling import Answers
    from fastidious_server.lsp.session import Session

_NOTHING = EncodedResult(b'{"kind":"full","items":[]}')
_ITEMS_AT_ONCE = 100


class _Item(NamedTuple):
    """Report on one document of the workspace."""

    json: bytes
    is_news: bool


def document_diagnostic(session: Session, params: lsp.DocumentDiagnosticParams) -> EncodedResult:
    """Answer the findings of a document as it is now, or that they are those that the client has."""
    document = session.documents.get(params.text_document.uri)
    answers = session.workbench.answers
    if document is None:
        return _closed(session, params)
    if document.is_configuration or answers is None:
        return _NOTHING
    report = session.workbench.reviews.settle(document)
    return EncodedResult(answers.answer(document, report).as_json(params.previous_result_id))


def _closed(session: Session, params: lsp.DocumentDiagnosticParams) -> EncodedResult:
    """Answer what is known of a file that is not open, if such files are reviewed."""
    known = session.workbench.closed_files.at(identify(params.text_document.uri).path)
    if known is None:
        return _NOTHING
    return EncodedResult(report_json(known.result_id, known.diagnostics, params.previous_result_id))


async def workspace_diagnostic(session: Session, params: lsp.WorkspaceDiagnosticParams) -> EncodedResult:
    """Answer the findings of all documents that the client does not ask about one by one.

    A client that has them all already is answered when there are others.
    """
    answers = session.workbench.answers
    previous = {each.uri: each.value for each in params.previous_result_ids}
    if answers is None:
        return _result(())
    while True:
        news = answers.changes.upcoming
        items = list(_items(session, answers, previous))
        if not previous or any(item.is_news for item in items):
            return await _streamed(session, params.partial_result_token, [item.json for item in items])
        await news.wait()


def _items(session: Session, answers: Answers, previous: Mapping[str, str]) -> Iterator[_Item]:
    reported: set[str] = set()
    for document in session.documents:
        if document.uri not in answers:
            reported.add(document.uri)
            pulled = answers.pulled(document, session.workbench.reviews.settle(document))
            yield _item(document.uri, document.version, pulled.result_id, pulled.diagnostics, previous)
    for closed in session.workbench.closed_files:
        reported.add(closed.uri)
        yield _item(closed.uri, None, closed.result_id, closed.diagnostics, previous)
    for uri in previous:
        if uri not in reported and uri not in answers:  # it is gone, or closed
            yield _Item(json.dumps({"kind": "full", "uri": uri, "version": None, "items": []}).encode(), is_news=True)


def _item(uri: str, version: int | None, result_id: str, diagnostics: bytes, previous: Mapping[str, str]) -> _Item:
    known = previous.get(uri)
    report = report_json(result_id, diagnostics, known, {"uri": uri, "version": version})
    return _Item(report, is_news=known != result_id)


async def _streamed(session: Session, token: Any, items: Sequence[bytes]) -> EncodedResult:
    """Send `items` in parts to a client that takes parts; whoever types meanwhile comes first."""
    if token is None:
        return _result(items)
    for start in range(0, len(items), _ITEMS_AT_ONCE):
        part = b",".join(items[start : start + _ITEMS_AT_ONCE])
        session.client.send(
            b'{"jsonrpc":"2.0","method":"$/progress","params":{"token":%b,"value":{"items":[%b]}}}'
            % (json.dumps(token).encode(), part)
        )
        await asyncio.sleep(0)
    return _result(())


def _result(items: Sequence[bytes]) -> EncodedResult:
    return EncodedResult(b'{"items":[%b]}' % b",".join(items))
