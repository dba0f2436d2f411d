"""For any sequence of edits, what a document says equals what a fresh one says."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fastidious_rules.catalogue import PACK
from fastidious_rules.engine.baseline import Baseline, known_by
from fastidious_rules.engine.checker import Checker
from fastidious_rules.engine.document import Document
from fastidious_rules.engine.finding import SYNTAX_ERROR
from fastidious_rules.engine.registry import Registry
from fastidious_rules.engine.settings import Settings
from fastidious_rules.semantics.project import Project
from fastidious_rules.syntax.text import Source, Span

CHECKER = Checker(Registry([PACK]), Settings(select=frozenset({"ALL"})))

START = '''\
"""A module."""
import time
import requests
from typing import Annotated
from fastapi import APIRouter, Depends, HTTPException
from sqlalchemy import text
from sqlalchemy.orm import Session

router = APIRouter()


def get_db() -> Session: ...


@router.get("/items/{item_id}")
async def read(item_id: str, db: Session = Depends(get_db)):
    time.sleep(1)
    return db.execute(text(f"SELECT * FROM items WHERE id = '{item_id}'")).all()


@router.get("/items/latest")
def latest(db: Session = Depends(get_db)):
    return HTTPException(404)


class Repo:
    """A class."""

    def __init__(self, db: Session):
        self.db = db

    def helper(self):
        return requests.get("https://example.org")  # fastidious: ignore[abbreviated-name]

    async def load(self):
        for row in self.db.query(Repo):
            self.helper()
'''

SNIPPETS = [
    "", " ", "\n", "\r\n", "    ", "x", "é", "😀", "(", ")", '"""', "'", "#", ":", "time.sleep(2)\n", "    time.sleep(3)\n",
    "import time as clock\n", "async def f():\n    time.sleep(1)\n\n",
    "class A:\n    async def g(self):\n        time.sleep(1)\n",
    "def get_db(): ...\n", "# fastidious: ignore[blocking-call-in-async]\n", "  # fastidious: ignore", "@", "async ", "await ",
    "router = None\n", "return 1\n", "\\\n", "if True:\n    ", "from os import *\n", "self.db", "\r", "\x0c",
]  # fmt: skip

EDITS = st.lists(
    st.tuples(st.integers(0, 1000), st.integers(0, 60), st.sampled_from(SNIPPETS), st.booleans()),
    min_size=1,
    max_size=14,
)


def fresh(path: str, text: bytes, project: Project, checker: Checker = CHECKER) -> Document:
    return Document(path, "app.main", Source(text), project, checker)


def knowing(text: str) -> Checker:
    """Return a checker whose baseline knows the findings of `text`, but one."""
    findings = fresh("/work/app/main.py", text.encode(), Project()).check().findings()
    baseline = Baseline("/work", {"app/main.py": Counter(known_by(each) for each in findings[1:])})
    return Checker(CHECKER.registry, Settings(select=frozenset({"ALL"}), baseline=baseline))


BASELINE_CHECKER = knowing(START)


def described(document: Document) -> list[tuple[object, ...]]:
    report = document.check()
    return [(each.rule, each.span, each.message, each.severity, each.anchor) for each in report.findings()]


@pytest.mark.parametrize("checker", [CHECKER, BASELINE_CHECKER], ids=["without a baseline", "with a baseline"])
@given(edits=EDITS)
@settings(max_examples=100, deadline=None)
def test_incremental_equals_from_scratch(checker: Checker, edits: list[tuple[int, int, str, bool]]) -> None:
    document = fresh("/work/app/main.py", START.encode(), Project(), checker)
    for place, length, replacement, check_between in edits:
        size = len(document.source.text)
        start = place * size // 1000
        document.edit(Span(start, min(start + length, size)), replacement.encode())
        if check_between:
            document.check()

    scratch = fresh("/work/app/main.py", document.source.text, Project(), checker)

    if SYNTAX_ERROR in {each.rule for each in scratch.check().findings()}:
        document.check()  # a broken text keeps what it had: it must only not fail
        mend(document)
        scratch = fresh("/work/app/main.py", document.source.text, Project(), checker)
    assert document.facts == scratch.facts
    assert described(document) == described(scratch)


def mend(document: Document) -> None:
    """Put the start text in the place of a broken one, as undo does."""
    document.edit(Span(0, len(document.source.text)), START.encode())


@given(st.integers(0, len(START) - 1), st.sampled_from(SNIPPETS))
@settings(max_examples=60, deadline=None)
def test_undo_brings_everything_back(place: int, snippet: str) -> None:
    document = fresh("/work/app/main.py", START.encode(), Project())
    before = described(document)

    document.edit(Span(place, place), snippet.encode())
    document.check()
    document.edit(Span(place, place + len(snippet.encode())), b"")

    assert described(document) == before


def test_a_check_without_a_change_gives_the_same_objects() -> None:
    document = fresh("/work/app/main.py", START.encode(), Project())
    first = document.check()

    second = document.check()

    assert all(one.findings is other.findings for one, other in zip(first.units, second.units, strict=True))


def test_typing_in_a_function_looks_at_that_function_alone() -> None:
    document = fresh("/work/app/main.py", START.encode(), Project())
    document.check()
    untouched = {id(state.result): state.result.findings for state in document.states}

    place = START.index("time.sleep(1)")
    document.edit(Span(place, place), b"x = 1; ")
    document.check()

    looked_at = [state for state in document.states if untouched.get(id(state.result)) is not state.result.findings]
    assert [state.key[0].partition(b"\n")[0] for state in looked_at] == [b'@router.get("/items/{item_id}")']


def test_a_broken_unit_keeps_the_findings_of_the_lines_that_nobody_touched() -> None:
    document = fresh("/work/app/main.py", START.encode(), Project())
    before = {each.rule for each in document.check().findings()}

    place = START.index("    return db.execute")
    document.edit(Span(place, place), b"    x = (\n")
    report = document.check().findings()

    assert SYNTAX_ERROR in {each.rule for each in report}
    assert before <= {each.rule for each in report}
