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
    completion_markdown: bool = False
    snippets: bool = False
    hint_refresh: bool = False
    code_action_literals: bool = False
    lazy_edits: bool = False
    preferred_actions: bool = False
    disabled_actions: bool = False
    versioned_edits: bool = False
    change_annotations: bool = False
    """Whether it shows what code actions change before it applies that, where it is told to."""
    creates_files: bool = False
    applies_edits: bool = False
    watched_files: bool = False
    relative_patterns: bool = False
    configuration: bool = False
    configuration_changes: bool = False
    progress: bool = False
    nested_symbols: bool = False
    lens_refresh: bool = False
    pull_diagnostics: bool = False
    """Whether it asks for diagnostics, and can be told to ask again: one that cannot would keep stale ones."""


_DIAGNOSTICS = "text_document.publish_diagnostics"
_ACTIONS = "text_document.code_action"
_EDITS = "workspace.workspace_edit"
_COMPLETION = "text_document.completion.completion_item"
_FLAGS = {
    "hint_refresh": "workspace.inlay_hint.refresh_support",
    "snippets": f"{_COMPLETION}.snippet_support",
    "related_information": f"{_DIAGNOSTICS}.related_information",
    "code_description": f"{_DIAGNOSTICS}.code_description_support",
    "code_action_literals": f"{_ACTIONS}.code_action_literal_support",
    "preferred_actions": f"{_ACTIONS}.is_preferred_support",
    "disabled_actions": f"{_ACTIONS}.disabled_support",
    "versioned_edits": f"{_EDITS}.document_changes",
    "applies_edits": "workspace.apply_edit",
    "watched_files": "workspace.did_change_watched_files.dynamic_registration",
    "relative_patterns": "workspace.did_change_watched_files.relative_pattern_support",
    "configuration": "workspace.configuration",
    "configuration_changes": "workspace.did_change_configuration.dynamic_registration",
    "progress": "window.work_done_progress",
    "nested_symbols": "text_document.document_symbol.hierarchical_document_symbol_support",
    "lens_refresh": "workspace.code_lens.refresh_support",
}


def read_support(capabilities: lsp.ClientCapabilities, wanted_encoding: str | None = None) -> Support:
    """Return what `capabilities` declare, with the encoding that the user wants if they allow it."""

    def has(path: str) -> bool:
        return _read(capabilities, path) not in (None, False)

    flags: dict[str, Any] = {name: has(path) for name, path in _FLAGS.items()}
    return Support(
        encoding=Encoding.preferred(_read(capabilities, "general.position_encodings"), wanted_encoding),
        tags=frozenset(int(tag) for tag in _listed(capabilities, f"{_DIAGNOSTICS}.tag_support.value_set")),
        markdown=lsp.MarkupKind.Markdown in _listed(capabilities, "text_document.hover.content_format"),
        completion_markdown=lsp.MarkupKind.Markdown in _listed(capabilities, f"{_COMPLETION}.documentation_format"),
        lazy_edits=has(f"{_ACTIONS}.data_support")
        and "edit" in _listed(capabilities, f"{_ACTIONS}.resolve_support.properties"),
        change_annotations=flags["versioned_edits"]
        and has(f"{_EDITS}.change_annotation_support")
        and has(f"{_ACTIONS}.honors_change_annotations"),
        creates_files=flags["versioned_edits"]
        and lsp.ResourceOperationKind.Create in _listed(capabilities, f"{_EDITS}.resource_operations"),
        pull_diagnostics=has("text_document.diagnostic") and has("workspace.diagnostics.refresh_support"),
        **flags,
    )


def _listed(capabilities: lsp.ClientCapabilities, path: str) -> Sequence[str | int]:
    return _read(capabilities, path) or ()


def _read(capabilities: lsp.ClientCapabilities, path: str) -> Any:
    """Return the capability at `path`, or None if any part of the way is absent."""
    return reduce(lambda value, name: getattr(value, name, None), path.split("."), capabilities)
