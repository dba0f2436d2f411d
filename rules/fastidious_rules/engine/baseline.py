"""Findings that a project knows of and has not repaired: they are not reported while their code stays as it is."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from fastidious_rules.engine.finding import SYNTAX_ERROR, Anchor
from fastidious_rules.syntax.anchors import anchor_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from fastidious_rules.engine.checker import Checker
    from fastidious_rules.engine.finding import Finding
    from fastidious_rules.engine.report import Report, UnitReport
    from fastidious_rules.engine.suppress import Shown
    from fastidious_rules.syntax.units import Cut


class Known(NamedTuple):
    """A finding as a baseline knows it: by its rule and its anchor, not by its line."""

    rule: str
    symbol: str
    digest: str


@dataclass(frozen=True, slots=True)
class Baseline:
    """Known findings and how often each is there, by the path of their file relative to `directory`."""

    directory: str = ""
    files: Mapping[str, Mapping[Known, int]] = field(default_factory=lambda: MappingProxyType({}))

    def of(self, path: str) -> Mapping[Known, int]:
        """Return what is known of the file at the absolute `path`."""
        return self.files.get(path.removeprefix(f"{self.directory.rstrip('/')}/"), _NOTHING) if self.files else _NOTHING


def anchored(findings: Iterable[Finding], cut: Cut, text: bytes) -> tuple[Finding, ...]:
    """Return the findings of one unit of `text`, each with its anchor."""
    owner = "" if cut.is_header else cut.class_name
    return tuple(
        replace(each, anchor=Anchor(*anchor_of(cut.node, text, each.span.shifted(cut.start), owner)))
        for each in findings
    )


def known_by(finding: Finding) -> Known:
    """Return what a baseline knows `finding` by."""
    return Known(finding.rule, *finding.anchor)


def without_known(report: Report, known: Mapping[Known, int], checker: Checker, shown: Shown) -> Report:
    """Return `report` without the findings that are `known`; of those that look alike the first ones are."""
    left = dict(known)
    units: list[UnitReport] = []
    for unit in report.units:
        kept = tuple(each for each in unit.findings if not _take(left, each))
        if kept:
            units.append(unit._replace(findings=shown.same(id(unit.findings), kept)))
    shown.end()
    is_broken = any(each.rule == SYNTAX_ERROR for unit in report.units for each in unit.findings)
    gone = sum(count for each, count in left.items() if _would_be_found(each.rule, checker))
    return report._replace(units=tuple(units), gone=0 if is_broken else gone)


def _take(left: dict[Known, int], finding: Finding) -> bool:
    """Take `finding` from what is `left` of the baseline, and tell whether it was there."""
    key = known_by(finding)
    count = left.get(key, 0)
    if count:
        left[key] = count - 1
    return count > 0


def _would_be_found(rule: str, checker: Checker) -> bool:
    """Tell whether a finding of `rule` would be reported if it was there: rules that are off say nothing."""
    return rule in checker.severities or rule not in checker.registry.rules


_NOTHING: Mapping[Known, int] = MappingProxyType({})
