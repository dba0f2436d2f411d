"""Fixes: compute them, have them proven, and apply them until nothing is left to fix."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fastidious_rules.engine.crossing import import_edits_elsewhere
from fastidious_rules.engine.finding import SYNTAX_ERROR, Attempts, Edit, Fix, Refusal, Safety
from fastidious_rules.engine.imports import import_edits
from fastidious_rules.engine.proof import apply, objection
from fastidious_rules.engine.scope import Scope
from fastidious_rules.engine.suppress import UNUSED
from fastidious_rules.engine.suppression_edits import removal_edit
from fastidious_rules.syntax.text import Span
from fastidious_rules.syntax.units import Unit

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from fastidious_rules.engine.checker import Check, RuleFailure
    from fastidious_rules.engine.document import Document
    from fastidious_rules.engine.finding import Finding
    from fastidious_rules.engine.scope import UnitContext
    from fastidious_rules.engine.states import State
    from fastidious_rules.syntax.nodes import View

_MOST_ROUNDS = 200
_LINE_FEED = re.compile(r"(?<!\r)\n")


def attempts(document: Document, finding: Finding) -> Attempts:
    """Try the fixes of `finding`, whose span counts from the start of the document, each on a copy.

    Proven is what parses, clears the finding, and adds no error and no other finding of that rule.
    """
    offered = _offered(document, finding)
    if not offered:
        return Attempts(refusals=tuple(_unwritten(document, finding)))
    before = document.check_all()
    tried = [(fix, objection(document, before, finding, fix)) for fix in offered]
    document.restore()
    proven = tuple(fix for fix, reason in tried if not reason)
    return Attempts(proven, () if proven else tuple(Refusal(fix.title, reason) for fix, reason in tried))


def _unwritten(document: Document, finding: Finding) -> Iterator[Refusal]:
    """Yield why the rule has no fix for this finding, if it has any for others."""
    rule = document.checker.registry.rules.get(finding.rule)
    if rule is None or rule.fixable is None:
        return
    is_broken = any(state.cut.is_broken for state in _states_at(document, finding))
    reason = "the code around it does not parse" if is_broken else "no change is sure to be right in code like this"
    yield Refusal(f"Fix {finding.rule}", reason)


def fix_all(document: Document, rules: Collection[str] | None = None, *, unsafe: bool = False) -> Edit | None:
    """Return one edit that applies all fixes of `rules` (None: of all), again and again until there are no more.

    Only safe fixes are applied unless `unsafe`. The edit spans what differs and nothing around it; None: nothing to do.
    """
    copy = document.fork()
    try:
        for _ in range(_MOST_ROUNDS):
            if not _apply_one(copy, rules, unsafe=unsafe):
                break
    finally:
        document.restore()
    return difference(document.source.text, copy.source.text)


def _apply_one(document: Document, rules: Collection[str] | None, *, unsafe: bool) -> bool:
    everything = document.check_all()
    report = document.without_known(everything)
    if any(each.rule == SYNTAX_ERROR for each in report.findings()):
        return False
    fixable = document.checker.registry.rules
    for finding in report.findings():
        wanted = rules is None or finding.rule in rules
        rule = fixable.get(finding.rule)
        possible = finding.rule == UNUSED or (rule is not None and rule.fixable is not None)
        if not wanted or not possible or (rule and rule.fixable is Safety.UNSAFE and not unsafe):
            continue
        for fix in _offered(document, finding):
            local = not any(edit.path for edit in fix.edits)
            if local and (unsafe or fix.safety is Safety.SAFE) and not objection(document, everything, finding, fix):
                apply(document, fix.edits)
                return True
    return False


def difference(old: bytes, new: bytes) -> Edit | None:
    """Return the smallest single edit that turns `old` into `new`."""
    if old == new:
        return None
    start = _common_prefix(old, new)
    while start and (_splits(old, start) or _splits(new, start)):
        start -= 1
    end = min(_common_prefix(old[start:][::-1], new[start:][::-1]), len(old) - start, len(new) - start)
    while end and (_splits(old, len(old) - end) or _splits(new, len(new) - end)):
        end -= 1
    return Edit(Span(start, len(old) - end), new[start : len(new) - end].decode("utf-8", "surrogatepass"))


def _common_prefix(one: bytes, other: bytes) -> int:
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _splits(text: bytes, offset: int) -> bool:
    """Tell whether a character of several bytes, or a line end of two, goes on at `offset`."""
    if offset >= len(text):
        return False
    return text[offset] & 0xC0 == 0x80 or text[offset - 1 : offset + 1] == b"\r\n"  # noqa: PLR2004  UTF-8


def _offered(document: Document, finding: Finding) -> list[Fix]:
    """Return the fixes that the rule has for `finding`, with spans of the document and imports made edits."""
    if finding.rule == UNUSED:
        return [Fix("Remove the suppression comment", (removal_edit(document.source, finding),))]
    return [
        _placed(document, fix, state.cut.start)
        for state in _states_at(document, finding)
        if state.inherited is None
        for fix in _fixes_in(document, state, finding.moved(-state.cut.start))
    ]


def _states_at(document: Document, finding: Finding) -> list[State]:
    return [state for state in document.states if Span(state.cut.start, state.cut.end).contains(finding.span)]


def _fixes_in(document: Document, state: State, finding: Finding) -> list[Fix]:
    """Return what the rule has for a finding in a unit; if it fails, the next report says so."""
    checker = document.checker
    checker.guard.begin()
    failures: list[RuleFailure] = []
    fixes: list[Fix] = []
    for check, view, context in _checks(document, state, finding.rule):
        scope = Scope(context, view, check.options)
        found = checker.attempt(check, context, failures, check.run, view, scope)
        if any(each.span == finding.span and each.message == finding.message for each in found):
            fixes = checker.attempt(check, context, failures, check.rule.fixes, view, finding, scope)
            break
        if failures:
            break
    state.result.problems += tuple(each for each in failures if each not in state.result.problems)
    return fixes


def _checks(document: Document, state: State, rule: str) -> Iterator[tuple[Check, View, UnitContext]]:
    """Yield the checks of a rule with the views of a unit that they look at."""
    unit = Unit(state.cut, document.source.text)
    context = document.context_of(state, unit)
    for views in unit.by_kind.values():
        for view in views:
            for check in document.checker.checks_of(rule, view, context):
                yield check, view, context


def _placed(document: Document, fix: Fix, start: int) -> Fix:
    newline = document.source.newline().decode()
    edits = tuple(edit if edit.path else _in_place(edit, start, newline) for edit in fix.edits)
    imports = tuple(import_edits(document, [each for each in fix.imports if not each.path]))
    others = tuple(import_edits_elsewhere(document, [each for each in fix.imports if each.path]))
    return Fix(fix.title, (*imports, *others, *edits), (), fix.safety)


def _in_place(edit: Edit, start: int, newline: str) -> Edit:
    """Return an edit of the unit at `start` as one of the document, with line ends of that."""
    text = edit.replacement if newline == "\n" else _LINE_FEED.sub(newline, edit.replacement)
    return Edit(edit.span.shifted(start), text)
