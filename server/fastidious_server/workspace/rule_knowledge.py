"""What editors ask about rules and code beside findings."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from fastidious_rules.engine.directives import Directive
    from fastidious_rules.engine.hints import ReturnHint
    from fastidious_rules.syntax.text import Span
    from fastidious_server.workspace.ports import Document


class RuleSummary(NamedTuple):
    """Rule in short: its severity is the one that holds where nobody chose another, or `off`."""

    name: str
    family: str
    severity: str
    summary: str


class RuleKnowledge(Protocol):
    """Knowledge of rules, and of what code they, and comments about them, stand at."""

    def rules(self) -> Sequence[RuleSummary]:
        """Return all rules, sorted by name."""
        ...

    def guide(self, rule: str) -> str | None:
        """Return the whole page on a rule in Markdown, or None if there is no such rule."""
        ...

    def about(self, rule: str) -> str | None:
        """Return what there is to know of a rule in Markdown, the reason first; None if there is no such rule."""
        ...

    def directive_at(self, document: Document, offset: int) -> Directive | None:
        """Return the word at `offset` if that is inside a suppression comment, finished or not."""
        ...

    def return_hints(self, document: Document, span: Span) -> Sequence[ReturnHint]:
        """Return what functions that begin in `span` return and do not declare, certain or not."""
        ...

    def found_beneath(self, document: Document, directive: Directive) -> Mapping[str, int]:
        """Return how often each rule reports something that a suppression comment covers, the most frequent first."""
        ...
