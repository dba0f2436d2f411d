"""Client side of the language server protocol, over the standard streams of a server."""

from __future__ import annotations

import contextlib
import json
import queue
import subprocess
import threading
import time
from collections import deque
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import IO

PATIENCE = 60.0
"""Seconds to wait for any one answer."""
LAST_WORDS = 15
"""Lines of what the server wrote to its error stream that are shown if it fails."""


class ServerError(Exception):
    """A server that ended, refused or fell silent, in words for the reader."""


class Message(NamedTuple):
    """A message of the server and the moment it was there."""

    content: dict[str, Any]
    arrived: float


class Connection:
    """A running server, the requests to it and what it says unasked."""

    def __init__(self, command: Sequence[str], on_notification: Callable[[Message], None]) -> None:
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe)
        self._words: deque[str] = deque(maxlen=LAST_WORDS)
        self._on_notification = on_notification
        self._inbox: queue.Queue[Message | None] = queue.Queue()
        self._last_id = 0
        self._threads = [threading.Thread(target=work, daemon=True) for work in (self._read, self._listen)]
        for thread in self._threads:
            thread.start()

    def request(self, method: str, params: object = None) -> Any:
        """Return the server's answer to a request."""
        self._last_id += 1
        identifier = self._last_id
        self._send({"id": identifier, "method": method, "params": params})
        answers: list[dict[str, Any]] = []

        def answered(message: dict[str, Any]) -> bool:
            if message.get("id") == identifier and "method" not in message:
                answers.append(message)
            return bool(answers)

        self.wait(answered, f"an answer to {method}")
        if "error" in answers[0]:
            message = f"The server refused {method}: {answers[0]['error']['message']}"
            raise ServerError(message)
        return answers[0].get("result")

    def notify(self, method: str, params: object) -> float:
        """Tell the server something and return the moment that began."""
        begun = time.perf_counter()
        self._send({"method": method, "params": params})
        return begun

    def wait(self, is_enough: Callable[[dict[str, Any]], bool], what: str) -> None:
        """Handle messages until one is enough."""
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                message = self._inbox.get(timeout=max(deadline - time.monotonic(), 0.0))
            except queue.Empty:
                error = self._failure(f"kept the demo waiting for {what}")
                raise error from None
            if message is None:
                error = self._failure(f"ended while the demo waited for {what}")
                raise error
            self._handle(message)
            if is_enough(message.content):
                return

    def close(self) -> int:
        """Shut the server down and return its exit code."""
        self.request("shutdown")
        self.notify("exit", None)
        return self._process.wait(PATIENCE)

    def kill(self) -> None:
        """End the server whatever it does."""
        self._process.kill()
        for thread in self._threads:
            thread.join(PATIENCE)
        with contextlib.suppress(BrokenPipeError), self._process:
            pass  # closes the streams, also one that holds what nobody will read

    def _failure(self, predicate: str) -> ServerError:
        code = self._process.poll()
        ended = "" if code is None else f" (exit code {code})"
        if code is not None:
            self._threads[-1].join(PATIENCE)  # its last words
        return ServerError("\n".join([f"The server {predicate}{ended}.", *self._words]))

    def _handle(self, message: Message) -> None:
        content = message.content
        if "method" not in content:
            return
        if "id" not in content:
            self._on_notification(message)
            return
        asks_for_settings = content["method"] == "workspace/configuration"
        result = [None] * len(content["params"]["items"]) if asks_for_settings else None
        self._send({"id": content["id"], "result": result})

    def _send(self, message: dict[str, object]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        stdin = _open_stream(self._process.stdin)
        try:
            stdin.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
            stdin.flush()
        except BrokenPipeError:
            self._process.wait(PATIENCE)
            error = self._failure("does not listen any more")
            raise error from None

    def _listen(self) -> None:
        for line in _open_stream(self._process.stderr):
            self._words.append(line.decode("utf-8", "replace").rstrip())

    def _read(self) -> None:
        stdout = _open_stream(self._process.stdout)
        while header := stdout.readline():
            length = int(header.split(b":")[1])
            while stdout.readline().strip():
                pass
            body = stdout.read(length)
            arrived = time.perf_counter()
            self._inbox.put(Message(json.loads(body), arrived))
        self._process.wait()
        self._inbox.put(None)


def _open_stream(stream: IO[bytes] | None) -> IO[bytes]:
    if stream is None:
        message = "The server was started without its standard streams"
        raise ServerError(message)
    return stream
