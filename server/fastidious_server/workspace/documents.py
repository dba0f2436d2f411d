"""Documents that an editor has open: identity, text and results."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fastidious_rules.syntax.text import Source, Span
from fastidious_server.workspace.identity import Identity, identify

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from fastidious_rules.engine.finding import Finding, Fix
    from fastidious_rules.engine.settings import Settings
    from fastidious_server.workspace.ports import Document, Engine, Report

_PYTHON_SUFFIXES = (".py", ".pyi", ".pyw")
_SILENT_SCHEMES = ("vscode-notebook-cell:", "vscode-interactive-input:")


@dataclass(slots=True)
class OpenDocument:
    """Document in an editor; its only text is the engine's once it is under review."""

    uri: str
    identity: Identity
    version: int | None
    unreviewed: Source
    document: Document | None = None
    is_edited: bool = True
    """Whether the editor has not been told of its findings as they are now."""
    _report: Report | None = None
    _fixes: dict[Finding, tuple[Fix, ...]] = field(default_factory=lambda: {})

    @property
    def source(self) -> Source:
        """The text."""
        return self.unreviewed if self.document is None else self.document.source

    def configure(self, engine: Engine, settings: Settings | None) -> None:
        """Review the document by `settings`, or not at all."""
        if settings is None:
            self.unreviewed, self.document = self.source, None
        elif self.document is None:
            identity = self.identity
            self.document = engine.open(identity.path, identity.module, self.unreviewed, settings)
        else:
            engine.configure(self.document, settings)
        self._forget()

    def edit(self, span: Span, replacement: bytes) -> None:
        """Replace `span`."""
        if self.document is None:
            self.unreviewed.replace(span, replacement)
        else:
            self.document.edit(span, replacement)
        self._forget()

    def replace_all(self, text: bytes) -> None:
        """Replace the whole text by an edit of what differs."""
        span, replacement = difference(self.source.text, text)
        self.edit(span, replacement)

    def review(self) -> Report | None:
        """Return the findings of the text as it is now, or None if it is not under review."""
        if self._report is None and self.document is not None:
            self._report = self.document.check()
        return self._report

    def review_again(self) -> Report | None:
        """Return the findings now that other documents have changed."""
        if self.document is None:
            return None
        self._fixes.clear()
        self._report = self.document.check()
        return self._report

    def fixes(self, finding: Finding) -> tuple[Fix, ...]:
        """Return the fixes of `finding`, computed once for each text."""
        if self.document is None:
            return ()
        if finding not in self._fixes:
            self._fixes[finding] = self.document.fixes(finding)
        return self._fixes[finding]

    def _forget(self) -> None:
        self.is_edited = True
        self._report = None
        self._fixes.clear()


class Documents:
    """All documents that are open."""

    def __init__(self) -> None:
        self._by_path: dict[str, OpenDocument] = {}

    def __iter__(self) -> Iterator[OpenDocument]:
        return iter(tuple(self._by_path.values()))

    def open(self, uri: str, version: int | None, text: str) -> OpenDocument:
        """Take `text` as that of the document at `uri`."""
        identity = identify(uri)
        document = OpenDocument(uri, identity, version, Source.from_str(text))
        self._by_path[identity.path] = document
        return document

    def get(self, uri: str) -> OpenDocument | None:
        """Return the document at `uri` if it is open."""
        return self._by_path.get(identify(uri).path)

    def at(self, path: str) -> OpenDocument | None:
        """Return the document at `path` if it is open."""
        return self._by_path.get(path)

    def close(self, uri: str) -> OpenDocument | None:
        """Forget the document at `uri`."""
        return self._by_path.pop(identify(uri).path, None)


def is_reviewable(uri: str, language: str) -> bool:
    """Tell whether a document is Python that stands for itself, not a cell of a notebook."""
    if uri.startswith(_SILENT_SCHEMES):
        return False
    return language == "python" or (not language and uri.endswith(_PYTHON_SUFFIXES))


def difference(old: bytes, new: bytes) -> tuple[Span, bytes]:
    """Return the one replacement that turns `old` into `new`, cut at whole characters."""
    limit = min(len(old), len(new))
    head = _common_length(limit, lambda size: old[:size] == new[:size])
    while head and head < len(new) and _continues(new[head]):
        head -= 1
    tail = _common_length(limit - head, lambda size: old[len(old) - size :] == new[len(new) - size :])
    while tail and _continues(new[len(new) - tail]):
        tail -= 1
    return Span(head, len(old) - tail), new[head : len(new) - tail]


def _common_length(limit: int, is_common: Callable[[int], bool]) -> int:
    low, high = 0, limit
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if is_common(middle) else (low, middle - 1)
    return low


def _continues(byte: int) -> bool:
    return byte & 0xC0 == 0x80
