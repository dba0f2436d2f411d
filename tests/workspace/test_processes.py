"""Tests that start processes: the command itself, its workers, and the index."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import pytest

from fastidious_rules.semantics.facts import decode
from fastidious_server.workspace.indexing.index import BackgroundIndex, Wiring

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from fastidious_server.workspace.indexing.frames import IndexedFile

_WAIT = 60


def fastidious(directory: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-Im", "fastidious_server", *arguments]
    return subprocess.run(
        command, cwd=directory, capture_output=True, text=True, check=False, env={**os.environ, **environment}
    )


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Project with more files than one process takes on alone."""
    directory = tmp_path / "project"
    package = directory / "app"
    package.mkdir(parents=True)
    (directory / "pyproject.toml").write_text("")
    (package / "__init__.py").write_text("")
    for number in range(60):
        broken = "def broken(:\n" if number % 3 == 0 else ""
        (package / f"m{number}.py").write_text(
            f"import sqlite3\nfrom app.m{(number + 1) % 60} import name\n\n"
            f"def name(c: sqlite3.Connection, x: str) -> None:\n    c.execute(f'select {{x}}')\n{broken}"
        )
    return directory


def test_results_do_not_depend_on_the_number_of_processes(project: Path) -> None:
    runs = [fastidious(project, "check", "--no-cache", "--format", "json", "--jobs", jobs) for jobs in ("1", "2", "5")]
    assert {run.returncode for run in runs} == {1}
    assert {run.stderr for run in runs} == {""}
    assert len({run.stdout for run in runs}) == 1
    assert {result["rule"] for result in json.loads(runs[0].stdout)} >= {"syntax-error"}


def test_a_reader_that_has_seen_enough_is_no_error(project: Path) -> None:
    command = f"{sys.executable} -Im fastidious_server check --format json --no-cache | head -c 10"
    run = subprocess.run(["/bin/sh", "-c", command], cwd=project, capture_output=True, text=True, check=False)
    assert run.stdout == "[\n  {\n    "
    assert run.stderr == ""


def test_concurrent_runs_share_a_cache(project: Path, tmp_path: Path) -> None:
    environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path / "cache")}
    command = [sys.executable, "-Im", "fastidious_server", "check", "--jobs", "1"]
    runs = [
        subprocess.Popen(command, cwd=project, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        for _ in range(3)
    ]
    outputs = [run.communicate() for run in runs]
    assert len(set(outputs)) == 1
    assert fastidious(project, "check", XDG_CACHE_HOME=str(tmp_path / "cache")).stdout == outputs[0][0].decode()


@pytest.mark.parametrize(
    ("code", "foreign"),
    [
        ("import sys; sys.argv = ['f', '--version']; from fastidious_server.__main__ import main; main()", "click"),
        ("import fastidious_server.cli.application", "rich pydantic libcst jedi pygls tree_sitter"),
        ("import fastidious_server.workspace.indexing.indexer", "click pydantic libcst fastidious_rules.catalogue"),
    ],
)
def test_nothing_is_imported_before_it_is_wanted(tmp_path: Path, code: str, foreign: str) -> None:
    check = f"{code}; import sys; print([name for name in {foreign.split()} if name in sys.modules], file=sys.stderr)"
    run = subprocess.run([sys.executable, "-Ic", check], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert run.stderr == "[]\n"


class Host:
    """Thread that owns the documents, as far as an index can tell."""

    def __init__(self) -> None:
        self.progressed: list[tuple[int, int]] = []
        self.is_complete = threading.Event()

    def run(self, change: Callable[[], None]) -> None:
        change()

    def progress(self, done: int, total: int) -> None:
        self.progressed.append((done, total))
        if done == total:
            self.is_complete.set()


class Shelf:
    """Project that takes what an index delivers."""

    def __init__(self) -> None:
        self.files: dict[str, IndexedFile] = {}
        self._changed = threading.Condition()

    def deliver(self, files: Sequence[IndexedFile]) -> None:
        with self._changed:
            self.files.update((file.path, file) for file in files)
            self._changed.notify_all()

    def wait_for(self, is_there: Callable[[], bool]) -> None:
        with self._changed:
            assert self._changed.wait_for(is_there, _WAIT)


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


@pytest.fixture(params=[1, 2])
def index(request: pytest.FixtureRequest, shelf: Shelf, tmp_path: Path) -> Iterator[BackgroundIndex]:
    made = BackgroundIndex(Wiring(shelf.deliver, lambda _: None, str(tmp_path / "cache"), request.param))
    yield made
    made.stop()


def test_all_files_are_delivered_with_their_modules_and_facts(
    project: Path, index: BackgroundIndex, shelf: Shelf
) -> None:
    host = Host()
    index.start([str(project)], host)
    assert host.is_complete.wait(_WAIT)
    assert host.progressed[-1] == (61, 61)
    assert len(shelf.files) == 61
    file = shelf.files[f"{project}/app/m1.py"]
    assert file.module == "app.m1"
    assert file.facts is not None
    assert [function.name for unit in decode(file.facts).units for function in unit.functions if function.name]


def test_changed_and_removed_files_are_delivered_again(project: Path, index: BackgroundIndex, shelf: Shelf) -> None:
    host = Host()
    index.start([str(project)], host)
    assert host.is_complete.wait(_WAIT)
    shelf.files.clear()
    changed, gone = project / "app" / "m1.py", project / "app" / "m2.py"
    changed.write_text("x = 1\n")
    gone.unlink()
    index.refresh([str(changed), str(gone)])
    shelf.wait_for(lambda: len(shelf.files) == 2)
    assert shelf.files[str(gone)].facts is None
    assert shelf.files[str(changed)].facts is not None


def test_an_index_that_dies_is_started_again(project: Path, index: BackgroundIndex, shelf: Shelf) -> None:
    host = Host()
    index.start([str(project)], host)
    for clerk in index._clerks:
        clerk._child._process.kill()
    assert host.is_complete.wait(_WAIT)
    assert len(shelf.files) == 61


def test_a_tree_without_python_files_is_complete_at_once(tmp_path: Path, index: BackgroundIndex) -> None:
    host = Host()
    (tmp_path / "empty").mkdir()
    index.start([str(tmp_path / "empty")], host)
    assert host.is_complete.wait(_WAIT)


@pytest.fixture
def scanned(project: Path, shelf: Shelf, tmp_path: Path) -> Iterator[BackgroundIndex]:
    """Index of the project that is complete."""
    host = Host()
    made = BackgroundIndex(Wiring(shelf.deliver, lambda _: None, str(tmp_path / "cache")))
    made.start([str(project)], host)
    assert host.is_complete.wait(_WAIT)
    shelf.files.clear()
    yield made
    made.stop()


def test_a_second_look_finds_what_a_switch_of_branches_changed(
    project: Path, scanned: BackgroundIndex, shelf: Shelf
) -> None:
    changed, gone, new = (project / "app" / f"{name}.py" for name in ("m1", "m2", "new"))
    changed.write_text("x = 1\n")
    gone.unlink()
    new.write_text("y = 1\n")
    scanned.rescan()
    shelf.wait_for(lambda: len(shelf.files) >= 3)
    scanned.rescan()
    (project / "last.py").write_text("z = 1\n")
    scanned.rescan()
    shelf.wait_for(lambda: str(project / "last.py") in shelf.files)
    assert {path for path, file in shelf.files.items() if file.facts is None} == {str(gone)}
    assert shelf.files.keys() == {str(changed), str(gone), str(new), str(project / "last.py")}


def test_modules_of_a_package_that_is_one_no_more_get_their_new_names(
    project: Path, scanned: BackgroundIndex, shelf: Shelf
) -> None:
    (project / "app" / "__init__.py").unlink()
    scanned.rescan()
    shelf.wait_for(lambda: len(shelf.files) == 61)
    assert shelf.files[f"{project}/app/__init__.py"].facts is None
