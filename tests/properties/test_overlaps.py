"""Fixes of one document together: none trips over itself, and those that meet are made one edit."""

from __future__ import annotations

import ast
from dataclasses import replace
from itertools import combinations, pairwise
from typing import TYPE_CHECKING

import pytest

from tests.properties.backend import applied
from tests.properties.test_every_fix import backend, every_backend

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.engine.finding import Finding, Fix
    from tests.properties.backend import Backend


def best_fixes(reviewed: Backend) -> dict[str, list[tuple[Finding, Fix]]]:
    """Return the best fix of each finding that stays in its file."""
    found: dict[str, dict[Finding, Fix]] = {}
    for path, finding, fix in reviewed.fixes():
        if not any(edit.path for edit in fix.edits):
            found.setdefault(path, {}).setdefault(finding, fix)
    return {path: list(fixes.items()) for path, fixes in found.items()}


def meeting(reviewed: Backend) -> Iterator[tuple[str, set[str]]]:
    """Yield files with the rules of two fixes that change the same bytes, or insert at the same place."""
    for path, fixes in best_fixes(reviewed).items():
        for (one, its_fix), (other, other_fix) in combinations(fixes, 2):
            spans = [(edit.span, that.span) for edit in its_fix.edits for that in other_fix.edits]
            if any(span.overlaps(that) or span == that for span, that in spans):
                yield path, {one.rule, other.rule}


@pytest.mark.complaint(18)
@every_backend
def test_edits_of_a_fix_do_not_overlap(name: str) -> None:
    for _, _, fix in backend(name).fixes():
        ordered = sorted((edit.path, edit.span) for edit in fix.edits)
        assert all(path != same or one.end <= other.start for (path, one), (same, other) in pairwise(ordered)), fix


@pytest.mark.complaint(18)
@every_backend
def test_fixes_that_meet_are_made_one_edit(name: str) -> None:
    before = backend(name)
    for path, rules in {(path, frozenset(rules)) for path, rules in meeting(before)}:
        edit = before.documents[path].fix_all(rules, unsafe=True)
        assert edit is not None
        text = applied(before.files[path], [edit])
        ast.parse(text)
        after = replace(before, files={**before.files, path: text})
        assert all(after.count(rule) < before.count(rule) for rule in rules)
        assert after.errors() <= before.errors()


@pytest.mark.complaint(18)
@every_backend
def test_fixes_that_do_not_meet_can_be_applied_together(name: str) -> None:
    before = backend(name)
    for path, fixes in best_fixes(before).items():
        for (_, one), (_, other) in combinations(fixes, 2):
            spans = sorted(edit.span for edit in (*one.edits, *other.edits))
            if all(span.end <= that.start and span != that for span, that in pairwise(spans)):
                ast.parse(applied(before.files[path], [*one.edits, *other.edits]))
