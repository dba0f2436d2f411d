"""Client that writes bytes and reads bytes: it may be as wrong as the real ones."""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
from abc import ABC, abstractmethod
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fastidious_server.lsp.server import Server, call_later
from fastidious_server.lsp.wire.framing import FrameDecoder, framed
from fastidious_server.lsp.wire.inbox import Inbox, decoded
from tests.lsp.fakes import fake_services

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from fastidious_server.lsp.server import CallLater
    from fastidious_server.workspace.ports import Services

_SERVER = Path(__file__).with_name("fake_server.py")
_TIMEOUT = 30

ALL_CAPABILITIES: dict[str, Any] = {
    "general": {"positionEncodings": ["utf-16"]},
    "textDocument": {
        "publishDiagnostics": {
            "relatedInformation": True,
            "codeDescriptionSupport": True,
            "versionSupport": True,
            "tagSupport": {"valueSet": [1, 2]},
        },
        "hover": {"contentFormat": ["markdown", "plaintext"]},
        "codeAction": {
            "codeActionLiteralSupport": {"codeActionKind": {"valueSet": ["quickfix", "source.fixAll"]}},
            "dataSupport": True,
            "isPreferredSupport": True,
            "disabledSupport": True,
            "honorsChangeAnnotations": True,
            "resolveSupport": {"properties": ["edit"]},
        },
    },
    "workspace": {
        "workspaceEdit": {
            "documentChanges": True,
            "changeAnnotationSupport": {},
            "resourceOperations": ["create", "rename", "delete"],
        }
    },
}


class Wire(ABC):
    """Conversation with a server."""

    def __init__(self) -> None:
        self.received: list[dict[str, Any]] = []
        self.logged: list[dict[str, Any]] = []
        self._decoder = FrameDecoder()
        self._pending: list[bytes] = []
        self._last_id = 0

    @abstractmethod
    def write(self, data: bytes) -> None:
        """Write bytes as they are."""

    @abstractmethod
    async def read_chunk(self) -> bytes:
        """Return some more bytes of the server."""

    def notify(self, method: str, params: Any) -> None:
        """Send a notification."""
        self.write(framed(json.dumps({"jsonrpc": "2.0", "method": method, "params": params}).encode()))

    def ask(self, method: str, params: Any) -> int:
        """Send a request and return its id."""
        self._last_id += 1
        message = {"jsonrpc": "2.0", "id": self._last_id, "method": method, "params": params}
        self.write(framed(json.dumps(message).encode()))
        return self._last_id

    async def read(self) -> dict[str, Any]:
        """Return the next message of the server; what it logs is kept apart."""
        while True:
            while not self._pending:
                self._pending += self._decoder.feed(await asyncio.wait_for(self.read_chunk(), _TIMEOUT))
            message = json.loads(self._pending.pop(0))
            if message.get("method") == "window/logMessage":
                self.logged.append(message["params"])
                continue
            self.received.append(message)
            return message

    async def answer(self, request: int | None) -> dict[str, Any]:
        """Return the answer to a request."""
        while True:
            message = await self.read()
            if "method" not in message and message["id"] == request:
                return message

    async def call(self, method: str, params: Any) -> Any:
        """Send a request and return its result."""
        answer = await self.answer(self.ask(method, params))
        assert "error" not in answer, answer
        return answer["result"]

    async def initialize(self, capabilities: dict[str, Any] | None = None, **rest: Any) -> dict[str, Any]:
        """Begin the session."""
        chosen = ALL_CAPABILITIES if capabilities is None else capabilities
        params = {"processId": None, "rootUri": None, "capabilities": chosen, **rest}
        result = await self.call("initialize", params)
        self.notify("initialized", {})
        return result

    def open(self, uri: str, text: str, version: int = 1) -> None:
        """Open a document."""
        document = {"uri": uri, "languageId": "python", "version": version, "text": text}
        self.notify("textDocument/didOpen", {"textDocument": document})

    def change(self, uri: str, version: int, *changes: Any) -> None:
        """Change a document."""
        params = {"textDocument": {"uri": uri, "version": version}, "contentChanges": list(changes)}
        self.notify("textDocument/didChange", params)

    def published(self, uri: str) -> list[dict[str, Any]]:
        """Return what was published for a document so far, the oldest first."""
        return [
            message["params"]
            for message in self.received
            if message.get("method") == "textDocument/publishDiagnostics" and message["params"]["uri"] == uri
        ]

    async def diagnostics(self, uri: str) -> list[dict[str, Any]]:
        """Return the diagnostics of a document once all that was sent is reviewed."""
        await self.call("fastidious/sync", None)
        return self.published(uri)[-1]["diagnostics"]


class LocalWire(Wire):
    """Conversation with a server in this process."""

    def __init__(self, inbox: Inbox) -> None:
        super().__init__()
        self._inbox = inbox
        self._to_server = FrameDecoder()
        self._from_server: asyncio.Queue[bytes] = asyncio.Queue()

    def write(self, data: bytes) -> None:
        self._inbox.put(decoded(body) for body in self._to_server.feed(data))

    async def read_chunk(self) -> bytes:
        return await self._from_server.get()

    def take(self, data: bytes) -> None:
        """Take bytes from the server."""
        self._from_server.put_nowait(data)


class ProcessWire(Wire):
    """Conversation with a server in a process of its own."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        super().__init__()
        self.process = process

    def write(self, data: bytes) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(data)

    async def read_chunk(self) -> bytes:
        assert self.process.stdout is not None
        assert self.process.stderr is not None
        chunk = await self.process.stdout.read(1 << 16)
        if not chunk:
            raise EOFError((await self.process.stderr.read()).decode())
        return chunk

    async def exit_code(self) -> int:
        """Return the exit code once the process has ended."""
        return await asyncio.wait_for(self.process.wait(), _TIMEOUT)


class _Writer:
    def __init__(self, write: Callable[[bytes], None]) -> None:
        self.write = write

    def close(self) -> None:
        pass


@contextlib.asynccontextmanager
async def wire(services: Services | None = None, call_later: CallLater = call_later) -> AsyncIterator[Wire]:
    """Start a server in this process, and end it afterwards."""
    server = Server(lambda: services or fake_services(), call_later)
    inbox = Inbox(asyncio.get_running_loop())
    client = LocalWire(inbox)
    server.connection.set_writer(_Writer(client.take))
    serving = asyncio.ensure_future(server.serve(inbox))
    yield client
    inbox.close()
    await asyncio.wait_for(serving, _TIMEOUT)


@contextlib.asynccontextmanager
async def process_wire(*command: str) -> AsyncIterator[ProcessWire]:
    """Start a server in a process, the fake one if no other is named, and end it afterwards."""
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        *(command or (sys.executable, "-I", str(_SERVER))), stdin=pipe, stdout=pipe, stderr=pipe
    )
    try:
        yield ProcessWire(process)
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


def spread(line: int, start: int, end: int, last_line: int | None = None) -> dict[str, Any]:
    """Return a range as JSON."""
    last = line if last_line is None else last_line
    return {"start": {"line": line, "character": start}, "end": {"line": last, "character": end}}
