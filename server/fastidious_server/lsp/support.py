"""What the client can do, read once from its capabilities."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING, Any

from lsprotocol import types as lsp

from fastidious_server.lsp.positions import Encoding

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Support:
    """Capabilities of a client that change what it is sent."""

    encoding: Encoding = Encoding.UTF_16
    related_information: bool = False
    code_description: bool = False
    tags: frozenset[int] = frozenset()
    markdown: bool = False
    code_action_literals: bool = False
    lazy_edits: bool = False
    preferred_actions: bool = False
    versioned_edits: bool = False
    change_annotations: bool = False
    watched_files: bool = False
    configuration: bool = False
    configuration_changes: bool = False
    progress: bool = False


def read_support(capabilities: lsp.ClientCapabilities) -> Support:
    """Return what `capabilities` declare."""

    def has(path: str) -> bool:
        return bool(_read(capabilities, path))

    diagnostics = "text_document.publish_diagnostics"
    actions = "text_document.code_action"
    return Support(
        encoding=Encoding.preferred(_read(capabilities, "general.position_encodings")),
        related_information=has(f"{diagnostics}.related_information"),
        code_description=has(f"{diagnostics}.code_description_support"),
        tags=frozenset(int(tag) for tag in _listed(capabilities, f"{diagnostics}.tag_support.value_set")),
        markdown=lsp.MarkupKind.Markdown in _listed(capabilities, "text_document.hover.content_format"),
        code_action_literals=has(f"{actions}.code_action_literal_support"),
        lazy_edits=has(f"{actions}.data_support")
        and "edit" in _listed(capabilities, f"{actions}.resolve_support.properties"),
        preferred_actions=has(f"{actions}.is_preferred_support"),
        versioned_edits=has("workspace.workspace_edit.document_changes"),
        change_annotations=has("workspace.workspace_edit.change_annotation_support")
        and has("workspace.workspace_edit.document_changes"),
        watched_files=has("workspace.did_change_watched_files.dynamic_registration"),
        configuration=has("workspace.configuration"),
        configuration_changes=has("workspace.did_change_configuration.dynamic_registration"),
        progress=has("window.work_done_progress"),
    )


def _listed(capabilities: lsp.ClientCapabilities, path: str) -> Sequence[str | int]:
    return _read(capabilities, path) or ()


def _read(capabilities: lsp.ClientCapabilities, path: str) -> Any:
    """Return the capability at `path`, or None if any part of the way is absent."""
    return reduce(lambda value, name: getattr(value, name, None), path.split("."), capabilities)
