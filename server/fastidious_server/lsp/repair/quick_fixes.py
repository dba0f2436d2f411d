"""Quick fixes: correct this, correct all of its kind, or accept it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from fastidious_server.lsp.diagnosis.findings import findings_touching
from fastidious_server.lsp.diagnosis.fragments import SOURCE
from fastidious_server.lsp.positions import to_range
from fastidious_server.lsp.repair.acceptance import acceptance, acceptance_of_all
from fastidious_server.lsp.repair.corrections import corrections, corrections_of_all
from fastidious_server.lsp.repair.edits import to_lsp_range

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lsprotocol import types as lsp

    from fastidious_rules.engine.finding import Finding
    from fastidious_rules.syntax.text import Span
    from fastidious_server.lsp.repair.actions import Action, Asked

_MOST_FINDINGS = 20
_MOST_OBSTACLES = 5


def quick_fixes(asked: Asked, span: Span, diagnostics: Sequence[lsp.Diagnostic]) -> Iterator[Action]:
    """Yield the actions for the findings that touch `span`; what concerns a whole rule comes with its first finding.

    Those that the client named come with its own `diagnostics`.
    """
    rules: set[str] = set()
    obstacles = 0
    for finding in findings_touching(asked.document, span)[:_MOST_FINDINGS]:
        reported = _reported(asked, finding, diagnostics)
        for action in _about(asked, finding, is_first=finding.rule not in rules):
            obstacles += bool(action.obstacle)
            if not action.obstacle or obstacles <= _MOST_OBSTACLES:
                yield replace(action, diagnostics=reported)
        rules.add(finding.rule)


def _about(asked: Asked, finding: Finding, *, is_first: bool) -> Iterator[Action]:
    yield from corrections(asked, finding)
    if is_first:
        yield from corrections_of_all(asked, finding)
    yield from acceptance(asked, finding)
    if is_first:
        yield from acceptance_of_all(asked, finding)


def _reported(asked: Asked, finding: Finding, diagnostics: Sequence[lsp.Diagnostic]) -> list[lsp.Diagnostic] | None:
    """Return the client's own diagnostic of `finding`, if it named it and has not an old one."""
    spread = to_lsp_range(to_range(asked.document.source, finding.span, asked.session.support.encoding))
    found = [
        diagnostic
        for diagnostic in diagnostics
        if diagnostic.source == SOURCE and diagnostic.code == finding.rule and diagnostic.range == spread
    ]
    return found or None
