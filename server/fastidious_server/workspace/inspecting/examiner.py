"""What is known of the files of an inspection: facts, settings, findings, and what these rest on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from fastidious_rules.engine.checker import Checker
from fastidious_rules.engine.document import Document
from fastidious_rules.semantics.extract import module_facts
from fastidious_rules.semantics.facts import encode
from fastidious_rules.semantics.project import Project
from fastidious_rules.syntax.text import Source
from fastidious_server.workspace.checking.settings_codec import decode_settings
from fastidious_server.workspace.inspecting.describing import Describer, unreadable_file
from fastidious_server.workspace.inspecting.inspected import InspectedFile
from fastidious_server.workspace.storage.files import UnreadableFileError, read_source, stamp
from fastidious_server.workspace.storage.generated import is_generated
from fastidious_server.workspace.storage.modules import root_of
from fastidious_server.workspace.watchdog import CHECK_BUDGET, Watchdog

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fastidious_rules.engine.registry import Registry
    from fastidious_rules.semantics.answers import Question
    from fastidious_server.workspace.indexing.facts_cache import FactsCache
    from fastidious_server.workspace.inspecting.survey import Listed

_KEPT_TEXT = 4_000_000
"""Bytes of source whose trees stay in memory; other files are parsed again when they are reviewed again."""
_RESTED_TEXT = 8_000_000
"""Bytes of source after whose review facts that were decoded for it go back to bytes."""


class FileChangedError(Exception):
    """File that is not what it was when the inspection looked at it last."""


@dataclass(slots=True)
class _Known:
    """What is known of one file, and what its findings rest on."""

    listed: Listed
    settings: bytes | None = None
    """Those that it is reviewed by, None if it is not."""
    is_decided: bool = False
    """Whether the settings are those that it has now."""
    answers: dict[Question, Any] = field(default_factory=dict["Question", Any])
    revision: int = 0
    """That of the project for which the answers held the last time."""
    related: frozenset[str] = frozenset()
    """Files that the findings point to."""


class Examiner:
    """Files under inspection. What changes between two reviews is told by `take`, `hold`, `release` and `decide`."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._known: dict[str, _Known] = {}
        self._projects: dict[str, Project] = {}
        self._checkers: dict[bytes, Checker] = {}
        self._watchdog = Watchdog(CHECK_BUDGET)
        self._held: dict[str, bytes] = {}
        self._kept: dict[str, Document] = {}
        self._kept_text = 0
        self._moved: set[str] = set()
        self._reviewed = 0

    def is_reviewed(self, path: str) -> bool:
        """Tell whether the findings of the file at `path` are wanted: not those of one that is open."""
        known = self._known.get(path)
        return known is not None and known.settings is not None and path not in self._held

    def is_held(self, path: str) -> bool:
        """Tell whether the file at `path` is open in the editor."""
        return path in self._held

    def doubt_settings(self) -> None:
        """Take note that any file may have other settings by now."""
        for known in self._known.values():
            known.is_decided = False

    def undecided(self) -> list[str]:
        """Return the files whose settings are not known."""
        return [path for path, known in self._known.items() if known.listed.is_asked and not known.is_decided]

    def take(self, listing: Mapping[str, Listed]) -> list[str]:
        """Take note of the files that there are now, and return those that must be read."""
        for path in [path for path in self._known if path not in listing]:
            self._forget(path)
        changed = [path for path, listed in listing.items() if not self._is_known(listed)]
        for path in changed:
            known = self._known.get(path)
            if known is not None and known.listed.tree != listing[path].tree:
                self._forget(path)
            self._known.setdefault(path, _Known(listing[path])).listed = listing[path]
        return changed

    def hold(self, path: str, text: bytes) -> bool:
        """Let the file at `path` have `text`, and be reviewed by the editor; tell whether it must be read."""
        self._held[path] = text
        return path in self._known

    def release(self, path: str) -> bool:
        """Let the file at `path` be as the disk has it; tell whether it must be read."""
        return self._held.pop(path, None) is not None and path in self._known

    def decide(self, path: str, settings: bytes | None) -> bool:
        """Review the file at `path` by `settings`, or not at all; tell whether that is new."""
        known = self._known.get(path)
        if known is None:
            return False
        known.is_decided = True
        if known.settings == settings:
            return False
        known.settings = settings
        self._let_go(path)
        return True

    def read(self, path: str, cache: FactsCache) -> None:
        """Bring what the file at `path` defines up to date."""
        known = self._known.get(path)
        if known is None:
            return
        self._let_go(path)
        project = self._project(known.listed)
        facts = self._facts(known.listed, cache)
        old = project.module_at(path)
        if old is None or old.encoded != facts:
            self._moved.add(path)
        project.update(path, known.listed.module, facts)

    def doubtful(self) -> list[str]:
        """Return the reviewed files whose findings, or the places that these point to, may be others by now."""
        moved, self._moved = self._moved, set()
        changes: dict[tuple[str, int], frozenset[Question] | None] = {}
        return [
            path
            for path, known in self._known.items()
            if self.is_reviewed(path) and not (known.related.isdisjoint(moved) and self._holds(known, changes))
        ]

    def examine(self, path: str) -> InspectedFile:
        """Review the file at `path`, or raise `FileChangedError`."""
        known = self._known[path]
        known.answers, known.related = {}, frozenset()
        try:
            document = self._taken(path) or self._opened(known)
        except UnreadableFileError as error:
            if stamp(path) != known.listed.stamp:
                raise FileChangedError from error
            return unreadable_file(path, known.listed.stamp, str(error))
        if document is None:
            return InspectedFile(path, known.listed.stamp)
        project = self._project(known.listed)
        result = Describer(document, project, self._source).file(known.listed.stamp)
        known.answers = {each: answer for state in document.states for each, answer in state.result.answers.items()}
        known.revision = project.revision
        known.related = frozenset(place.path for finding in result.findings for place in finding.related) - {path}
        self._keep(path, document)
        return result

    def _is_known(self, listed: Listed) -> bool:
        known = self._known.get(listed.path)
        return known is not None and known.listed == listed

    def _forget(self, path: str) -> None:
        known = self._known.pop(path)
        self._let_go(path)
        self._project(known.listed).update(path, known.listed.module, None)
        self._moved.add(path)

    def _facts(self, listed: Listed, cache: FactsCache) -> bytes | None:
        """Return what a file defines, None if it cannot be read."""
        text = self._held.get(listed.path)
        if text is not None:
            return encode(module_facts(text))
        facts = cache.get(listed.path, listed.stamp)
        if facts is None:
            try:
                facts = encode(module_facts(read_source(listed.path).text))
            except (UnreadableFileError, RecursionError):
                return None
            if stamp(listed.path) == listed.stamp:
                cache.put(listed.path, listed.stamp, facts)
        return facts

    def _holds(self, known: _Known, changes: dict[tuple[str, int], frozenset[Question] | None]) -> bool:
        """Tell whether the answers that findings rest on are still the same."""
        project = self._project(known.listed)
        key = (known.listed.tree, known.revision)
        if key not in changes:
            changes[key] = project.changed_since(known.revision)
        stale, asked = changes[key], known.answers
        doubtful = asked.keys() if stale is None else asked.keys() & stale
        holds = all(project.ask(question[0], *question[1]) == asked[question] for question in doubtful)
        if holds:
            known.revision = project.revision
        return holds

    def _opened(self, known: _Known) -> Document | None:
        """Return the document of a file, None if a program wrote it."""
        path, module, listed_stamp, *_ = known.listed
        text = read_source(path).text
        if stamp(path) != listed_stamp:
            raise FileChangedError
        if is_generated(text):
            return None
        project, checker = self._project(known.listed), self._checker(known.settings or b"")
        told = project.module_at(path)
        return Document(path, module, Source(text), project, checker, facts=None if told is None else told.facts)

    def _keep(self, path: str, document: Document) -> None:
        """Keep the tree of a document for a while, and those of others as long as there is room."""
        self._kept[path] = document
        self._kept_text += len(document.source.text)
        while self._kept_text > _KEPT_TEXT:
            self._let_go(next(iter(self._kept)))
        self._reviewed += len(document.source.text)
        if self._reviewed >= _RESTED_TEXT:
            self._reviewed = 0
            for project in self._projects.values():
                project.rest()

    def _taken(self, path: str) -> Document | None:
        document = self._kept.pop(path, None)
        self._kept_text -= 0 if document is None else len(document.source.text)
        return document

    def _let_go(self, path: str) -> None:
        document = self._taken(path)
        if document is not None:
            document.project.retire(path)

    def _source(self, path: str) -> Source | None:
        """Return the text of a file that findings of another point to."""
        kept, held = self._kept.get(path), self._held.get(path)
        if held is not None:
            return Source(held)
        if kept is not None:
            return kept.source
        try:
            return Source(read_source(path).text)
        except UnreadableFileError:
            return None

    def _project(self, listed: Listed) -> Project:
        known = self._projects.get(listed.tree)
        if known is None:
            known = self._projects[listed.tree] = Project()
            known.root_of = root_of
        return known

    def _checker(self, settings: bytes) -> Checker:
        if settings not in self._checkers:
            self._checkers[settings] = Checker(
                self._registry, decode_settings(settings), self._watchdog, has_anchors=False
            )
        return self._checkers[settings]
