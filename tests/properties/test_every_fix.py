"""What holds for every fix of every example, and for those of the sample backend."""

from __future__ import annotations

import ast
import io
import tokenize
from collections import Counter
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from fastidious_rules.catalogue import PACK
from fastidious_rules.engine.suppress import UNUSED
from fastidious_rules.engine.suppression_edits import suppression_edit
from fastidious_rules.testing import cases
from fastidious_rules.testing.run import parses
from fastidious_rules.testing.settings import settings_of
from tests.properties.backend import REGISTRY, Backend, applied, bookshop

if TYPE_CHECKING:
    from collections.abc import Callable

    from fastidious_rules.engine.finding import Edit, Finding
    from fastidious_rules.testing import Case

EXAMPLES = {
    str(case): case
    for case in cases(PACK, Path(__file__).parents[1] / "rules")
    if any(file.errors for file in case.files)
}
BOOKSHOP = "bookshop"
SUPPRESSED = "suppression-comments"
COMMENTS = """\
# fastidious: ignore-file[sql-injection]
import time  # noqa: F401  # fastidious: ignore


def f(x):  # fastidious: ignore[missing-return-type, sql-injection] é
    # fastidious: ignore[shadowed-route] why
    return x
    # fastidious: ignore[n-plus-one-relationship]
"""
MARK = "\ufeff".encode()


def with_carriage_returns(text: bytes) -> bytes:
    return text.replace(b"\n", b"\r\n")


def with_byte_order_mark(text: bytes) -> bytes:
    return MARK + text


def without_final_newline(text: bytes) -> bytes:
    return text.removesuffix(b"\n")


@cache
def backend(name: str) -> Backend:
    if name == SUPPRESSED:
        return Backend({"app/main.py": COMMENTS.encode()})
    return bookshop() if name == BOOKSHOP else _backend_of(EXAMPLES[name])


def _backend_of(case: Case) -> Backend:
    settings = replace(settings_of(case, REGISTRY), select=frozenset({"ALL"}))
    return Backend({file.path: file.text.encode() for file in case.files}, settings)


def comments(text: bytes) -> Counter[str]:
    tokens = tokenize.tokenize(io.BytesIO(text).readline)
    return Counter(token.string for token in tokens if token.type == tokenize.COMMENT)


every_backend = pytest.mark.parametrize("name", [BOOKSHOP, SUPPRESSED, *EXAMPLES])


@pytest.mark.complaint(19)
@every_backend
def test_fix_clears_its_finding_and_adds_no_error_and_none_of_its_rule(name: str) -> None:
    before = backend(name)
    for path, finding, fix in before.fixes():
        after = before.fixed(path, fix)

        key = finding.rule, finding.message
        assert after.messages(path)[key] < before.messages(path)[key], fix
        assert after.count(finding.rule) < before.count(finding.rule), fix
        assert after.errors() <= before.errors(), fix


@every_backend
def test_fix_keeps_code_valid_and_comments(name: str) -> None:
    before = backend(name)
    for path, finding, fix in before.fixes():
        for each, text in before.fixed(path, fix).files.items():
            original = before.files[each]
            if text != original and parses(original.decode()):
                ast.parse(text)
                assert comments(text) >= comments(original) or finding.rule == UNUSED, fix


@pytest.mark.complaint(10, 11)
@every_backend
@pytest.mark.parametrize("change", [with_carriage_returns, with_byte_order_mark, without_final_newline])
@pytest.mark.complaint(11)
@pytest.mark.complaint(10)
def test_fix_does_the_same_whatever_the_line_ends_and_marks(name: str, change: Callable[[bytes], bytes]) -> None:
    plain = backend(name)
    changed = plain.changed(change)

    assert described(changed) == described(plain)
    for (path, _, fix), (same_path, _, same_fix) in zip(plain.fixes(), changed.fixes(), strict=True):
        expected = plain.fixed(path, fix).changed(change)
        assert (same_path, same_fix.title) == (path, fix.title)
        assert changed.fixed(same_path, same_fix).files == expected.files, fix


def described(reviewed: Backend) -> list[tuple[str, str, str, int]]:
    return [
        (path, finding.rule, finding.message, reviewed.documents[path].source.lines.row_of(finding.span.start))
        for path, findings in reviewed.findings.items()
        for finding in findings
    ]


@every_backend
@pytest.mark.parametrize("unsafe", [False, True])
def test_fixing_all_again_changes_nothing(name: str, *, unsafe: bool) -> None:
    before = backend(name)
    for path, document in before.documents.items():
        edit = document.fix_all(unsafe=unsafe)
        if edit is not None:
            text = applied(before.files[path], [edit])
            after = replace(before, files={**before.files, path: text})
            assert after.documents[path].fix_all(unsafe=unsafe) is None
            assert after.errors() <= before.errors()
            assert sum(map(len, after.findings.values())) < sum(map(len, before.findings.values()))


@pytest.mark.complaint(20)
@every_backend
def test_suppressing_a_finding_hides_it_and_nothing_else(name: str) -> None:
    before = backend(name)
    for path, finding, edit in suppressions(before):
        text = applied(before.files[path], [edit])
        after = replace(before, files={**before.files, path: text})
        gone = before.messages(path) - after.messages(path)
        assert gone[finding.rule, finding.message] >= 1
        assert all(rule == finding.rule for rule, _ in gone)
        assert not after.messages(path) - before.messages(path)


@every_backend
@pytest.mark.parametrize("change", [with_carriage_returns, with_byte_order_mark, without_final_newline])
def test_suppressing_does_the_same_whatever_the_line_ends_and_marks(
    name: str, change: Callable[[bytes], bytes]
) -> None:
    plain = backend(name)
    changed = plain.changed(change)
    for (path, _, edit), (same_path, _, same_edit) in zip(suppressions(plain), suppressions(changed), strict=True):
        assert same_path == path
        assert applied(changed.files[path], [same_edit]) == change(applied(plain.files[path], [edit]))


def suppressions(reviewed: Backend) -> list[tuple[str, Finding, Edit]]:
    return [
        (path, finding, suppression_edit(document.source, document.tree, finding))
        for path, document in reviewed.documents.items()
        for finding in reviewed.findings[path]
        if finding.rule != UNUSED
    ]
