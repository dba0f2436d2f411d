"""Ways to reach the server: standard streams, TCP, WebSocket."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
import threading
import time
from typing import TYPE_CHECKING, Any, BinaryIO, NoReturn

from fastidious_server.lsp.background.logs import log_to_standard_error
from fastidious_server.lsp.wire.framing import FrameDecoder
from fastidious_server.lsp.wire.inbox import Inbox, decoded

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from websockets.asyncio.server import ServerConnection

    from fastidious_server.lsp.server import Server

_CHUNK = 1 << 16
_SECONDS_TO_LEAVE = 2.0


def serve_stdio(server: Server) -> NoReturn:
    """Serve the client at standard input and output, then end the process."""
    reading, writing = _private_streams()
    server.connection.set_writer(_StreamWriter(os.fdopen(writing, "wb", buffering=0)))

    async def serve() -> int:
        inbox = Inbox(asyncio.get_running_loop())
        threading.Thread(target=_read, args=(reading, inbox), name="lsp-reader", daemon=True).start()
        return await server.serve(inbox)

    _run(serve)


def serve_tcp(server: Server, host: str, port: int) -> NoReturn:
    """Serve the first client that connects to `port`, then end the process."""

    async def serve() -> int:
        result: asyncio.Future[int] = asyncio.get_running_loop().create_future()

        async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            listener.close()
            server.connection.set_writer(writer)  # pyright: ignore[reportArgumentType] - its `write` is all that is used
            inbox = Inbox(asyncio.get_running_loop())
            reading = asyncio.ensure_future(_read_stream(reader, inbox))
            code = await server.serve(inbox)
            reading.cancel()
            with contextlib.suppress(OSError):
                await writer.drain()
                writer.close()
            result.set_result(code)

        listener = await asyncio.start_server(connected, host, port)
        _announce("TCP", listener.sockets[0].getsockname())
        return await result

    _run(serve)


def serve_ws(server: Server, host: str, port: int) -> NoReturn:
    """Serve the first client that opens a WebSocket at `port`, then end the process."""
    from websockets.asyncio.server import serve as listen  # noqa: PLC0415 - most servers never need it

    async def serve() -> int:
        result: asyncio.Future[int] = asyncio.get_running_loop().create_future()

        async def connected(socket: ServerConnection) -> None:
            if server.connection.writer is not None:
                return
            server.connection.set_writer(_WebSocketWriter(socket), include_headers=False)
            inbox = Inbox(asyncio.get_running_loop())
            reading = asyncio.ensure_future(_read_socket(socket, inbox))
            code = await server.serve(inbox)
            reading.cancel()
            await socket.close()
            result.set_result(code)

        async with listen(connected, host, port, max_size=None) as listener:
            _announce("WebSocket", next(iter(listener.sockets)).getsockname())
            return await result

    _run(serve)


class _StreamWriter:
    """Writer that hands over whole messages, however little a pipe takes at once."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def write(self, data: bytes) -> None:
        view = memoryview(data)
        while view:
            view = view[self._stream.write(view) :]

    def close(self) -> None:
        self._stream.close()


class _WebSocketWriter:
    """Writer of text messages; pygls awaits what `write` returns."""

    def __init__(self, socket: ServerConnection) -> None:
        self._socket = socket

    async def write(self, data: bytes) -> None:
        await self._socket.send(data.decode())

    async def close(self) -> None:
        await self._socket.close()


def _run(serve: Callable[[], Coroutine[Any, Any, int]]) -> NoReturn:
    """Run `serve` and leave with its exit code, without a wait for threads that read or work."""
    log_to_standard_error()
    exit_code = asyncio.new_event_loop().run_until_complete(serve())
    sys.stderr.flush()
    os._exit(exit_code)


def _private_streams() -> tuple[int, int]:
    """Return descriptors of the client's streams that a stray `print`, or a child, cannot reach."""
    reading, writing = os.dup(0), os.dup(1)
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.close(null)
    sys.stdout.flush()
    os.dup2(2, 1)
    return reading, writing


def _read(descriptor: int, inbox: Inbox) -> None:
    decoder = FrameDecoder()
    with contextlib.suppress(OSError):
        while chunk := os.read(descriptor, _CHUNK):
            inbox.put(decoded(body) for body in decoder.feed(chunk))
    inbox.close()
    time.sleep(_SECONDS_TO_LEAVE)
    os._exit(1)  # the loop is stuck, and nobody is there for whom it could matter


async def _read_stream(reader: asyncio.StreamReader, inbox: Inbox) -> None:
    decoder = FrameDecoder()
    with contextlib.suppress(OSError):
        while chunk := await reader.read(_CHUNK):
            inbox.put(decoded(body) for body in decoder.feed(chunk))
    inbox.close()


async def _read_socket(socket: ServerConnection, inbox: Inbox) -> None:
    async for message in socket:
        inbox.put([decoded(message if isinstance(message, bytes) else message.encode())])
    inbox.close()


def _announce(name: str, address: tuple[str, int]) -> None:
    sys.stderr.write(f"Listening for a {name} client on {address[0]}:{address[1]}\n")
    sys.stderr.flush()
