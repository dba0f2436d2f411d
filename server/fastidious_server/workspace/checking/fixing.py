"""Fixes of whole files, until none is left."""

from __future__ import annotations

import difflib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fastidious_rules.syntax.text import Span
from fastidious_server.workspace.storage.files import SourceFile, decoded, read_source

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from fastidious_server.workspace.checking.share import KnownFacts, Share

_MAX_ROUNDS = 8
"""Two rules whose fixes undo each other must come to an end."""


@dataclass(frozen=True, slots=True)
class FixedFile:
    """File before and after its fixes."""

    before: SourceFile
    after: bytes

    def written(self) -> SourceFile:
        """Return the file as it is to be written."""
        return SourceFile(self.before.path, self.after, self.before.encoding)

    def diff(self, shown_path: str) -> str:
        """Return the unified diff of the fixes."""
        old, new = _lines(self.before.text), _lines(self.after)
        lines = difflib.unified_diff(old, new, shown_path, shown_path)
        return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


@dataclass(slots=True)
class Fixer:
    """Fixes of files that see what the fixes of other files changed."""

    share: Share
    unsafe: bool
    _before: dict[int, SourceFile] = field(default_factory=dict[int, SourceFile])

    def fix(self, known: Collection[KnownFacts], numbers: Collection[int]) -> Iterator[FixedFile]:
        """Fix the items with these `numbers`, given what all other items define; yield those that changed."""
        for number in numbers:
            self._before[number] = self._original(number)
        list(self.share.read(numbers))
        self.share.learn(known)
        for _ in range(_MAX_ROUNDS):
            # Each file once a round: a fix may give another file something to fix.
            if not [number for number in numbers if self._fix_once(number)]:
                break
        for number in numbers:
            after = self.share.document(number).source.text
            if after != self._before[number].text:
                yield FixedFile(self._before[number], after)

    def _fix_once(self, number: int) -> bool:
        document = self.share.document(number)
        edit = document.fix_all(unsafe=self.unsafe)
        if edit is None:
            return False
        document.edit(Span(*edit.span), edit.replacement.encode("utf-8", "surrogatepass"))
        document.check()  # tells the project, and so other documents, what the file defines now
        return True

    def _original(self, number: int) -> SourceFile:
        path = self.share.items[number].path
        text = self.share.texts.get(path)
        return decoded(path, text) if text is not None else read_source(path)


def _lines(text: bytes) -> list[str]:
    """Return the lines of `text` with their ends: a line feed and what may stand before it."""
    lines = text.decode("utf-8", "replace").split("\n")
    return [*(f"{line}\n" for line in lines[:-1]), *(lines[-1:] if lines[-1] else [])]
