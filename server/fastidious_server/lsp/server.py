"""Language server: the handlers of each method, put in pygls' hands."""

from __future__ import annotations

import asyncio
import logging
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias, cast

from lsprotocol import types as lsp
from pygls.lsp.server import LanguageServer
from pygls.protocol import default_converter

from fastidious_rules import __version__
from fastidious_server.lsp import barrier, commands, completion, hovers, inlay_hints, lifetime, synchronization
from fastidious_server.lsp.diagnosis import diagnostics
from fastidious_server.lsp.diagnosis.fragments import SOURCE
from fastidious_server.lsp.repair import code_actions
from fastidious_server.lsp.routes import code_lenses, navigation, symbols
from fastidious_server.lsp.session import Session
from fastidious_server.lsp.settings import configuration
from fastidious_server.lsp.waiting import once_all_are_reviewed, once_reviewed
from fastidious_server.lsp.wire.client import Refused
from fastidious_server.lsp.wire.inbox import CANCEL_REQUEST, Inbox
from fastidious_server.lsp.wire.protocol import Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from concurrent.futures import Future

    from fastidious_server.lsp.wire.inbox import Item, Message
    from fastidious_server.workspace.ports import Services

FEATURES: Mapping[str, Callable[..., Any]] = {
    lsp.INITIALIZED: lifetime.initialized,
    lsp.SHUTDOWN: lifetime.shut_down,
    lsp.EXIT: lifetime.leave,
    lsp.SET_TRACE: lifetime.trace,
    lsp.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS: lifetime.folders_changed,
    lsp.TEXT_DOCUMENT_DID_OPEN: synchronization.opened,
    lsp.TEXT_DOCUMENT_DID_SAVE: synchronization.saved,
    lsp.TEXT_DOCUMENT_DID_CLOSE: synchronization.closed,
    lsp.TEXT_DOCUMENT_COMPLETION: completion.complete,
    lsp.TEXT_DOCUMENT_INLAY_HINT: once_reviewed(inlay_hints.inlay_hints),
    lsp.TEXT_DOCUMENT_HOVER: once_reviewed(hovers.hover),
    lsp.TEXT_DOCUMENT_DEFINITION: navigation.definition,
    lsp.TEXT_DOCUMENT_REFERENCES: navigation.references,
    lsp.TEXT_DOCUMENT_DOCUMENT_SYMBOL: once_reviewed(symbols.document_symbols),
    lsp.WORKSPACE_SYMBOL: symbols.workspace_symbols,
    lsp.TEXT_DOCUMENT_CODE_LENS: once_reviewed(code_lenses.code_lenses),
    lsp.TEXT_DOCUMENT_CODE_ACTION: once_reviewed(code_actions.code_actions),
    lsp.CODE_ACTION_RESOLVE: once_all_are_reviewed(code_actions.resolve),
    lsp.WORKSPACE_DID_CHANGE_CONFIGURATION: configuration.options_changed,
    lsp.WORKSPACE_EXECUTE_COMMAND: commands.execute,
    lsp.WORKSPACE_DID_CHANGE_WATCHED_FILES: configuration.files_changed,
    barrier.SYNC: barrier.sync,
}
PULL_FEATURES: Mapping[str, Callable[..., Any]] = {
    lsp.TEXT_DOCUMENT_DIAGNOSTIC: once_all_are_reviewed(diagnostics.document_diagnostic),
    lsp.WORKSPACE_DIAGNOSTIC: diagnostics.workspace_diagnostic,
}
"""Features for clients that ask for diagnostics; all others are sent them."""
RAW_FEATURES: Mapping[str, Callable[[Session, dict[str, Any]], object]] = {
    lsp.TEXT_DOCUMENT_DID_CHANGE: synchronization.changed,
}
OPTIONS: Mapping[str, Any] = {
    lsp.TEXT_DOCUMENT_COMPLETION: lsp.CompletionOptions(trigger_characters=completion.TRIGGERS),
    lsp.TEXT_DOCUMENT_CODE_LENS: lsp.CodeLensOptions(resolve_provider=False),
    lsp.TEXT_DOCUMENT_DOCUMENT_SYMBOL: lsp.DocumentSymbolOptions(label="Fastidious"),
    lsp.TEXT_DOCUMENT_CODE_ACTION: lsp.CodeActionOptions(code_action_kinds=code_actions.KINDS, resolve_provider=True),
    lsp.WORKSPACE_EXECUTE_COMMAND: lsp.ExecuteCommandOptions(commands=list(commands.COMMANDS), work_done_progress=True),
    lsp.TEXT_DOCUMENT_DIAGNOSTIC: lsp.DiagnosticOptions(
        identifier=SOURCE, inter_file_dependencies=True, workspace_diagnostics=True
    ),
}

CallLater: TypeAlias = "Callable[[float, Callable[[], object]], Callable[[], object]]"

_log = logging.getLogger(__name__)


def call_later(seconds: float, job: Callable[[], object]) -> Callable[[], object]:
    """Have the event loop call `job` after `seconds`, and return what prevents it."""
    return asyncio.get_running_loop().call_later(seconds, job).cancel


class Server(LanguageServer):
    """Language server of one client: takes its messages in order and works between them."""

    def __init__(self, load: Callable[[], Services], call_later: CallLater = call_later) -> None:
        super().__init__(  # pyright: ignore[reportUnknownMemberType] - pygls leaves `*args` open
            "fastidious", __version__, protocol_cls=Protocol, converter_factory=default_converter
        )
        self.connection = cast("Protocol", self.protocol)
        self.session = Session(load, self)
        self.connection.recorder = self.session.recorder
        self.connection.amend = self._amend
        self.exit_code: int | None = None
        self._inbox: Inbox | None = None
        self._call_later = call_later
        self._offer({**FEATURES, lsp.INITIALIZE: self._initialize})
        self.connection.raw_handlers = {
            method: partial(handler, self.session) for method, handler in RAW_FEATURES.items()
        }

    def _initialize(self, session: Session, params: lsp.InitializeParams) -> None:
        lifetime.initialize(session, params)
        if session.support.pull_diagnostics:
            self._offer(PULL_FEATURES)

    def _amend(self, capabilities: lsp.ServerCapabilities) -> None:
        capabilities.position_encoding = self.session.support.encoding.value
        capabilities.execute_command_provider = OPTIONS[lsp.WORKSPACE_EXECUTE_COMMAND]

    def _offer(self, features: Mapping[str, Callable[..., Any]]) -> None:
        for method, handler in features.items():
            self.feature(method, OPTIONS.get(method))(partial(handler, self.session))

    def report_server_error(self, error: Exception, source: Any) -> None:
        """Log an error; it is no reason to interrupt whoever is typing."""
        _log.error("%s: %s", getattr(source, "__name__", source), error)

    def send(self, body: bytes) -> None:
        """Send a message that is JSON already."""
        self.connection.send(body)

    def notify(self, method: str, params: Any) -> None:
        """Send a notification."""
        self.connection.notify(method, params)

    def request(self, method: str, params: Any, then: Callable[[Any], object]) -> None:
        """Send a request and call `then` with its result, or with `Refused`, in the order of the messages."""

        def answered(future: Future[Any]) -> None:
            if future.cancelled():
                return
            error = future.exception()
            if error is not None:
                _log.warning("The editor refused %s: %s", method, error)
            then(future.result() if error is None else Refused(str(error)))

        self.connection.send_request(method, params).add_done_callback(answered)

    def post(self, job: Callable[[], object]) -> None:
        """Call `job` after the messages that arrived before; callable from any thread."""
        if self._inbox is not None:
            self._inbox.put([job])

    def later(self, seconds: float, job: Callable[[], object]) -> Callable[[], object]:
        """Call `job` after `seconds` and after the messages that arrived before; what is returned prevents it."""
        return self._call_later(seconds, lambda: self.post(job))

    def stop(self, exit_code: int) -> None:
        """End `serve` with `exit_code`; callable from any thread."""
        if self.exit_code is None:
            self.exit_code = exit_code
        if self._inbox is not None:
            self._inbox.close()

    async def serve(self, inbox: Inbox) -> int:
        """Handle messages until the client says `exit` or is gone, and return the exit code."""
        self._inbox = inbox
        while self.exit_code is None and not self.connection.is_closed:
            while inbox and self.exit_code is None:
                self._handle(inbox, inbox.take())
            await asyncio.sleep(0)  # what arrives meanwhile, and tasks, come before reviews
            if not inbox and inbox.is_closed:
                break
            if not inbox and not self._review():
                await inbox.wait()
        self.connection.is_closed = True
        self.session.close()
        return 1 if self.exit_code is None else self.exit_code

    def _handle(self, inbox: Inbox, item: Item) -> None:
        try:
            if callable(item):
                item()
            else:
                self._receive(inbox, item)
        except Exception:  # noqa: BLE001 - whatever one message does, the next one is handled
            _log.exception("Could not handle a message")

    def _receive(self, inbox: Inbox, message: Message) -> None:
        match message:
            case {"method": str() as method, "id": str() | int() as request}:
                self.connection.receive(message, cancelled=inbox.is_cancelled(request))
            case {"method": method, "params": {"id": str() | int() as request}} if method == CANCEL_REQUEST:
                if inbox.is_cancelled(request):
                    self.connection.receive(message)
            case _:
                self.connection.receive(message)

    def _review(self) -> bool:
        workbench = self.session.loaded
        if workbench is None:
            return False
        is_done = not workbench.reviews.step()
        if is_done:
            workbench.inspecting.follow()
        return not is_done
