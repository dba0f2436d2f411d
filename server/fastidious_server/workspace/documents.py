"""Documents that an editor has open: identity, text and results."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fastidious_rules.engine.finding import Attempts
from fastidious_rules.syntax.text import Source
from fastidious_server.workspace.storage.identity import Identity, identify

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.engine.finding import Finding, Fix
    from fastidious_rules.engine.settings import Settings
    from fastidious_rules.syntax.text import Span
    from fastidious_server.workspace.ports import Document, Engine
    from fastidious_server.workspace.reports import Report

_PYTHON_SUFFIXES = (".py", ".pyi", ".pyw")
_CONFIGURATIONS = frozenset({"pyproject.toml", "fastidious.toml"})
_SILENT_SCHEMES = ("vscode-notebook-cell:", "vscode-interactive-input:")


@dataclass(slots=True, eq=False, weakref_slot=True)
class OpenDocument:
    """Document in an editor; its only text is the engine's once it is under review."""

    uri: str
    identity: Identity
    version: int | None
    unreviewed: Source
    document: Document | None = None
    is_configuration: bool = False
    """Whether it is the text of a configuration file, and never reviewed."""
    is_edited: bool = True
    """Whether the editor has not been told of its findings as they are now."""
    _settings: Settings | None = None
    _report: Report | None = None
    _attempts: dict[Finding, Attempts] = field(default_factory=dict["Finding", "Attempts"])

    @property
    def source(self) -> Source:
        """The text."""
        return self.unreviewed if self.document is None else self.document.source

    def configure(self, engine: Engine, settings: Settings | None) -> None:
        """Review the document by `settings`, or not at all."""
        if settings is not None and settings == self._settings:
            return
        self._settings = settings
        if settings is None:
            engine.close(self.identity.path)
            self.unreviewed, self.document = self.source, None
        elif self.document is None:
            identity = self.identity
            self.document = engine.open(identity.path, identity.module, self.unreviewed, settings)
        else:
            engine.configure(self.document, settings)
        self.forget()

    def edit(self, span: Span, replacement: bytes) -> None:
        """Replace `span`."""
        if self.document is None:
            self.unreviewed.replace(span, replacement)
        else:
            self.document.edit(span, replacement)
        self.forget()

    def replace_all(self, text: bytes) -> None:
        """Replace the whole text by an edit of what differs."""
        from fastidious_rules.engine.fix import difference  # noqa: PLC0415 - few clients send whole texts

        edit = difference(self.source.text, text)
        if edit is not None:
            self.edit(edit.span, edit.replacement.encode("utf-8", "surrogatepass"))

    def prepare(self, most: int) -> bool:
        """Do a part of the next review, at most so many units; tell whether nothing is left to do."""
        return self.document is None or self.document.prepare(most)

    def review(self) -> Report | None:
        """Return the findings of the text as it is now, or None if it is not under review."""
        if self._report is None and self.document is not None:
            self._report = self.document.check()
        return self._report

    def review_again(self) -> Report | None:
        """Return the findings now that other documents have changed."""
        if self.document is None:
            return None
        self._attempts.clear()
        self._report = self.document.check()
        return self._report

    def fixes(self, finding: Finding) -> tuple[Fix, ...]:
        """Return the fixes of `finding`, the best first."""
        return self.attempts(finding).fixes

    def attempts(self, finding: Finding) -> Attempts:
        """Return the fixes of `finding`, or why it has none, computed once for each text.

        What reaches into other files is computed each time: nobody tells of every change of theirs.
        """
        known = self._attempts.get(finding)
        if known is None or any(edit.path for fix in known.fixes for edit in fix.edits):
            known = self._attempts[finding] = Attempts() if self.document is None else self.document.attempts(finding)
        return known

    def forget(self) -> None:
        """Have the document reviewed as if nothing was known of it."""
        self.is_edited = True
        self._report = None
        self._attempts.clear()


class Documents:
    """All documents that are open; those to review come out one after the other."""

    def __init__(self) -> None:
        self._by_path: dict[str, OpenDocument] = {}

    def __iter__(self) -> Iterator[OpenDocument]:
        return iter(tuple(each for each in self._by_path.values() if not each.is_configuration))

    def open(self, uri: str, version: int | None, text: str) -> OpenDocument:
        """Take `text` as that of the document at `uri`."""
        identity = identify(uri)
        is_configuration = is_configuration_file(uri)
        document = OpenDocument(uri, identity, version, Source.from_str(text), is_configuration=is_configuration)
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


def is_configuration_file(uri: str) -> bool:
    """Tell whether a document is a configuration file of ours by its name."""
    return uri.rpartition("/")[2] in _CONFIGURATIONS


def is_reviewable(uri: str, language: str) -> bool:
    """Tell whether a document is Python that stands for itself, not a cell of a notebook."""
    if uri.startswith(_SILENT_SCHEMES):
        return False
    return language == "python" or (not language and uri.endswith(_PYTHON_SUFFIXES))
