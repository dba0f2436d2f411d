"""Faults on the wire, and the beginning and end of a session."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import textwrap
from pathlib import Path

import pytest

from fastidious_server.lsp.wire.framing import framed
from tests.lsp.wire import process_wire, wire

pytestmark = pytest.mark.asyncio

URI = "file:///nowhere/app.py"
HOVER = {"textDocument": {"uri": URI}, "position": {"line": 0, "character": 0}}


@pytest.mark.complaint(29)
async def test_shutdown_and_exit_end_with_code_0() -> None:
    async with process_wire() as client:
        await client.initialize()
        assert await client.call("shutdown", None) is None
        client.notify("exit", None)
        assert await client.exit_code() == 0


@pytest.mark.complaint(29)
async def test_exit_without_shutdown_ends_with_code_1() -> None:
    async with process_wire() as client:
        await client.initialize()
        client.notify("exit", None)
        assert await client.exit_code() == 1


@pytest.mark.complaint(29)
@pytest.mark.complaint(28)
async def test_end_of_input_ends_with_code_1() -> None:
    async with process_wire() as client:
        await client.initialize()
        assert client.process.stdin is not None
        client.process.stdin.close()
        assert await client.exit_code() == 1


async def test_capabilities_are_what_the_server_does() -> None:
    async with wire() as client:
        result = await client.initialize()
        assert result["serverInfo"]["name"] == "fastidious"
        capabilities = result["capabilities"]
        assert capabilities["textDocumentSync"]["openClose"]
        assert capabilities["textDocumentSync"]["change"] == 2
        assert capabilities["textDocumentSync"]["save"]
        assert capabilities["hoverProvider"]
        kinds = ["quickfix", "source.fixAll.fastidious"]
        assert capabilities["codeActionProvider"] == {"codeActionKinds": kinds, "resolveProvider": True}
        assert "notebookDocumentSync" not in capabilities
        assert "diagnosticProvider" not in capabilities


async def test_requests_before_initialize_are_refused_and_notifications_dropped() -> None:
    async with wire() as client:
        client.open(URI, "blocking")
        answer = await client.answer(client.ask("textDocument/hover", HOVER))
        assert answer["error"]["code"] == -32002
        await client.initialize()
        assert await client.call("fastidious/sync", None) == {}


@pytest.mark.complaint(29)
async def test_requests_after_shutdown_are_refused() -> None:
    async with wire() as client:
        await client.initialize()
        await client.call("shutdown", None)
        answer = await client.answer(client.ask("textDocument/hover", HOVER))
        assert answer["error"]["code"] == -32600


async def test_a_second_initialize_is_refused() -> None:
    async with wire() as client:
        await client.initialize()
        answer = await client.answer(client.ask("initialize", {"processId": None, "rootUri": None, "capabilities": {}}))
        assert answer["error"]["code"] == -32600


@pytest.mark.complaint(30)
async def test_malformed_parameters_are_answered_without_a_pop_up() -> None:
    faulty = [None, {}, [], 3, {"textDocument": 1, "position": 2}, {**HOVER, "position": {"line": "x"}}]
    async with wire() as client:
        await client.initialize()
        for params in faulty:
            answer = await client.answer(client.ask("textDocument/hover", params))
            assert answer["error"]["code"] == -32602
            assert "data" not in answer["error"]
        assert not [message for message in client.received if message.get("method") == "window/showMessage"]


@pytest.mark.complaint(30)
async def test_what_is_no_message_is_answered_once_and_the_session_goes_on() -> None:
    bodies = {
        b"{": -32700,
        b"\xff\xfe": -32700,
        b"[" * 100_000: -32700,
        b"[]": -32600,
        b"3": -32600,
        b"null": -32600,
        b'{"jsonrpc":"1.0","id":1,"method":"shutdown"}': -32600,
        b'{"jsonrpc":"2.0","id":[1],"method":"shutdown"}': -32600,
        b'{"jsonrpc":"2.0","id":null,"method":"shutdown"}': -32600,
    }
    async with wire() as client:
        await client.initialize()
        for body, code in bodies.items():
            client.write(framed(body))
            assert (await client.answer(None))["error"]["code"] == code
        assert await client.call("fastidious/sync", None) == {}
        assert len(client.received) == len(bodies) + 2


async def test_an_unknown_request_is_answered_and_unknown_notifications_are_dropped() -> None:
    async with wire() as client:
        await client.initialize()
        client.write(framed(b'{"jsonrpc":"2.0","method":"$/unheard"}'))
        client.notify("$/setTrace", {"value": "off"})
        client.notify("custom/event", {"jsonrpc": "2.0", "id": 3})
        answer = await client.answer(client.ask("custom/request", {"jsonrpc": "2.0"}))
        assert answer["error"]["code"] == -32601
        assert len(client.received) == 2


async def test_a_nested_object_that_looks_like_a_message_is_data() -> None:
    async with wire() as client:
        await client.initialize(initializationOptions={"jsonrpc": "2.0", "id": 1, "method": "exit"})
        assert await client.call("fastidious/sync", None) == {}


@pytest.mark.complaint(30)
async def test_header_names_have_no_case_and_messages_may_come_in_pieces() -> None:
    async with wire() as client:
        await client.initialize()
        body = json.dumps({"jsonrpc": "2.0", "id": 99, "method": "fastidious/sync"}).encode()
        headers = b"content-type: application/vscode-jsonrpc; charset=utf-8\r\ncontent-length:%d\r\n\r\n" % len(body)
        for byte in headers + body:
            client.write(bytes([byte]))
        assert (await client.answer(99))["result"] == {}


@pytest.mark.complaint(32)
async def test_a_handler_that_raises_is_answered_without_its_traceback() -> None:
    async with wire() as client:
        await client.initialize()
        client.open(URI, "crash")
        answer = await client.answer(client.ask("textDocument/hover", HOVER))
        assert answer["error"]["code"] == -32603
        assert "data" not in answer["error"]
        client.change(URI, 2, {"text": "blocking"})
        assert len(await client.diagnostics(URI)) == 1


@pytest.mark.complaint(25)
async def test_requests_cancelled_in_the_queue_are_not_computed() -> None:
    async with wire() as client:
        await client.initialize()
        client.open(URI, "blocking\n")
        requests: list[int] = []
        batch = b""
        for number in range(1000, 1030):
            hover = {"jsonrpc": "2.0", "id": number, "method": "textDocument/hover", "params": HOVER}
            cancel = {"jsonrpc": "2.0", "method": "$/cancelRequest", "params": {"id": number}}
            batch += framed(json.dumps(hover).encode()) + framed(json.dumps(cancel).encode())
            requests.append(number)
        client.write(batch)
        await client.call("fastidious/sync", None)
        answers = [message for message in client.received if message.get("id") in requests]
        assert [answer["id"] for answer in answers] == requests
        assert {answer["error"]["code"] for answer in answers} == {-32800}


async def test_stray_output_does_not_reach_the_client() -> None:
    script = f"""
        import sys; sys.path.insert(0, {str(Path(__file__).parents[2])!r})
        from fastidious_server.lsp.server import Server
        from fastidious_server.lsp.wire.transport import serve_stdio
        from tests.lsp.fakes import fake_services
        def load():
            print("noise")
            return fake_services()
        serve_stdio(Server(load))
    """
    async with process_wire(sys.executable, "-Ic", textwrap.dedent(script)) as client:
        await client.initialize()
        assert await client.call("fastidious/sync", None) == {}


@pytest.mark.complaint(28)
async def test_the_server_leaves_when_its_editor_dies_while_its_input_stays_open(tmp_path: Path) -> None:
    editor = await asyncio.create_subprocess_exec(sys.executable, "-Ic", "input()", stdin=asyncio.subprocess.PIPE)
    async with process_wire() as client:
        await client.initialize(processId=editor.pid, rootUri=tmp_path.as_uri())
        editor.kill()
        await editor.wait()
        assert await client.exit_code() == 1


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs a shell")
@pytest.mark.complaint(29)
@pytest.mark.complaint(28)
async def test_the_server_leaves_when_it_is_stuck_and_its_input_ends() -> None:
    script = f"""
        import sys, threading; sys.path.insert(0, {str(Path(__file__).parents[2])!r})
        from fastidious_server.lsp.server import Server
        from fastidious_server.lsp.wire.transport import serve_stdio
        serve_stdio(Server(lambda: threading.Event().wait()))
    """
    async with process_wire(sys.executable, "-Ic", textwrap.dedent(script)) as client:
        await client.initialize()
        client.notify("exit", None)
        assert client.process.stdin is not None
        client.process.stdin.close()
        assert await client.exit_code() == 1


@pytest.mark.complaint(24)
async def test_nothing_heavy_is_imported_before_initialize_is_answered() -> None:
    heavy = (
        "libcst",
        "jedi",
        "pydantic",
        "rich",
        "click",
        "tree_sitter",
        "tomlkit",
        "concurrent.futures.process",
        "websockets",
    )
    script = f"""
        import sys
        from fastidious_server.lsp import server
        from fastidious_server.lsp.wire import transport
        sys.exit(" ".join(name for name in {heavy!r} if name in sys.modules) or 0)
    """
    async with process_wire(sys.executable, "-Ic", textwrap.dedent(script)) as client:
        assert await client.exit_code() == 0
