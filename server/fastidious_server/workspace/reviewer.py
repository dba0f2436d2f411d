"""The engine as the editor side needs it: documents, what they know of each other, explanations."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from fastidious_rules.engine.checker import Checker
from fastidious_rules.engine.directives import directive_at, found_beneath
from fastidious_rules.engine.document import Document
from fastidious_rules.engine.explain import about, brief, hover, page
from fastidious_rules.engine.finding import SYNTAX_ERROR, Safety
from fastidious_rules.engine.markdown import GuideError
from fastidious_rules.engine.settings import Profile
from fastidious_rules.engine.suppress import UNUSED
from fastidious_rules.engine.suppression_edits import file_suppression_edit, suppression_edit
from fastidious_rules.semantics.facts import encode
from fastidious_rules.syntax.text import Source
from fastidious_server.workspace.routes import ProjectRoutes
from fastidious_server.workspace.rule_knowledge import RuleSummary
from fastidious_server.workspace.storage.files import UnreadableFileError, read_source
from fastidious_server.workspace.storage.generated import is_generated
from fastidious_server.workspace.storage.modules import module_name, root_of
from fastidious_server.workspace.watchdog import Watchdog

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from fastidious_rules.engine.directives import Directive
    from fastidious_rules.engine.explain import Remedy
    from fastidious_rules.engine.finding import Edit, Finding
    from fastidious_rules.engine.guide import Guide
    from fastidious_rules.engine.hints import ReturnHint
    from fastidious_rules.engine.registry import Registry
    from fastidious_rules.engine.settings import Settings
    from fastidious_rules.semantics.place import Place
    from fastidious_rules.semantics.project import Project
    from fastidious_rules.syntax.text import Span
    from fastidious_server.workspace.indexing.frames import IndexedFile

_MOST_CHECKERS = 64
_UNSUPPRESSABLE = frozenset({SYNTAX_ERROR, UNUSED})


class Reviewer:
    """Documents of one project, reviewed by the rules of a registry."""

    def __init__(self, registry: Registry, project: Project) -> None:
        self._registry = registry
        self._project = project
        self.routes = ProjectRoutes(project)
        self._open: dict[str, Document] = {}
        self._files: set[str] = set()
        project.text_of = self._text_of
        project.root_of = root_of
        self._checkers: dict[int, Checker] = {}
        self._watchdog = Watchdog()
        self._guide = lru_cache(self._read_guide)

    @property
    def revision(self) -> int:
        """Grows when another document may have other findings now."""
        return self._project.revision - self._project.tried

    def open(self, path: str, module: str | None, source: Source, settings: Settings) -> Document:
        """Return a document to review; without `module`, its name follows from `path`."""
        name = module_name(path) if module is None else module
        document = Document(path, name, source, self._project, self._checker(settings))
        self._open[path] = document
        if module is None:
            self._files.add(path)
        return document

    def close(self, path: str) -> None:
        """Forget the document at `path`: what the index says of that file counts from now on."""
        document = self._open.pop(path, None)
        if document is not None and path not in self._files:
            self._project.update(path, document.module, None)
        self._files.discard(path)

    def learn(self, files: Sequence[IndexedFile]) -> None:
        """Take what files define that nobody has open."""
        for file in files:
            if file.path not in self._open:
                self._project.update(file.path, file.module, file.facts)

    def configure(self, document: Document, settings: Settings) -> None:
        """Review `document` by `settings` from now on."""
        document.checker = self._checker(settings)

    def forgive(self) -> Sequence[str]:
        """Call all rules again as if none had taken too long, and return those that were called no more."""
        self._checkers.clear()
        for document in self._open.values():
            document.checker = self._checker(document.checker.settings)
        return sorted(self._watchdog.forgive())

    def locate(self, place: Place) -> Span | None:
        """Return where `place` is in its file now."""
        return self._project.locate(place)

    def rules(self) -> list[RuleSummary]:
        """Return all rules, by name."""
        return [
            RuleSummary(rule.name, rule.family, rule.severity_in(Profile.RECOMMENDED) or "off", rule.summary)
            for rule in self._registry.rules.values()
        ]

    def guide(self, rule: str) -> str | None:
        """Return the whole page on a rule in Markdown, or None if there is no such rule."""
        found, known = self._guide(rule), self._registry.rules.get(rule)
        if found is not None:
            return page(found)
        return None if known is None else f"# {known.name}\n\n{known.summary}\n"  # its pack forgot the guide

    def is_fixable(self, rule: str) -> bool:
        """Tell whether the rule offers fixes that are safe."""
        known = self._registry.rules.get(rule)
        return rule == UNUSED if known is None else known.fixable is Safety.SAFE

    def explain(self, finding: Finding, show: Callable[[Place], str], remedy: Remedy, *, briefly: bool) -> str:
        """Return what there is to know about `finding`, in Markdown."""
        guide = self._guide(finding.rule)
        if guide is None:
            parts = [f"**{finding.described(finding.message, show)}**"]
            parts += [finding.described(finding.evidence, show)] if finding.evidence else []
            parts += [f"```diff\n{remedy.diff}\n```"] if remedy.diff else []
            return "\n\n".join(parts)
        return (brief if briefly else hover)(finding, guide, show, remedy)

    def about(self, rule: str) -> str | None:
        """Return what there is to know of a rule in Markdown, the reason first; None if there is no such rule."""
        guide = self._guide(rule)
        return None if guide is None else about(rule, guide)

    def directive_at(self, document: Document, offset: int) -> Directive | None:
        """Return the word at `offset` if that is inside a suppression comment, finished or not."""
        return directive_at(document, offset)

    def return_hints(self, document: Document, span: Span) -> Sequence[ReturnHint]:
        """Return what functions that begin in `span` return and do not declare, certain or not."""
        from fastidious_rules.engine.hints import return_hints  # noqa: PLC0415 - few want them

        return list(return_hints(document, span))

    def found_beneath(self, document: Document, directive: Directive) -> Mapping[str, int]:
        """Return how often each rule reports something that a suppression comment covers, the most frequent first."""
        return dict(found_beneath(document, directive).most_common())

    def suppress(self, document: Document, finding: Finding) -> Edit | None:
        """Return the edit that makes `document` accept `finding`."""
        if finding.rule in _UNSUPPRESSABLE:
            return None
        return suppression_edit(document.source, document.tree, finding)

    def suppress_in_file(self, document: Document, rule: str) -> Edit | None:
        """Return the edit that makes `document` accept all that `rule` finds in it; None where that cannot be."""
        return None if rule in _UNSUPPRESSABLE else file_suppression_edit(document.source, document.tree, rule)

    def files(self) -> Sequence[str]:
        """Return the paths of all files known, open or not, sorted."""
        return sorted(self._project.paths)

    def fix_closed(self, path: str, settings: Settings, rule: str, *, unsafe: bool) -> Edit | None:
        """Return one edit that fixes what `rule` finds in a file that is not open, as the disk has it.

        None if there is nothing to do, or if a program wrote the file.
        """
        text = self._text_of(path)
        if text is None or is_generated(text):
            return None
        alone = Checker(self._registry, replace(settings, select=frozenset({rule})))
        document = Document(path, module_name(path), Source(text), self._project, alone)
        edit = None
        if any(finding.rule == rule for finding in document.check().findings()):
            document.checker = self._checker(settings)
            edit = document.fix_all({rule}, unsafe=unsafe)
        self._project.update(path, document.module, encode(document.facts))  # bytes again: there may be many files
        return edit

    def _text_of(self, path: str) -> bytes | None:
        """Return the text of a file as the editor has it, else as the disk does."""
        document = self._open.get(path)
        if document is not None:
            return document.source.text
        try:
            return read_source(path).text
        except UnreadableFileError:
            return None

    def _checker(self, settings: Settings) -> Checker:
        known = self._checkers.get(id(settings))
        if known is None or known.settings is not settings:
            if len(self._checkers) >= _MOST_CHECKERS:
                self._checkers.clear()  # of settings that were replaced long ago
            known = self._checkers[id(settings)] = Checker(self._registry, settings, self._watchdog, has_anchors=False)
        return known

    def _read_guide(self, rule: str) -> Guide | None:
        known = self._registry.rules.get(rule)
        try:
            return None if known is None else known.guide()
        except GuideError:
            return None
