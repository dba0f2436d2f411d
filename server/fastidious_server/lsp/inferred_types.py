"""What inference found of return types, or did not, as long as documents have the same text."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple
from weakref import WeakKeyDictionary

if TYPE_CHECKING:
    from fastidious_rules.engine.finding import Finding, Fix
    from fastidious_rules.syntax.text import Span
    from fastidious_server.workspace.background import Inference
    from fastidious_server.workspace.documents import OpenDocument


class _Answers(NamedTuple):
    """Answers for one text of a document."""

    text: bytes
    fixes: dict[Span, Fix | None]


class InferredTypes:
    """Fixes that add inferred return types, asked for once: what stays unknown takes the longest."""

    def __init__(self, inference: Inference) -> None:
        self._inference = inference
        self._answers: WeakKeyDictionary[OpenDocument, _Answers] = WeakKeyDictionary()

    async def fix(self, document: OpenDocument, question: Finding) -> Fix | None:
        """Return the fix of `question`, whose span counts in the text of `document` as it is now."""
        answers = self._answers_of(document)
        span = question.span
        if span not in answers.fixes:
            path = document.identity.path
            answers.fixes[span] = await self._inference.fix(path, answers.text, question)
        return answers.fixes[span]

    def forget(self) -> None:
        """Ask again: a file on the disk has changed, and inference reads all but the document from there."""
        self._answers.clear()

    def _answers_of(self, document: OpenDocument) -> _Answers:
        known = self._answers.get(document)
        text = document.source.text
        if known is None or known.text is not text:
            known = self._answers[document] = _Answers(text, {})
        return known
