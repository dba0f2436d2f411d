"""Flows of an editor that is not ours: the client of pytest-lsp, with the server in a process."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator  # noqa: TC003 - pytest-lsp reads the annotations
from pathlib import Path

import pytest_lsp
from lsprotocol import types as lsp
from pytest_lsp import ClientServerConfig, LanguageClient, client_capabilities

SERVER = str(Path(__file__).with_name("fake_server.py"))
URI = "file:///nowhere/app.py"


@pytest_lsp.fixture(config=ClientServerConfig(server_command=[sys.executable, "-I", SERVER]))
async def client(lsp_client: LanguageClient) -> AsyncIterator[None]:
    asked: list[lsp.RegistrationParams] = []

    @lsp_client.feature(lsp.CLIENT_REGISTER_CAPABILITY)
    def register(params: lsp.RegistrationParams) -> None:
        asked.append(params)

    params = lsp.InitializeParams(capabilities=client_capabilities("neovim"), root_uri="file:///nowhere")
    await lsp_client.initialize_session(params)
    yield
    await lsp_client.shutdown_session()


def opened(client: LanguageClient, text: str, uri: str = URI) -> None:
    """Open a document."""
    item = lsp.TextDocumentItem(uri=uri, language_id="python", version=1, text=text)
    client.text_document_did_open(lsp.DidOpenTextDocumentParams(text_document=item))


def changed(client: LanguageClient, version: int, *changes: lsp.TextDocumentContentChangePartial) -> None:
    """Change the document."""
    identifier = lsp.VersionedTextDocumentIdentifier(uri=URI, version=version)
    client.text_document_did_change(lsp.DidChangeTextDocumentParams(identifier, changes))


async def synchronized(client: LanguageClient) -> list[lsp.Diagnostic]:
    """Return the diagnostics once all that was sent is reviewed."""
    await asyncio.wrap_future(client.protocol.send_request("fastidious/sync", None))
    return list(client.diagnostics[URI])


def spread(line: int, start: int, end: int) -> lsp.Range:
    """Return a range of one line."""
    return lsp.Range(lsp.Position(line, start), lsp.Position(line, end))


async def test_typing_moves_and_removes_findings(client: LanguageClient) -> None:
    opened(client, "blocking\n")
    assert [found.range for found in await synchronized(client)] == [spread(0, 0, 8)]
    changed(client, 2, lsp.TextDocumentContentChangePartial(spread(0, 0, 0), "\n"))
    assert [found.range for found in await synchronized(client)] == [spread(1, 0, 8)]
    changed(client, 3, lsp.TextDocumentContentChangePartial(spread(1, 0, 5), ""))
    assert await synchronized(client) == []


async def test_hover_tells_why(client: LanguageClient) -> None:
    opened(client, "slow")
    params = lsp.HoverParams(lsp.TextDocumentIdentifier(URI), lsp.Position(0, 1))
    hover = await client.text_document_hover_async(params)
    assert hover is not None
    assert isinstance(hover.contents, lsp.MarkupContent)
    assert hover.contents.value.startswith("**slow-call**")


async def test_a_quick_fix_is_offered_and_resolved(client: LanguageClient) -> None:
    opened(client, "x blocking")
    context = lsp.CodeActionContext(diagnostics=await synchronized(client))
    params = lsp.CodeActionParams(lsp.TextDocumentIdentifier(URI), spread(0, 4, 4), context)
    action = next(iter(await client.text_document_code_action_async(params) or ()))
    assert isinstance(action, lsp.CodeAction)
    assert (action.title, action.is_preferred, action.edit) == ("Await it", True, None)
    assert list(action.diagnostics or ()) == context.diagnostics
    resolved = await client.code_action_resolve_async(action)
    assert resolved.edit is not None
    edits = resolved.edit.changes or {
        change.text_document.uri: change.edits
        for change in resolved.edit.document_changes or ()
        if isinstance(change, lsp.TextDocumentEdit)
    }
    assert [(edit.range, edit.new_text) for edit in edits[URI] if isinstance(edit, lsp.TextEdit)] == [
        (spread(0, 2, 10), "awaited")
    ]


async def test_closing_clears_the_findings(client: LanguageClient) -> None:
    opened(client, "blocking")
    assert await synchronized(client)
    client.text_document_did_close(lsp.DidCloseTextDocumentParams(lsp.TextDocumentIdentifier(URI)))
    assert await synchronized(client) == []


async def test_settings_of_the_editor_change_severities(client: LanguageClient) -> None:
    opened(client, "blocking")
    assert [found.severity for found in await synchronized(client)] == [lsp.DiagnosticSeverity.Error]
    client.set_configuration({"fastidious": {"ignore": ["blocking-call"]}})
    client.workspace_did_change_configuration(lsp.DidChangeConfigurationParams(settings=None))
    await client.wait_for_notification(lsp.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
    assert [found.severity for found in client.diagnostics[URI]] == [lsp.DiagnosticSeverity.Hint]
