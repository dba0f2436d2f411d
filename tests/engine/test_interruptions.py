"""Whoever is interrupted, wherever that is, leaves no half-written answer behind."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import pytest

from fastidious_rules.catalogue import PACK
from fastidious_rules.engine.checker import Checker
from fastidious_rules.engine.document import Document
from fastidious_rules.engine.guard import Guard, Overdue
from fastidious_rules.engine.registry import Registry
from fastidious_rules.engine.settings import Settings
from fastidious_rules.semantics import answers, module, project
from fastidious_rules.semantics.extract import module_facts
from fastidious_rules.semantics.project import Project
from fastidious_rules.syntax.text import Source

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from types import FrameType

APP = b"""\
from fastapi import APIRouter, Depends
from sqlalchemy.ext.asyncio import AsyncSession

from app.work import prepare, session_of
from app.models import Report

router = APIRouter()


@router.get("/reports/{name}")
async def read_report(name: str, session: AsyncSession = Depends(session_of)) -> Report:
    prepare(name)
    await session.execute(f"SELECT * FROM reports WHERE name = '{name}'")
    return Report(name)


@router.get("/reports/all")
async def read_all(session: AsyncSession = Depends(session_of)) -> list[Report]:
    prepare("all")
    return [Report("one")]
"""
WORK = b"""\
import time
from app.disk import flush

def prepare(name: str) -> None:
    flush()

async def session_of() -> None: ...
"""
DISK = b"import time\ndef flush():\n    time.sleep(1)\n"
FAST_DISK = b"def flush():\n    return 1\n"
MODELS = b"class Report:\n    def __init__(self, name): ...\n"
REGISTRY = Registry([PACK])
WATCHED = {each.__file__ for each in (answers, module, project)}


class Interrupting(Guard):
    """Guard that interrupts before the line with a number, of all lines that keep answers."""

    def __init__(self, number: int, error: type[BaseException]) -> None:
        super().__init__()
        self.lines = 0
        self._number = number
        self._error = error

    def call(self, rule: str, work: Callable[..., Iterable[Any]], *arguments: object) -> list[Any]:
        sys.settrace(self._enter)
        try:
            return super().call(rule, work, *arguments)
        finally:
            sys.settrace(None)

    def _enter(self, frame: FrameType, event: str, _: object) -> Any:
        return self._step if event == "call" and frame.f_code.co_filename in WATCHED else None

    def _step(self, frame: FrameType, event: str, _: object) -> Any:
        del frame
        if event == "line":
            self.lines += 1
            if self.lines == self._number:
                raise self._error
        return self._step


def known() -> Project:
    """Return a project that knows the other modules."""
    made = Project()
    for name, text in (("work", WORK), ("disk", DISK), ("models", MODELS)):
        made.update(f"/app/{name}.py", f"app.{name}", module_facts(text))
    return made


def reviewed(project: Project, guard: Guard | None = None) -> Document:
    checker = Checker(REGISTRY, Settings(select=frozenset({"ALL"})), guard)
    return Document("/app/main.py", "app.main", Source(APP), project, checker)


def found(document: Document) -> list[tuple[str, str]]:
    return [(finding.rule, finding.message) for finding in document.check().findings()]


def lines_in_all() -> int:
    guard = Interrupting(0, Overdue)
    reviewed(known(), guard).check()
    return guard.lines


LINES = lines_in_all()


@pytest.mark.parametrize("error", [Overdue, RecursionError, MemoryError])
def test_answers_are_whole_wherever_a_rule_was_interrupted(error: type[BaseException]) -> None:
    slow, fast = known(), known()
    fast.update("/app/disk.py", "app.disk", module_facts(FAST_DISK))
    before, after = found(reviewed(slow)), found(reviewed(fast))
    assert ("blocking-call-through-helper" in dict(before), "blocking-call-through-helper" in dict(after)) == (
        True,
        False,
    )
    for number in range(1, LINES, LINES // 40):
        project = known()
        interrupted = reviewed(project, Interrupting(number, error))
        assert len(interrupted.check().problems) == 1
        interrupted.checker = Checker(REGISTRY, interrupted.checker.settings)
        assert found(interrupted) == before
        project.update("/app/disk.py", "app.disk", module_facts(FAST_DISK))
        assert found(interrupted) == after
        project.update("/app/disk.py", "app.disk", module_facts(DISK))
        assert found(interrupted) == before
