"""The few messages of the language server protocol that the benchmarks read."""

from __future__ import annotations

from typing import Final

import msgspec

NULL: Final = msgspec.Raw(b"null")


class Message(msgspec.Struct, frozen=True):
    """Request, notification or response of a server."""

    id: int | str | None = None
    method: str | None = None
    params: msgspec.Raw = NULL
    result: msgspec.Raw = NULL
    error: msgspec.Raw = NULL


class Publication(msgspec.Struct, frozen=True):
    """Parameters of `textDocument/publishDiagnostics`."""

    uri: str
    diagnostics: list[msgspec.Raw]
    version: int | None = None


class ProgressValue(msgspec.Struct, frozen=True):
    """Step of a work-done progress."""

    kind: str = ""


class Progress(msgspec.Struct, frozen=True):
    """Parameters of `$/progress`."""

    token: int | str
    value: ProgressValue


class ConfigurationRequest(msgspec.Struct, frozen=True):
    """Parameters of `workspace/configuration`."""

    items: list[msgspec.Raw]


CAPABILITIES: Final[dict[str, object]] = {
    "general": {"positionEncodings": ["utf-16"]},
    "textDocument": {
        "publishDiagnostics": {"versionSupport": True, "relatedInformation": True, "codeDescriptionSupport": True},
        "synchronization": {"didSave": True},
        "hover": {"contentFormat": ["markdown"]},
        "documentSymbol": {"hierarchicalDocumentSymbolSupport": True},
        "codeLens": {},
        "codeAction": {
            "codeActionLiteralSupport": {"codeActionKind": {"valueSet": ["quickfix", "source"]}},
            "dataSupport": True,
            "isPreferredSupport": True,
            "resolveSupport": {"properties": ["edit"]},
        },
    },
    "window": {"workDoneProgress": True},
    "workspace": {"configuration": True, "workspaceFolders": True, "didChangeConfiguration": {}},
}
"""What the client can do. Pull diagnostics are left out, so that every server pushes."""
