"""The other ways in: TCP and WebSocket."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

from websockets.asyncio.client import connect

from fastidious_server.lsp.wire.framing import FrameDecoder, framed

SERVER = str(Path(__file__).with_name("fake_server.py"))
INITIALIZE = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {"processId": None, "rootUri": None, "capabilities": {}},
}
SHUTDOWN = {"jsonrpc": "2.0", "id": 2, "method": "shutdown"}
EXIT = {"jsonrpc": "2.0", "method": "exit"}


async def started(option: str) -> tuple[asyncio.subprocess.Process, int]:
    """Return a server and the port that it listens at."""
    process = await asyncio.create_subprocess_exec(sys.executable, "-I", SERVER, option, stderr=asyncio.subprocess.PIPE)
    assert process.stderr is not None
    line = await asyncio.wait_for(process.stderr.readline(), 30)
    return process, int(line.rpartition(b":")[2])


async def test_a_client_may_connect_by_tcp() -> None:
    process, port = await started("--tcp")
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for message in (INITIALIZE, SHUTDOWN, EXIT):
        writer.write(framed(json.dumps(message).encode()))
    received = await asyncio.wait_for(reader.read(), 30)
    assert [json.loads(body)["id"] for body in FrameDecoder().feed(received)] == [1, 2]
    assert await asyncio.wait_for(process.wait(), 30) == 0
    writer.close()


async def test_a_client_may_connect_by_web_socket() -> None:
    process, port = await started("--ws")
    async with connect(f"ws://127.0.0.1:{port}") as socket:
        answers: list[Any] = []
        for message in (INITIALIZE, SHUTDOWN):
            await socket.send(json.dumps(message))
            answers.append(json.loads(await asyncio.wait_for(socket.recv(), 30)))
        await socket.send(json.dumps(EXIT))
    assert [answer["id"] for answer in answers] == [1, 2]
    assert await asyncio.wait_for(process.wait(), 30) == 0
