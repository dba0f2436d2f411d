"""Answers that are errors: what happened, and what to do."""

from __future__ import annotations

from pygls.exceptions import JsonRpcException

from fastidious_server.lsp.wire.protocol import CONTENT_MODIFIED, INVALID_PARAMS, REQUEST_FAILED


def modified() -> JsonRpcException:
    """Return the error that tells a client to ask again."""
    return JsonRpcException("The text has changed since; ask again", code=CONTENT_MODIFIED)


def failed(message: str) -> JsonRpcException:
    """Return the error of a request that was right and cannot be granted."""
    return JsonRpcException(message, code=REQUEST_FAILED)


def invalid(message: str) -> JsonRpcException:
    """Return the error of a request that was wrong."""
    return JsonRpcException(message, code=INVALID_PARAMS)
