"""A server process and the messages that go to it and come from it."""

from __future__ import annotations

import contextlib
import subprocess
import tempfile
import time
from typing import IO, TYPE_CHECKING, Final, cast

import msgspec
from frames import FrameReader, framed
from messages import ConfigurationRequest, Message

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

PATIENCE: Final = 60.0
QUIT_PATIENCE: Final = 5.0
COMPLAINT_LENGTH: Final = 200


class ServerFailureError(Exception):
    """A server that does not start, stops, or does not answer."""


class Connection:
    """A running server process with its pipes."""

    def __init__(self, command: tuple[str, ...], directory: Path, environment: Mapping[str, str]) -> None:
        """Start the process."""
        self._complaints = tempfile.TemporaryFile()  # noqa: SIM115
        self.started = time.perf_counter()
        self._process = self._spawn(command, directory, environment)
        self._input = cast("IO[bytes]", self._process.stdin)
        self._output = cast("IO[bytes]", self._process.stdout)
        self._reader = FrameReader(self._output.fileno())
        self._requests = 0

    @property
    def pid(self) -> int:
        """The process of the server."""
        return self._process.pid

    def notify(self, method: str, params: object) -> float:
        """Send a notification; return the moment just before it was written."""
        return self._send({"jsonrpc": "2.0", "method": method, "params": params})

    def send_request(self, method: str, params: object) -> int:
        """Send a request; return its id."""
        self._requests += 1
        self._send({"jsonrpc": "2.0", "id": self._requests, "method": method, "params": params})
        return self._requests

    def receive(self, deadline: float) -> tuple[Message, float] | None:
        """Return the next message and its arrival, or nothing at the deadline; requests are answered on the way."""
        try:
            frame = self._reader.read(deadline)
        except EOFError as error:
            raise self._failure() from error
        if frame is None:
            return None
        message = msgspec.json.decode(frame.body, type=Message)
        if message.method and message.id is not None:
            self._send({"jsonrpc": "2.0", "id": message.id, "result": _answer(message)})
        return message, frame.arrived

    def quit(self) -> None:
        """Ask the server to leave, and see to it that it does."""
        with contextlib.suppress(ServerFailureError):
            identity = self.send_request("shutdown", None)
            deadline = time.perf_counter() + QUIT_PATIENCE
            while (received := self.receive(deadline)) is not None and received[0].id != identity:
                pass
            self.notify("exit", None)
        self._end()
        self._complaints.close()

    def _spawn(
        self, command: tuple[str, ...], directory: Path, environment: Mapping[str, str]
    ) -> subprocess.Popen[bytes]:
        pipe, complaints = subprocess.PIPE, self._complaints
        try:
            return subprocess.Popen(
                command, stdin=pipe, stdout=pipe, stderr=complaints, cwd=directory, env=dict(environment)
            )
        except OSError as error:
            complaints.close()
            message = f"cannot be started: {error.strerror}"
            raise ServerFailureError(message) from error

    def _end(self) -> None:
        try:
            self._process.wait(QUIT_PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        with contextlib.suppress(BrokenPipeError):
            self._input.close()
        self._output.close()

    def _send(self, message: Mapping[str, object]) -> float:
        data = framed(msgspec.json.encode(message))
        sent = time.perf_counter()
        try:
            self._input.write(data)
            self._input.flush()
        except BrokenPipeError as error:
            raise self._failure() from error
        return sent

    def _failure(self) -> ServerFailureError:
        self._complaints.seek(0)
        lines = self._complaints.read().decode(errors="replace").split("\n")
        said = next((line.strip() for line in reversed(lines) if line.strip()), "it left no message")
        return ServerFailureError(f"stopped: {said[:COMPLAINT_LENGTH]}")


def _answer(request: Message) -> object:
    if request.method == "workspace/configuration":
        return [None] * len(msgspec.json.decode(request.params, type=ConfigurationRequest).items)
    return None
