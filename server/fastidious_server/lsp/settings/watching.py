"""Files that change on the disk: told by the editor, or looked for where it does not watch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types as lsp

from fastidious_server.lsp.settings import configuration
from fastidious_server.workspace.storage.identity import to_uri
from fastidious_server.workspace.storage.repository import ancestors, repository_around, repository_marks

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from fastidious_server.lsp.session import Session

_INSIDE = ("**/*.{py,pyi,toml,lock,ini,cfg}", "**/requirements*.txt", "**/*baseline*.json", "**/.gitignore")
_ABOVE = "{*.toml,*.lock,*.ini,*.cfg,requirements*.txt,*baseline*.json,.gitignore}"


def watch(session: Session) -> None:
    """Ask the editor to tell of changed files and settings, as far as it lets itself be asked; else look oneself."""
    wanted: dict[str, object] = {}
    if session.support.watched_files:
        watchers = list(_watchers(session))
        options = lsp.DidChangeWatchedFilesRegistrationOptions(watchers=watchers)
        wanted[lsp.WORKSPACE_DID_CHANGE_WATCHED_FILES] = options
    if session.support.configuration_changes:
        section = lsp.DidChangeConfigurationRegistrationOptions(section=configuration.SECTION)
        wanted[lsp.WORKSPACE_DID_CHANGE_CONFIGURATION] = section
    session.registrations.update(wanted, refused=lambda: _look_out(session))
    if not session.support.watched_files:
        _look_out(session)


def look(session: Session) -> None:
    """Take notice of what changed on the disk, now that somebody opened or saved a document."""
    configuration.refresh(session)
    if session.lookout.is_out:
        session.services.index.rescan()
        session.workbench.inspecting.look()


def _look_out(session: Session) -> None:
    known = _marks(session)

    def look_for_changes() -> None:
        nonlocal known
        configuration.refresh(session)
        marks = _marks(session)
        if marks != known:
            known = marks
            session.services.index.rescan()
            session.workbench.inspecting.look()

    session.lookout.start(look_for_changes)


def _marks(session: Session) -> Sequence[object]:
    return [repository_marks(root) for root in session.roots]


def _watchers(session: Session) -> Iterator[lsp.FileSystemWatcher]:
    for pattern in _INSIDE:
        yield lsp.FileSystemWatcher(glob_pattern=pattern)
    if session.support.relative_patterns:
        above = {directory for root in session.roots for directory in _around(root)}
        for directory in sorted(above.difference(session.roots)):
            pattern = lsp.RelativePattern(base_uri=to_uri(directory), pattern=_ABOVE)
            yield lsp.FileSystemWatcher(glob_pattern=pattern)


def _around(root: str) -> Iterator[str]:
    """Yield the directories around `root` that may configure it, up to the top of the repository."""
    top = repository_around(root)
    for directory in ancestors(root) if top is not None else ():
        yield directory
        if directory == top:
            return
