"""Findings, edits and fixes: plain values that hold no tree."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from fastidious_rules.syntax.text import Span

if TYPE_CHECKING:
    from collections.abc import Callable

    from fastidious_rules.semantics.place import Place

SYNTAX_ERROR = "syntax-error"
"""What is found where code does not parse; no rule has this name."""

_REFERENCE = re.compile(r"\{@(\d+)\}")


class Severity(StrEnum):
    """How bad it is: a bug or a hole, harm in production, design debt, style."""

    ERROR = "error"
    WARNING = "warning"
    INFORMATION = "information"
    HINT = "hint"


class Safety(StrEnum):
    """Whether a fix keeps the behaviour of the code but for the defect."""

    SAFE = "safe"
    UNSAFE = "unsafe"


class Related(NamedTuple):
    """Another place that explains a finding."""

    place: Place
    message: str


class Task(StrEnum):
    """What only an inference engine that sees the whole project can do."""

    RENAME = "rename"
    """Rename what the finding stands on, wherever it is used."""
    RETURN_TYPE = "return type"
    """Annotate the function whose name the finding stands on with what it returns."""


class Request(NamedTuple):
    """What a finding asks of whoever can infer: the fix where the rule itself has none. The server may grant it."""

    task: Task
    new_name: str = ""


class Anchor(NamedTuple):
    """What a finding is known by wherever it moves: the definitions around its statement, and a digest of that."""

    symbol: str = ""
    digest: str = ""


_NO_ANCHOR = Anchor()


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule has to say about one span of a document.

    `message` and `evidence` may refer to the n-th related place as `{@n}`, which is shown as
    `pdf.py:40`: see `described`. `evidence` says, in Markdown, what in *this* code proves it.
    """

    rule: str
    span: Span
    message: str
    severity: Severity
    related: tuple[Related, ...] = ()
    evidence: str = ""
    tags: frozenset[str] = frozenset()
    """LSP's `unnecessary` and `deprecated`."""
    request: Request | None = None
    """What could fix it, where `Rule.fixes` has nothing to offer."""
    anchor: Anchor = _NO_ANCHOR
    """What a baseline knows it by; the engine sets it where one is read or written."""

    def moved(self, delta: int) -> Finding:
        """Return this finding `delta` bytes further on."""
        return replace(self, span=Span(self.span.start + delta, self.span.end + delta)) if delta else self

    def described(self, text: str, show: Callable[[Place], str]) -> str:
        """Return `text`, the message or the evidence, with its references shown by `show`."""
        return _REFERENCE.sub(lambda match: show(self.related[int(match[1])].place), text)


class Edit(NamedTuple):
    """Replacement of one span; `path` is empty for the document of the finding.

    Spans in another file count from its start: a rule gets them through `Scope.elsewhere`.
    """

    span: Span
    replacement: str
    path: str = ""


class NeededImport(NamedTuple):
    """A name that a fix needs at run time: `from module import name`, or `import module`."""

    module: str
    name: str = ""
    path: str = ""
    """The file that needs it; empty for the document of the finding."""


@dataclass(frozen=True, slots=True)
class Fix:
    """Edits that remove a finding, and the imports that they need.

    The title is an imperative sentence without a final dot; that of an unsafe fix says what else changes.
    """

    title: str
    edits: tuple[Edit, ...]
    imports: tuple[NeededImport, ...] = ()
    safety: Safety = Safety.SAFE


class Refusal(NamedTuple):
    """Fix that is not offered here. Its reason ends the sentence "Not offered here: ..."."""

    title: str
    reason: str


class Attempts(NamedTuple):
    """What came of trying the fixes of a finding."""

    fixes: tuple[Fix, ...] = ()
    """Those that are proven, the best first."""
    refusals: tuple[Refusal, ...] = ()
    """Those that are not, where none is proven."""
