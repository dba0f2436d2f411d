"""Suppression comments: `# fastidious: ignore[rule-a, rule-b] reason` and `# fastidious: ignore-file[rule]`.

A comment at the end of a line covers the statement on that line, one on a line of its own the statement below.
Of a compound statement (`def`, `for`, ...) that is the header; a simple statement is covered whole.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from fastidious_rules.engine.baseline import anchored
from fastidious_rules.engine.finding import SYNTAX_ERROR, Finding, Severity
from fastidious_rules.engine.report import UnitReport
from fastidious_rules.syntax.comments import comment_at, statement_rows
from fastidious_rules.syntax.text import Span
from fastidious_rules.syntax.units import Cut

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.engine.checker import Checker
    from fastidious_rules.syntax.text import Source
    from fastidious_rules.syntax.tree import Tree

UNUSED = "unused-suppression"

_MARK = b"fastidious:"
_COMMENT = re.compile(rb"#\s*fastidious:\s*ignore(?P<file>-file)?(?:\[(?P<rules>[^\]\n]*)\])?")


class Suppression(NamedTuple):
    """One comment. `rows` is what it covers, None the whole file; no `rules` means all."""

    span: Span
    rules: frozenset[str]
    rows: range | None

    def covers(self, rule: str, row: int) -> bool:
        """Tell whether a finding of `rule` on line `row` is suppressed."""
        return (not self.rules or rule in self.rules) and (self.rows is None or row in self.rows)


class Shown:
    """What the last report showed, so that the same tuple of findings comes out while nothing changes."""

    __slots__ = ("_last", "_now")

    def __init__(self) -> None:
        self._last: dict[int, tuple[Finding, ...]] = {}
        self._now: dict[int, tuple[Finding, ...]] = {}

    def __len__(self) -> int:
        """Return how many tuples are kept."""
        return len(self._last) + len(self._now)

    def same(self, key: int, findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
        """Return what the last report showed under `key` if it equals `findings`, else `findings`."""
        last = self._last.get(key)
        self._now[key] = shown = last if last is not None and last == findings else findings
        return shown

    def end(self) -> None:
        """End a report: what it did not show is forgotten."""
        self._last, self._now = self._now, {}


class Suppressions(NamedTuple):
    """The suppression comments of a document."""

    comments: tuple[Suppression, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.comments)

    @classmethod
    def read(cls, tree: Tree, source: Source) -> Suppressions:
        """Return the suppression comments of a text; what looks like one inside a string is none."""
        if _MARK not in source.text:
            return _NONE
        return cls(tuple(_comments(tree, source)))

    def filtered(
        self, units: list[UnitReport], tree: Tree, source: Source, checker: Checker, shown: Shown
    ) -> list[UnitReport]:
        """Return `units` without what is suppressed, and with a finding for each name that suppresses nothing."""
        used: set[tuple[Suppression, str]] = set()
        kept: list[UnitReport] = []
        for unit in units:
            left = tuple(each for each in unit.findings if not self._suppresses(each, unit, source, used))
            kept.append(unit._replace(findings=shown.same(id(unit.findings), left)))
        unused = anchored(self._unused(used, checker), Cut(tree.root, 0, len(source.text), 0), source.text)
        kept.append(UnitReport(0, 0, shown.same(0, unused)))
        shown.end()
        return [unit for unit in kept if unit.findings]

    def _suppresses(
        self, finding: Finding, unit: UnitReport, source: Source, used: set[tuple[Suppression, str]]
    ) -> bool:
        if finding.rule == SYNTAX_ERROR:
            return False
        row = source.lines.row_of(unit.start + finding.span.start)
        covering = [each for each in self.comments if each.covers(finding.rule, row)]
        used.update((each, finding.rule) for each in covering)
        return bool(covering)

    def _unused(self, used: set[tuple[Suppression, str]], checker: Checker) -> Iterator[Finding]:
        """Yield a finding for each comment, or name in one, that suppresses nothing.

        Names of rules that are not in force are left alone: they may be needed under other settings.
        """
        for comment in self.comments:
            idle = {
                rule
                for rule in comment.rules
                if (comment, rule) not in used and (rule in checker.severities or rule not in checker.registry.rules)
            }
            blanket = not comment.rules and not any(each is comment for each, _ in used)
            if idle or blanket:
                yield _unused_finding(comment, idle, checker)


def _unused_finding(comment: Suppression, idle: set[str], checker: Checker) -> Finding:
    unknown = sorted(idle - checker.registry.rules.keys())
    names = ", ".join(f"`{name}`" for name in sorted(idle))
    if not idle:
        message = "this comment suppresses nothing; remove it"
    elif unknown:
        message = f"there is no rule called {', '.join(f'`{name}`' for name in unknown)}; remove the name"
    else:
        message = f"nothing here is reported by {names}; remove the suppression"
    return Finding(UNUSED, comment.span, message, Severity.WARNING, tags=frozenset({"unnecessary"}))


_NONE = Suppressions()


def _comments(tree: Tree, source: Source) -> Iterator[Suppression]:
    for match in _COMMENT.finditer(source.text):
        comment = comment_at(tree, source, match.start())
        if comment is None:
            continue
        names = match["rules"] or b""
        rules = frozenset(name.strip().decode("utf-8", "replace") for name in names.split(b",") if name.strip())
        rows = None if match["file"] else statement_rows(tree, source, comment)
        yield Suppression(Span(match.start(), comment.end), rules, rows)
