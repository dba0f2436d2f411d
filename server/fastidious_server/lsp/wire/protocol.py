"""Protocol of pygls, made to answer everything, to keep no text, and to leave when it is told to.

It overrides private names of pygls; `tests/lsp/test_lifecycle.py` has a test for each.
"""

from __future__ import annotations

import asyncio
import inspect
import json
import logging
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcException
from pygls.protocol import LanguageServerProtocol, lsp_method

from fastidious_server.lsp.wire.framing import framed
from fastidious_server.lsp.wire.inbox import CANCEL_REQUEST, Malformed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from concurrent.futures import Future

    from cattrs import Converter

    from fastidious_server.lsp.background.recorder import Recorder
    from fastidious_server.lsp.server import Server
    from fastidious_server.lsp.wire.inbox import Message

PARSE_ERROR = -32700
INVALID_REQUEST = -32600
INVALID_PARAMS = -32602
SERVER_NOT_INITIALIZED = -32002
REQUEST_CANCELLED = -32800
CONTENT_MODIFIED = -32801
REQUEST_FAILED = -32803

_OF_THE_SESSION = frozenset(
    {
        lsp.TEXT_DOCUMENT_DID_OPEN,
        lsp.TEXT_DOCUMENT_DID_CLOSE,
        lsp.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS,
        lsp.EXIT,
        lsp.SET_TRACE,
        lsp.WORKSPACE_EXECUTE_COMMAND,
    }
)
_BEFORE_INITIALIZE = frozenset({lsp.INITIALIZE, lsp.EXIT})

_log = logging.getLogger(__name__)


class EncodedResult(NamedTuple):
    """Result of a request that is JSON already."""

    json: bytes


class Protocol(LanguageServerProtocol):
    """Language server protocol as this server speaks it.

    `raw_handlers` take the parameters of hot notifications as parsed JSON.
    """

    raw_handlers: Mapping[str, Callable[[dict[str, Any]], object]] = {}
    recorder: Recorder | None = None
    amend: Callable[[lsp.ServerCapabilities], object] | None = None
    """What to do with the capabilities that pygls has put together."""
    is_shut_down = False
    is_closed = False
    _is_initialized = False

    def __init__(self, server: Server, converter: Converter) -> None:
        super().__init__(server, converter)
        self._sending: set[asyncio.Future[None]] = set()  # the loop alone would not keep them alive

    def receive(self, message: Message, *, cancelled: bool = False) -> None:
        """Handle one message of the client; `cancelled` if it was withdrawn before its turn."""
        match message:
            case Malformed():
                self._refuse(None, PARSE_ERROR, "The message is not valid JSON")
            case {"jsonrpc": "2.0", "method": str() as method, "id": str() | int() as request}:
                self._receive_request(request, method, message, cancelled=cancelled)
            case {"jsonrpc": "2.0", "method": str() as method, **rest} if "id" not in rest:
                self._receive_notification(method, message)
            case {"jsonrpc": "2.0", "id": str() | int() as request, **rest} if "method" not in rest:
                self._receive_response(request, message)
            case _:
                self._refuse(None, INVALID_REQUEST, "The message is not a JSON-RPC 2.0 message")

    def send(self, body: bytes) -> None:
        """Send a message that is JSON already."""
        if self.is_closed or self.writer is None:
            return
        try:
            sent = self.writer.write(framed(body) if self._include_headers else body)
        except (OSError, ValueError):
            self.is_closed = True
            _log.info("The client is gone")
            return
        if inspect.isawaitable(sent):
            sending = asyncio.ensure_future(sent)
            self._sending.add(sending)
            sending.add_done_callback(self._sending.discard)

    def _receive_request(self, request: str | int, method: str, message: dict[str, Any], *, cancelled: bool) -> None:
        if self.recorder is not None:
            self.recorder.begin(request, method)
        if self.is_shut_down:
            self._refuse(request, INVALID_REQUEST, "The server is shutting down")
        elif not self._is_initialized and method not in _BEFORE_INITIALIZE:
            self._refuse(request, SERVER_NOT_INITIALIZED, "The server waits for `initialize`")
        elif cancelled:
            self._refuse(request, REQUEST_CANCELLED, "The request was cancelled")
        elif self._is_initialized and method == lsp.INITIALIZE:
            self._refuse(request, INVALID_REQUEST, "The server is initialized already")
        else:
            self._structure_and_handle(message)

    def _receive_notification(self, method: str, message: dict[str, Any]) -> None:
        if not self._is_initialized and method != lsp.EXIT:
            return
        raw_handler = self.raw_handlers.get(method)
        if self.is_shut_down and method != lsp.EXIT:
            return
        if method == CANCEL_REQUEST:
            self._receive_cancellation(message.get("params"))
        elif raw_handler is not None:
            raw_handler(message.get("params") or {})
        else:
            self._structure_and_handle(message)

    def _receive_cancellation(self, params: object) -> None:
        match params:
            case {"id": str() | int() as request} if request in self._request_futures:
                self._handle_cancel_notification(request)
            case _:
                pass  # answered already, as the protocol allows

    def _receive_response(self, request: str | int, message: dict[str, Any]) -> None:
        future = self._request_futures.get(request)
        if future is None or future.done():
            _log.info("Response to %r, which nobody asked", request)
            return
        try:
            structured: Any = self.structure_message(message)
        except JsonRpcException:
            error = lsp.ResponseError(code=INVALID_PARAMS, message="The response is malformed")
            self._handle_response(request, error=error)
            return
        self.handle_message(structured)

    def _structure_and_handle(self, message: dict[str, Any]) -> None:
        if message.get("params") is None:
            message["params"] = {} if message["method"] == lsp.INITIALIZED else None
        try:
            structured: Any = self.structure_message(message)
        except JsonRpcException as error:
            if "id" in message:
                self._refuse(message["id"], INVALID_PARAMS, _reason(error))
            return
        if message["method"] == lsp.INITIALIZE:
            self._is_initialized = True
        self.handle_message(structured)

    def _refuse(self, request: str | int | None, code: int, reason: str) -> None:
        self._note_answer(request)
        error = {"code": code, "message": reason}
        self.send(json.dumps({"jsonrpc": self.VERSION, "id": request, "error": error}).encode())

    def _get_handler(self, feature_name: str) -> Callable[[Any], Any]:
        # pygls would keep its own copy of every text and folder beside that of the session.
        features: Mapping[str, Any] = cast("Any", self.fm).features
        if feature_name in _OF_THE_SESSION and feature_name in features:
            return features[feature_name]
        return super()._get_handler(feature_name)

    def _execute_handler(
        self,
        msg_id: str | int,
        handler: Callable[..., Any],
        callback: Callable[[Future[Any]], None],
        args: tuple[Any, ...] | None = None,
        kwargs: dict[str, Any] | None = None,
    ) -> None:
        """Run a handler; what it does before it returns an awaitable happens in the order of the messages."""
        if inspect.isgeneratorfunction(handler):
            super()._execute_handler(msg_id, handler, callback, args, kwargs)
            return
        future = cast("Future[Any]", _started(handler, args or (), kwargs or {}))
        if future.done():
            callback(future)
        else:
            self._request_futures[msg_id] = future
            future.add_done_callback(callback)

    def _send_data(self, data: Any) -> None:
        self.send(json.dumps(data, default=self._serialize_message, separators=(",", ":")).encode())

    def _send_response(self, msg_id: str | int, result: Any = None, error: lsp.ResponseError | None = None) -> None:
        if error is not None:
            error.data = None  # pygls puts a traceback there: it is in the log
        self._note_answer(msg_id)
        if isinstance(result, lsp.InitializeResult) and self.amend is not None:
            self.amend(result.capabilities)
        if isinstance(result, EncodedResult):
            self.send(b'{"jsonrpc":"2.0","id":%b,"result":%b}' % (json.dumps(msg_id).encode(), result.json))
            return
        super()._send_response(msg_id, result, error)

    def _send_handler_result(self, future: Future[Any], *, msg_id: str | int) -> None:
        """Send what a handler came to; an error that it raised on purpose is an answer, and nothing to log."""
        error = None if future.cancelled() else future.exception()
        if isinstance(error, JsonRpcException):
            self._request_futures.pop(msg_id, None)
            self._send_response(msg_id, error=error.to_response_error())
        else:
            super()._send_handler_result(future, msg_id=msg_id)

    def _note_answer(self, request: str | int | None) -> None:
        if self.recorder is not None and request is not None:
            self.recorder.end(request)

    @lsp_method(lsp.SHUTDOWN)
    def lsp_shutdown(self, *args: Any) -> Any:
        """Take no more requests and drop those under way."""
        handler: Any = cast("Any", self.fm).features.get(lsp.SHUTDOWN)
        if handler is not None:
            yield handler, args, None
        current = self.msg_id
        for request, future in tuple(self._request_futures.items()):
            if request != current and not future.done():
                future.cancel()
        self.is_shut_down = True


def _started(handler: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> asyncio.Future[Any]:
    """Call `handler`, and return what it returned, raised, or will return."""
    future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
    try:
        result = handler(*args, **kwargs)
    except Exception as error:  # noqa: BLE001 - whatever a handler does, the request is answered
        future.set_exception(error)
        return future
    if inspect.isawaitable(result):
        return asyncio.ensure_future(result)
    future.set_result(result)
    return future


def _reason(error: JsonRpcException) -> str:
    cause = error.__cause__
    details = [str(found) for found in getattr(cause, "exceptions", ())]
    return "; ".join(["The parameters are malformed", *details])
