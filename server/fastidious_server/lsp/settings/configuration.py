"""Settings: from files, from the editor, and what is wrong with them."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, cast

from lsprotocol import types as lsp

from fastidious_server.lsp.background import logs
from fastidious_server.lsp.routes import code_lenses
from fastidious_server.lsp.wire.client import Refused
from fastidious_server.workspace.storage.identity import identify, to_uri

if TYPE_CHECKING:
    from fastidious_server.lsp.session import Session
    from fastidious_server.workspace.ports import Preferences

_NOTHING: Mapping[str, object] = MappingProxyType({})
_log = logging.getLogger(__name__)

SECTION: Final = "fastidious"


def refresh(session: Session) -> None:
    """Read again the configuration files that changed on the disk, for clients that watch none."""
    if session.services.settings.refresh():
        apply(session)


def apply(session: Session) -> None:
    """Review all documents by the settings as they are now, and index what they no longer leave out."""
    services = session.services
    for document in session.documents:
        document.configure(services.engine, services.settings.settings_for(document.identity.path))
    services.index.rescan()
    session.workbench.inspecting.configure()
    publish_problems(session)


def publish_problems(session: Session) -> None:
    """Show what is wrong with the configuration files."""
    session.workbench.problems.publish(session.services.settings.problems())


def take_options(session: Session, options: object, folders: Mapping[str, object] = _NOTHING) -> None:
    """Review all documents by what the editor has set, for all files and by folder, and tell what is wrong with it."""
    if (options, folders) == session.applied_options:
        return
    session.applied_options = (options, dict(folders))
    settings = session.services.settings
    before = settings.preferences
    warn(session, settings.set_client_options(options, folders))
    logs.set_level(settings.preferences.log_level)
    apply(session)
    _refresh_after(session, before)


def _refresh_after(session: Session, before: Preferences) -> None:
    """Have the editor ask again for what it has chosen otherwise than `before`."""
    now = session.services.settings.preferences
    if now.return_type_hints != before.return_type_hints:
        session.workbench.hints.ask()
    if now.diagnostic_mode != before.diagnostic_mode:
        session.workbench.diagnostics.ask()
    code_lenses.refresh(session)


def warn(session: Session, warnings: Sequence[str]) -> None:
    """Tell the user what is wrong with the editor's settings, unless that was the last that we told."""
    if warnings and list(warnings) != session.told:
        message = "Fastidious: " + "; ".join(warnings)
        session.client.notify(
            lsp.WINDOW_SHOW_MESSAGE, lsp.ShowMessageParams(type=lsp.MessageType.Warning, message=message)
        )
    session.told = list(warnings)


def options_changed(session: Session, params: lsp.DidChangeConfigurationParams) -> None:
    """Take new settings from the editor: those it sent, or rather those it has when asked.

    Without any, those of `initialize` hold.
    """
    if session.support.configuration:
        pull(session)
    else:
        take_options(session, own_section(params.settings) or session.options)


def pull(session: Session) -> None:
    """Ask the editor for its settings, and those of each folder; without any, those of `initialize` hold."""
    roots = session.roots

    def take(answer: Any) -> None:
        if roots != session.roots:
            return  # asked again when the folders changed
        everywhere, *others = _sections(answer, 1 + len(roots))
        folders = {root: options for root, options in zip(roots, others, strict=True) if options}
        take_options(session, everywhere or session.options, folders)

    items = [lsp.ConfigurationItem(section=SECTION)]
    items += [lsp.ConfigurationItem(scope_uri=to_uri(root), section=SECTION) for root in roots]
    session.client.request(lsp.WORKSPACE_CONFIGURATION, lsp.ConfigurationParams(items=items), take)


def files_changed(session: Session, params: lsp.DidChangeWatchedFilesParams) -> None:
    """Follow files that changed on the disk."""
    settings = session.services.settings
    paths = [identity.path for change in params.changes if (identity := identify(change.uri)).is_file]
    configurations = [path for path in paths if settings.is_configuration(path)]
    for path in configurations:
        settings.invalidate(path)
    if configurations:
        apply(session)
    if any(path.endswith("/.gitignore") for path in paths):
        session.services.index.rescan()
        session.workbench.inspecting.look()
    modules = [path for path in paths if path.endswith((".py", ".pyi")) and session.documents.at(path) is None]
    if modules:
        session.services.index.refresh(modules)
        session.workbench.inspecting.look()


def wanted_encoding(options: object) -> str | None:
    """Return what positions shall count columns in, None if the editor may choose. It is read before all else is."""
    match options:
        case {"positionEncoding": str() as wanted} | {"position-encoding": str() as wanted} if wanted != "auto":
            return wanted
        case _:
            return None


def check_encoding(session: Session) -> None:
    """Log that the editor does not count columns as the user wants."""
    wanted, used = wanted_encoding(session.options), session.support.encoding
    if wanted not in (None, used.value):
        _log.warning("The editor does not offer positions in %s: they are in %s", wanted, used)


def own_section(settings: Any) -> Any:
    """Return our own section of what an editor sent, which may be that section already."""
    match settings:
        case {"fastidious": own} | {"settings": own}:
            return own
        case _:
            return settings


def _sections(answer: Any, count: int) -> list[Any]:
    """Return `count` answers, of which the editor may have refused all or some."""
    given = (
        [] if isinstance(answer, Refused) or not isinstance(answer, Sequence) else list(cast("Sequence[Any]", answer))
    )
    return [own_section(options) for options in (*given, *([None] * count))][:count]
