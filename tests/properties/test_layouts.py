"""Fixes touch what they are about and nothing else, however the code is laid out."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

import pytest

from fastidious_rules.engine.suppress import UNUSED
from fastidious_rules.testing.run import parses
from tests.properties.layouts import with_comments, with_tabs
from tests.properties.test_every_fix import backend, comments, every_backend

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.properties.backend import Backend


def laid_out(plain: Backend, layout: Callable[[bytes], bytes]) -> Backend:
    return plain.changed(lambda text: layout(text) if parses(text.decode()) else text)


@pytest.mark.complaint(19)
@every_backend
def test_fix_ends_and_begins_with_lines_that_it_changes(name: str) -> None:
    before = backend(name)
    for path, _, fix in before.fixes():
        for edit in fix.edits:
            if not edit.path:
                old = before.files[path][slice(*edit.span)].decode().splitlines(keepends=True)
                new = edit.replacement.splitlines(keepends=True)
                assert len(old) == 1 or len(new) == 1 or (old[:1] != new[:1] and old[-1:] != new[-1:]) or not old, fix


@pytest.mark.complaint(19)
@every_backend
def test_fix_keeps_comments_wherever_they_are(name: str) -> None:
    before = laid_out(backend(name), with_comments)
    for path, finding, fix in before.fixes():
        for each, text in before.fixed(path, fix).files.items():
            original = before.files[each]
            if text != original and parses(original.decode()):
                ast.parse(text)
                assert comments(text) >= comments(original) or finding.rule == UNUSED, fix


@pytest.mark.complaint(19)
@every_backend
def test_fix_keeps_tabs(name: str) -> None:
    before = laid_out(backend(name), with_tabs)
    for path, _, fix in before.fixes():
        for each, text in before.fixed(path, fix).files.items():
            if text != before.files[each] and parses(before.files[each].decode()):
                ast.parse(text)
