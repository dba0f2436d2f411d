"""Backends in memory: all their files under review, and what becomes of them when a fix is applied."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from fastidious_rules.catalogue import PACK
from fastidious_rules.engine.checker import Checker
from fastidious_rules.engine.document import Document
from fastidious_rules.engine.finding import Severity
from fastidious_rules.engine.registry import Registry
from fastidious_rules.engine.settings import Settings
from fastidious_rules.semantics.project import Project
from fastidious_rules.syntax.text import Source
from fastidious_rules.testing.run import ROOT, module_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from fastidious_rules.engine.finding import Edit, Finding, Fix

REGISTRY = Registry([PACK])
ALL_RULES = Settings(select=frozenset({"ALL"}))
BOOKSHOP = Path(__file__).parents[2] / "examples" / "bookshop"


@dataclass
class Backend:
    """Files by their paths, reviewed together from scratch."""

    files: Mapping[str, bytes]
    settings: Settings = ALL_RULES

    @cached_property
    def documents(self) -> dict[str, Document]:
        project, checker = Project(), Checker(REGISTRY, self.settings)
        project.text_of = lambda path: self.files.get(path.removeprefix(f"{ROOT}/"))
        opened = {
            path: Document(f"{ROOT}/{path}", module_of(path), Source(text), project, checker)
            for path, text in self.files.items()
        }
        for document in opened.values():
            assert document.facts.units or not document.source.text.strip()
        return opened

    @cached_property
    def findings(self) -> dict[str, list[Finding]]:
        return {path: document.check().findings() for path, document in self.documents.items()}

    def fixes(self) -> list[tuple[str, Finding, Fix]]:
        """Return every fix of every finding, and the file of the finding."""
        return [
            (path, finding, fix)
            for path, findings in self.findings.items()
            for finding in findings
            for fix in self.documents[path].fixes(finding)
        ]

    def fixed(self, path: str, fix: Fix) -> Backend:
        """Return the backend after a fix in the file at `path`."""
        edits: dict[str, list[Edit]] = {}
        for edit in fix.edits:
            edits.setdefault(edit.path.removeprefix(f"{ROOT}/") or path, []).append(edit)
        changed = {each: applied(self.files[each], theirs) for each, theirs in edits.items()}
        return replace(self, files={**self.files, **changed})

    def changed(self, change: Callable[[bytes], bytes]) -> Backend:
        """Return the backend with all its files changed alike."""
        return replace(self, files={path: change(text) for path, text in self.files.items()})

    def count(self, rule: str) -> int:
        return sum(each.rule == rule for findings in self.findings.values() for each in findings)

    def messages(self, path: str) -> Counter[tuple[str, str]]:
        return Counter((each.rule, each.message) for each in self.findings[path])

    def errors(self) -> Counter[str]:
        findings = [each for findings in self.findings.values() for each in findings]
        return Counter(each.rule for each in findings if each.severity is Severity.ERROR)


def applied(text: bytes, edits: Iterable[Edit]) -> bytes:
    """Return `text` after edits as LSP has them: no two overlap, and of two insertions at one place the first comes first."""
    ordered = sorted(edits, key=lambda edit: edit.span)
    assert all(0 <= edit.span.start <= edit.span.end <= len(text) for edit in ordered)
    assert all(one.span.end <= other.span.start for one, other in pairwise(ordered))
    parts: list[bytes] = []
    at = 0
    for edit in ordered:
        parts += [text[at : edit.span.start], edit.replacement.encode()]
        at = edit.span.end
    return b"".join([*parts, text[at:]])


def bookshop() -> Backend:
    """Return the sample backend that this repository ships."""
    paths = sorted(path for folder in ("app", "tests") for path in (BOOKSHOP / folder).rglob("*.py"))
    return Backend({path.relative_to(BOOKSHOP).as_posix(): path.read_bytes() for path in paths})
