"""What the server says of itself: on standard error, and in the log of the editor."""

from __future__ import annotations

import contextlib
import json
import logging
import platform
import sys
import threading
from typing import TYPE_CHECKING

from lsprotocol import types as lsp

from fastidious_rules import __version__

if TYPE_CHECKING:
    from fastidious_server.lsp.session import Session
    from fastidious_server.lsp.wire.client import Client

_LEVELS = {"error": logging.ERROR, "warning": logging.WARNING, "info": logging.INFO, "debug": logging.DEBUG}
_FORMAT = "%(asctime)s %(levelname)s %(message)s"
_TYPES = (
    (logging.ERROR, lsp.MessageType.Error),
    (logging.WARNING, lsp.MessageType.Warning),
    (logging.INFO, lsp.MessageType.Info),
)

_own = logging.getLogger("fastidious_server")


class _Quiet(logging.Handler):
    """Handler whose own failures are nobody's business: there is no place left to tell them."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - the name is that of `logging`
        """Drop `record`."""


class StandardErrorLog(_Quiet):
    """Log on standard error."""

    def __init__(self) -> None:
        super().__init__()
        self.setFormatter(logging.Formatter(_FORMAT))

    def emit(self, record: logging.LogRecord) -> None:
        """Write `record`, if anybody still reads."""
        with contextlib.suppress(OSError, ValueError):
            sys.stderr.write(f"{self.format(record)}\n")
            sys.stderr.flush()


class ClientLog(_Quiet):
    """Log of the editor."""

    def __init__(self, client: Client) -> None:
        super().__init__()
        self._client = client
        self._thread = threading.get_ident()

    def emit(self, record: logging.LogRecord) -> None:
        """Send `record`, in the thread that speaks with the client."""
        body = _message(record, self.format(record))
        if threading.get_ident() == self._thread:
            self._client.send(body)
        else:
            self._client.post(lambda: self._client.send(body))


def log_to_standard_error() -> None:
    """Log on standard error from now on, as long as this process lives."""
    logging.getLogger().addHandler(StandardErrorLog())
    _own.setLevel(logging.INFO)


def set_level(name: str) -> None:
    """Log what is at least as important as `name` says: `error`, `warning`, `info` or `debug`.

    Editors take standard error for failures: it gets warnings and worse from now on, and all only for `debug`.
    """
    level = _LEVELS[name]
    _own.setLevel(level)
    for handler in logging.getLogger().handlers:
        if isinstance(handler, StandardErrorLog):
            handler.setLevel(level if level == logging.DEBUG else logging.WARNING)


def attach(session: Session) -> None:
    """Log to the editor too, and say once who is speaking."""
    session.log = ClientLog(session.client)
    logging.getLogger().addHandler(session.log)
    set_level(session.services.settings.preferences.log_level)
    _own.info("%s", introduction(session))


def detach(session: Session) -> None:
    """Log to the editor no more."""
    if session.log is not None:
        logging.getLogger().removeHandler(session.log)
        session.log = None


def introduction(session: Session) -> str:
    """Return which server this is, and where it runs."""
    python = f"{platform.python_implementation()} {platform.python_version()}"
    roots = ", ".join(session.roots) or "no folder"
    system = f"{platform.system()} {platform.machine()}"
    return f"Fastidious {__version__} on {python}, {system}; {session.support.encoding} columns; {roots}"


def _message(record: logging.LogRecord, text: str) -> bytes:
    kind = next((kind for level, kind in _TYPES if record.levelno >= level), lsp.MessageType.Log)
    params = {"type": int(kind), "message": text}
    return json.dumps({"jsonrpc": "2.0", "method": lsp.WINDOW_LOG_MESSAGE, "params": params}).encode()
