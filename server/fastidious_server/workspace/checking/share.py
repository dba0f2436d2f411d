"""Share of the files of one process: read first, then checked once the facts of all files are known."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from fastidious_rules.engine.checker import Checker
from fastidious_rules.engine.document import Document
from fastidious_rules.semantics.extract import module_facts
from fastidious_rules.semantics.facts import encode
from fastidious_rules.semantics.project import Project
from fastidious_rules.syntax.text import Source
from fastidious_server.workspace.checking.collector import Collector
from fastidious_server.workspace.checking.results import FileResults, unreadable
from fastidious_server.workspace.checking.translation import Translator
from fastidious_server.workspace.storage.files import Stamp, UnreadableFileError, decoded, read_source
from fastidious_server.workspace.storage.generated import is_generated
from fastidious_server.workspace.storage.modules import root_of
from fastidious_server.workspace.watchdog import CHECK_BUDGET, Watchdog

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from fastidious_rules.engine.registry import Registry
    from fastidious_rules.engine.settings import Settings
    from fastidious_rules.semantics.facts import ModuleFacts

_KEPT_TEXT = 8_000_000
"""Bytes of source whose trees wait in memory for the second phase; other files are parsed again."""


class Item(msgspec.Struct, frozen=True, array_like=True):
    """File that takes part in a check.

    `settings` is the number of its settings, `project` of the tree that it belongs to. Files that are not
    `checked` only say what others need to know. Who names a file wants it checked, whoever wrote it.
    """

    path: str
    module: str
    stamp: Stamp
    project: int = 0
    settings: int = 0
    checked: bool = True
    named: bool = False

    def as_context(self) -> Item:
        """Return the item as one that only says what others need to know."""
        return msgspec.structs.replace(self, checked=False, named=False)


class KnownFacts(msgspec.Struct, frozen=True, array_like=True):
    """Encoded facts of the item with a number."""

    number: int
    facts: bytes


class Rulebook(NamedTuple):
    """What files are checked with."""

    registry: Registry
    settings: Sequence[Settings]
    with_fixes: bool = False


@dataclass(slots=True)
class Share:
    """Files of one process on their way through both phases."""

    rulebook: Rulebook
    items: Sequence[Item]
    texts: Mapping[str, bytes] = field(default_factory=dict[str, bytes])
    """Contents of files that are not those of the disk."""
    keeps_all: bool = False
    """Whether all trees stay in memory."""
    _checkers: dict[int, Checker] = field(default_factory=dict[int, Checker])
    _watchdog: Watchdog = field(default_factory=lambda: Watchdog(CHECK_BUDGET))
    _projects: dict[int, Project] = field(default_factory=dict[int, Project])
    _documents: dict[int, Document] = field(default_factory=dict[int, Document])
    _failed: dict[int, FileResults] = field(default_factory=dict[int, FileResults])
    _told: set[int] = field(default_factory=set[int])
    """Items whose document has told the project what it defines."""
    _read_as: dict[int, int] = field(default_factory=dict[int, int])
    """Hashes of the texts that the facts of items were read from."""
    _kept: int = 0
    _checked_text: int = 0
    _collector: Collector = field(default_factory=Collector)

    def read(self, numbers: Iterable[int]) -> Iterator[KnownFacts]:
        """Read the items with these numbers; yield what they define, empty for a file that cannot be read."""
        for number in numbers:
            yield KnownFacts(number, self._read(number))
            self._collector.note(self.items[number].stamp.size)

    def learn(self, known: Iterable[KnownFacts]) -> None:
        """Take what the items of all shares define."""
        for number, facts in ((each.number, each.facts) for each in known):
            if facts and number not in self._told:
                item = self.items[number]
                self._project(item).update(item.path, item.module, facts)

    def check(self, numbers: Iterable[int]) -> Iterator[FileResults]:
        """Check the items with these numbers."""
        for number in numbers:
            failed = self._failed.pop(number, None)
            if failed is not None:
                yield failed
            elif self.items[number].checked:
                yield self._checked(number)
                self._rest_after(self.items[number].stamp.size)

    def _rest_after(self, size: int) -> None:
        """Let projects go back to encoded facts, now and then: what one file asked of others is rarely asked again."""
        self._collector.note(size)
        self._checked_text += size
        if self._checked_text >= _KEPT_TEXT and not self.keeps_all:
            self._checked_text = 0
            for project in self._projects.values():
                project.rest()

    def document(self, number: int) -> Document:
        """Return the document of an item, to check or to fix it."""
        known = self._documents.get(number)
        if known is not None:
            return known
        item = self.items[number]
        text = self._text(item.path)
        module = self._project(item).module_at(item.path) if self._read_as.get(number) == hash(text) else None
        return self._opened(item, text, module.facts if module is not None else None)

    def _text(self, path: str) -> bytes:
        raw = self.texts.get(path)
        return (read_source(path) if raw is None else decoded(path, raw)).text

    def _read(self, number: int) -> bytes:
        item = self.items[number]
        try:
            text = self._text(item.path)
        except UnreadableFileError as error:
            results = (unreadable(item.path, str(error)),) if item.checked else ()
            self._failed[number] = FileResults(item.path, results)
            return b""
        return self._facts(number, text)

    def _facts(self, number: int, text: bytes) -> bytes:
        item = self.items[number]
        is_reviewed = item.checked and (item.named or not is_generated(text))
        if not is_reviewed:
            self._failed[number] = FileResults(item.path, is_checked=False)
            return encode(module_facts(text))
        document = self._opened(item, text)
        facts = encode(document.facts)
        self._told.add(number)
        self._read_as[number] = hash(text)
        if self.keeps_all or self._kept + len(text) <= _KEPT_TEXT:
            self._kept += len(text)
            self._documents[number] = document
        return facts

    def _opened(self, item: Item, text: bytes, facts: ModuleFacts | None = None) -> Document:
        project, checker = self._project(item), self._checker(item.settings)
        return Document(item.path, item.module, Source(text), project, checker, facts=facts)

    def _checked(self, number: int) -> FileResults:
        path = self.items[number].path
        try:
            document = self._documents.pop(number, None) or self.document(number)
        except UnreadableFileError as error:  # it was readable a moment ago
            return FileResults(path, (unreadable(path, str(error)),))
        return Translator(document, self._project(self.items[number]), self.rulebook).results()

    def _project(self, item: Item) -> Project:
        known = self._projects.get(item.project)
        if known is None:
            known = self._projects[item.project] = Project(tracks=self.keeps_all or self.rulebook.with_fixes)
            known.text_of = self._readable_text
            known.root_of = root_of
        return known

    def _readable_text(self, path: str) -> bytes | None:
        """Return the text of a file that a fix reaches into."""
        try:
            return self._text(path)
        except UnreadableFileError:
            return None

    def _checker(self, settings: int) -> Checker:
        if settings not in self._checkers:
            self._checkers[settings] = Checker(self.rulebook.registry, self.rulebook.settings[settings], self._watchdog)
        return self._checkers[settings]
