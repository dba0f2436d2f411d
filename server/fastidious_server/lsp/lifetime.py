"""Beginning and end of a conversation."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING, Any, cast

from lsprotocol import types as lsp

from fastidious_server.lsp.background import indexing, logs
from fastidious_server.lsp.settings import configuration, watching
from fastidious_server.lsp.support import read_support
from fastidious_server.lsp.wire.parent import watch_parent
from fastidious_server.workspace.storage.identity import identify

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fastidious_server.lsp.session import Session

_OBJECTS_BETWEEN_COLLECTIONS = 50_000


def initialize(session: Session, params: lsp.InitializeParams) -> None:
    """Take note of what the editor can do and has open; load nothing yet."""
    session.roots = _roots(params)
    session.options = configuration.own_section(params.initialization_options)
    session.support = read_support(params.capabilities, configuration.wanted_encoding(session.options))
    if params.client_info is not None:
        session.client_name = f"{params.client_info.name} {params.client_info.version or ''}".strip()
    session.recorder.trace = params.trace or lsp.TraceValue.Off
    session.lenses.commands = _client_commands(params.initialization_options)
    if params.process_id is not None:
        watch_parent(params.process_id, lambda: session.client.stop(1))


def initialized(session: Session, _params: Any) -> None:
    """Load the services and start what runs in the background."""
    logs.attach(session)
    configuration.warn(session, session.workbench.warnings)
    configuration.check_encoding(session)
    gc.freeze()  # modules and rules live as long as the process: no collection needs to look at them
    gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS)
    gc.enable()
    if session.support.configuration:
        configuration.pull(session)
    watching.watch(session)
    indexing.start(session)


def folders_changed(session: Session, params: lsp.DidChangeWorkspaceFoldersParams) -> None:
    """Follow the folders that the editor has open."""
    removed = _folders(params.event.removed)
    added = _folders(params.event.added)
    kept = [root for root in session.roots if root not in removed and root not in added]
    session.roots = (*kept, *added)
    session.services.settings.set_roots(session.roots)
    configuration.apply(session)
    if session.support.configuration:
        configuration.pull(session)
    watching.watch(session)
    indexing.start(session)


def trace(session: Session, params: lsp.SetTraceParams) -> None:
    """Tell the client how long things take, or tell it no more."""
    session.recorder.trace = params.value


def shut_down(session: Session, _params: Any) -> None:
    """Stop what runs in the background."""
    session.is_shut_down = True
    session.close()


def leave(session: Session, _params: Any) -> None:
    """End the process at once, well if it was told to shut down before."""
    session.client.stop(0 if session.is_shut_down else 1)


def _client_commands(options: Any) -> frozenset[str]:
    """Return the commands of the client's own that it says it has."""
    match options:
        case {"clientCommands": [*names]}:
            return frozenset(str(name) for name in cast("list[object]", names))
        case {"fastidious": own} | {"settings": own}:
            return _client_commands(own)
        case _:
            return frozenset()


def _roots(params: lsp.InitializeParams) -> tuple[str, ...]:
    if params.workspace_folders:
        return _folders(params.workspace_folders)
    if params.root_uri:
        return _paths([params.root_uri])
    return (params.root_path.replace("\\", "/"),) if params.root_path else ()


def _folders(folders: Sequence[lsp.WorkspaceFolder]) -> tuple[str, ...]:
    return _paths([folder.uri for folder in folders])


def _paths(uris: Sequence[str]) -> tuple[str, ...]:
    """Return the paths of folders, as far as they are on a disk."""
    identities = [identify(uri) for uri in uris]
    return tuple(identity.path.rstrip("/") or "/" for identity in identities if identity.is_file)
