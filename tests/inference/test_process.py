"""The inference process renames and annotates in real files, and runs nothing that it reads."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import sysconfig
from typing import TYPE_CHECKING

import pytest

from fastidious_rules.engine.finding import Finding, Request, Severity, Task
from fastidious_rules.syntax.text import Span
from fastidious_server.inference.client import ProcessInference

if TYPE_CHECKING:
    from pathlib import Path

    from fastidious_rules.engine.finding import Fix

PATIENT = 60.0
RUN = "runpy.run_module('fastidious_server.inference', run_name='__main__')"

REPOSITORY = """class UserRepository:
    def all(self) -> list[str]:
        return []


def load(u_repo: UserRepository, first=False):
    if first:
        return u_repo.all()[0]
    return u_repo.all()
"""
CALLER = """from app.repository import UserRepository, load

names = load(u_repo=UserRepository())
"""


def project(folder: Path) -> Path:
    (folder / "pyproject.toml").write_text("", "utf-8")
    package = folder / "app"
    package.mkdir()
    (package / "__init__.py").write_text("", "utf-8")
    (package / "repository.py").write_text(REPOSITORY, "utf-8")
    (package / "caller.py").write_text(CALLER, "utf-8")
    return package / "repository.py"


def finding(text: str, name: str, request: Request | None) -> Finding:
    start = text.index(name)
    return Finding("some-rule", Span(start, start + len(name)), "", Severity.HINT, request=request)


def inferred(path: Path, text: str, asked: Finding, inference: ProcessInference | None = None) -> Fix | None:
    async def ask() -> Fix | None:
        helper = inference or ProcessInference(deadline=PATIENT)
        try:
            return await helper.fix(str(path), text.encode(), asked)
        finally:
            await helper.close()

    return asyncio.run(ask())


def test_rename_reaches_keywords_of_calls_in_other_files(tmp_path: Path) -> None:
    path = project(tmp_path)

    fix = inferred(path, REPOSITORY, finding(REPOSITORY, "u_repo", Request(Task.RENAME, "user_repository")))

    assert fix is not None
    changed = {edit.path for edit in fix.edits}
    assert changed == {"", str(path.with_name("caller.py"))}
    in_caller = [edit.span for edit in fix.edits if edit.path]
    assert [CALLER[span.start : span.end] for span in in_caller] == ["u_repo"]
    assert len(fix.edits) == REPOSITORY.count("u_repo") + 1


def test_rename_refuses_a_name_that_is_taken(tmp_path: Path) -> None:
    path = project(tmp_path)

    fix = inferred(path, REPOSITORY, finding(REPOSITORY, "u_repo", Request(Task.RENAME, "first")))

    assert fix is None


def test_return_type_is_the_union_of_all_returns(tmp_path: Path) -> None:
    path = project(tmp_path)

    fix = inferred(path, REPOSITORY, finding(REPOSITORY, "load", Request(Task.RETURN_TYPE)))

    assert fix is not None
    assert [edit.replacement for edit in fix.edits] == [" -> str | list[str]"]


def test_unknown_return_type_gives_no_fix(tmp_path: Path) -> None:
    path = project(tmp_path)
    text = "def load(mystery):\n    return mystery.answer()\n"

    assert inferred(path, text, finding(text, "load", Request(Task.RETURN_TYPE))) is None


@pytest.mark.parametrize(
    "returned",
    [
        '{"id": 1, "name": mystery.name}',
        "[1, mystery.name]",
        "{1, mystery.name}",
        "(1, mystery.name)",
        "[(1, mystery.name)]",
        "[mystery.name for _ in range(3)]",
    ],
)
def test_elements_of_unknown_type_give_no_annotation_of_the_others(tmp_path: Path, returned: str) -> None:
    path = project(tmp_path)
    text = f"def load(mystery):\n    return {returned}\n"

    assert inferred(path, text, finding(text, "load", Request(Task.RETURN_TYPE))) is None


def test_keys_that_are_added_later_count(tmp_path: Path) -> None:
    path = project(tmp_path)
    text = 'def load():\n    user = {"id": 1}\n    user["name"] = "Ada"\n    return user\n'

    assert inferred(path, text, finding(text, "load", Request(Task.RETURN_TYPE))) is None


@pytest.mark.parametrize(
    ("returned", "annotation"),
    [("[1, 2]", "list[int]"), ('(1, "a")', "tuple[int, str]"), ('[(1, "a")]', "list[tuple[int, str]]")],
)
def test_elements_of_known_types_are_annotated(tmp_path: Path, returned: str, annotation: str) -> None:
    path = project(tmp_path)
    text = f"def load():\n    return {returned}\n"

    fix = inferred(path, text, finding(text, "load", Request(Task.RETURN_TYPE)))

    assert fix is not None
    assert [edit.replacement for edit in fix.edits] == [f" -> {annotation}"]


def test_code_of_the_workspace_is_not_executed(tmp_path: Path) -> None:
    path = project(tmp_path)
    trace = tmp_path / "trace"
    hostile = f"open({str(trace)!r}, 'w').close()\n\n\ndef load():\n    return 1\n"
    path.with_name("hostile.py").write_text(hostile, "utf-8")
    text = "from app.hostile import load\n\n\ndef call():\n    return load()\n"

    fix = inferred(path, text, finding(text, "call", Request(Task.RETURN_TYPE)))

    assert fix is not None
    assert not trace.exists()


TRAPPED = """\
import array, gi, hostile, jedi, native, numpy, typing
from app.hostile import load
from app import native as own

thing = gi.repository


def call():
    array, hostile, jedi, native, numpy, own, thing.x
    return load()
"""


def test_traps_in_the_workspace_do_not_spring(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = project(tmp_path)
    trace = tmp_path / "trace"
    trap = f"open({str(trace)!r}, 'a').write(__name__)\n\n\ndef load():\n    return 1\n"
    names = [
        "sitecustomize",
        "usercustomize",
        "conftest",
        "setup",
        "gi",
        "gi/repository",
        "jedi",
        "jedi/plugins/pytest",
    ]
    names += ["hostile", "typing", "array", "numpy", "app/hostile", "app/conftest", "encodings"]
    for name in names:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / f"{name}.py").write_text(trap, "utf-8")
    (tmp_path / "gi/__init__.py").write_text(trap, "utf-8")
    for folder in (tmp_path, path.parent):
        (folder / f"native{sysconfig.get_config_var('EXT_SUFFIX')}").write_bytes(b"no library")
    for folder in (tmp_path / ".venv/lib/python3.11/site-packages", tmp_path / "venv/bin"):
        folder.mkdir(parents=True)
        (folder / "trap.pth").write_text(f"import sys; open({str(trace)!r}, 'a').write('pth')\n")
        (folder / "python").write_text(f"#!/bin/sh\ntouch {trace}\n")
        (folder / "python").chmod(0o755)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setenv("VIRTUAL_ENV", str(tmp_path / "venv"))
    monkeypatch.setenv("PYTHONSTARTUP", str(tmp_path / "hostile.py"))
    monkeypatch.chdir(tmp_path)

    fix = inferred(path, TRAPPED, finding(TRAPPED, "call", Request(Task.RETURN_TYPE)))
    inferred(path, TRAPPED, finding(TRAPPED, "thing", Request(Task.RENAME, "renamed")))

    assert fix is not None
    assert [edit.replacement for edit in fix.edits] == [" -> int"]
    assert not trace.exists()


def test_process_that_was_killed_is_started_again(tmp_path: Path) -> None:
    path = project(tmp_path)
    pids = tmp_path / "pids"
    code = f"import os; open({str(pids)!r}, 'a').write(f'{{os.getpid()}} '); import runpy; {RUN}"
    inference = ProcessInference((sys.executable, "-Ic", code), deadline=PATIENT)
    asked = finding(REPOSITORY, "load", Request(Task.RETURN_TYPE))

    async def ask_twice() -> tuple[Fix | None, Fix | None]:
        first = await inference.fix(str(path), REPOSITORY.encode(), asked)
        os.kill(int(pids.read_text().split()[0]), signal.SIGKILL)
        second = await inference.fix(str(path), REPOSITORY.encode(), asked)
        await inference.close()
        return first, second

    first, second = asyncio.run(ask_twice())

    assert first is not None
    assert first == second
    assert len(pids.read_text().split()) == 2


def test_answer_to_a_question_that_was_cancelled_is_no_answer_to_the_next(tmp_path: Path) -> None:
    path = project(tmp_path)
    inference = ProcessInference(deadline=PATIENT)
    renaming = finding(REPOSITORY, "u_repo", Request(Task.RENAME, "user_repository"))
    typing = finding(REPOSITORY, "load", Request(Task.RETURN_TYPE))

    async def ask() -> Fix | None:
        await inference.fix(str(path), REPOSITORY.encode(), typing)
        cancelled = asyncio.ensure_future(inference.fix(str(path), REPOSITORY.encode(), renaming))
        for _ in range(5):
            await asyncio.sleep(0)
        cancelled.cancel()
        found = await inference.fix(str(path), REPOSITORY.encode(), typing)
        await inference.close()
        return found

    fix = asyncio.run(ask())

    assert fix is not None
    assert [edit.replacement for edit in fix.edits] == [" -> str | list[str]"]


def test_inference_that_was_stopped_starts_no_process_again(tmp_path: Path) -> None:
    path = project(tmp_path)
    inference = ProcessInference(deadline=PATIENT)
    inference.stop()

    assert inferred(path, REPOSITORY, finding(REPOSITORY, "load", Request(Task.RETURN_TYPE)), inference) is None


def test_process_that_takes_too_long_is_given_up(tmp_path: Path) -> None:
    path = project(tmp_path)
    silent = ProcessInference((sys.executable, "-c", "import sys; sys.stdin.read()"), deadline=0.05)

    asked = finding(REPOSITORY, "load", Request(Task.RETURN_TYPE))

    assert inferred(path, REPOSITORY, asked, silent) is None


def test_finding_that_asks_for_nothing_has_no_title() -> None:
    assert ProcessInference().title(finding(REPOSITORY, "load", None)) is None
