"""A language client that does one thing: time the answers of a server over its standard streams."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Any, NamedTuple, Self

import msgspec
from connection import PATIENCE, Connection, ServerFailureError
from messages import CAPABILITIES, NULL, Message, Progress, Publication

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from edits import Insertion


class Timing(NamedTuple):
    """How long diagnostics took in milliseconds, and how many they were."""

    milliseconds: float
    diagnostics: int


class Answer(NamedTuple):
    """Result of a request, and how long it took in milliseconds."""

    milliseconds: float
    result: Any


class Session:
    """Session of an editor with one server in one workspace."""

    def __init__(self, connection: Connection, root: Path, options: object = None) -> None:
        """Take a server that was just started; `initialize` begins the session."""
        self._connection = connection
        self._root = root
        self._options = options
        self._version = 0
        self._working: set[int | str] = set()
        self._announced = False
        self.capabilities: Mapping[str, Any] = {}
        """What the server offers, once `initialize` is answered."""
        self.diagnostics: Sequence[msgspec.Raw] = ()
        """Those that were read last."""

    @property
    def pid(self) -> int:
        """The process of the server."""
        return self._connection.pid

    def __enter__(self) -> Self:
        """Return the session itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Stop the server."""
        self.stop()

    def stop(self) -> None:
        """Shut the server down and end its process."""
        self._connection.quit()

    def initialize(self) -> float:
        """Begin the session; return the milliseconds from the start of the process to the answer."""
        folder = {"uri": self._root.as_uri(), "name": self._root.name}
        request: dict[str, object] = {
            "processId": os.getpid(),
            "rootUri": folder["uri"],
            "workspaceFolders": [folder],
            "capabilities": CAPABILITIES,
            "initializationOptions": self._options,
        }
        identity = self._connection.send_request("initialize", request)
        message, arrived = self._await_response(identity)
        self.capabilities = msgspec.json.decode(message.result)["capabilities"]
        self._connection.notify("initialized", {})
        return (arrived - self._connection.started) * 1000

    def open(self, path: Path, text: str) -> Timing:
        """Open a document; return when its first diagnostics arrived."""
        self._version += 1
        item = {"uri": path.as_uri(), "languageId": "python", "version": self._version, "text": text}
        sent = self._connection.notify("textDocument/didOpen", {"textDocument": item})
        return self._await_diagnostics(path.as_uri(), sent)

    def insert(self, path: Path, insertion: Insertion) -> Timing:
        """Type into an open document; return when the diagnostics of the new text arrived."""
        self.listen(0.0)
        self._version += 1
        position = {"line": insertion.line, "character": insertion.character}
        edit = {"range": {"start": position, "end": position}, "text": insertion.text}
        document = {"uri": path.as_uri(), "version": self._version}
        sent = self._connection.notify("textDocument/didChange", {"textDocument": document, "contentChanges": [edit]})
        return self._await_diagnostics(path.as_uri(), sent)

    def ask(self, method: str, params: object) -> Answer:
        """Send a request; return the answer to it."""
        self.listen(0.0)
        sent = time.perf_counter()
        message, arrived = self._await_response(self._connection.send_request(method, params))
        if message.error != NULL:
            text = f"refused {method}: {bytes(message.error).decode()}"
            raise ServerFailureError(text)
        return Answer((arrived - sent) * 1000, msgspec.json.decode(message.result))

    def close(self, path: Path) -> None:
        """Close a document."""
        self._connection.notify("textDocument/didClose", {"textDocument": {"uri": path.as_uri()}})

    def listen(self, seconds: float) -> None:
        """Handle what the server says during some time."""
        deadline = time.perf_counter() + seconds
        while self._receive(deadline) is not None:
            pass

    def wait_until_idle(self, patience: float, grace: float) -> bool:
        """Wait until all announced work has ended; return false if none is announced within the grace period."""
        begun = time.perf_counter()
        while self._working or not self._announced:
            now = time.perf_counter()
            if not self._announced and now > begun + grace:
                return False
            if now > begun + patience:
                message = f"its background work did not end within {patience:.0f} s"
                raise ServerFailureError(message)
            self._receive(now + 0.1)
        return True

    def _await_response(self, identity: int) -> tuple[Message, float]:
        deadline = time.perf_counter() + PATIENCE
        while (received := self._receive(deadline)) is not None:
            message, arrived = received
            if message.method is None and message.id == identity:
                return message, arrived
        text = f"no answer within {PATIENCE:.0f} s"
        raise ServerFailureError(text)

    def _await_diagnostics(self, uri: str, sent: float) -> Timing:
        deadline = sent + PATIENCE
        while (received := self._receive(deadline)) is not None:
            message, arrived = received
            if message.method != "textDocument/publishDiagnostics":
                continue
            publication = msgspec.json.decode(message.params, type=Publication)
            if publication.uri == uri and publication.version in {None, self._version}:
                self.diagnostics = publication.diagnostics
                return Timing((arrived - sent) * 1000, len(publication.diagnostics))
        text = f"no diagnostics within {PATIENCE:.0f} s"
        raise ServerFailureError(text)

    def _receive(self, deadline: float) -> tuple[Message, float] | None:
        received = self._connection.receive(deadline)
        if received is not None and received[0].method == "$/progress":
            self._note(msgspec.json.decode(received[0].params, type=Progress))
        return received

    def _note(self, progress: Progress) -> None:
        if progress.value.kind == "begin":
            self._announced = True
            self._working.add(progress.token)
        elif progress.value.kind == "end":
            self._working.discard(progress.token)
