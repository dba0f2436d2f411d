"""Processes that die, disks that are full, caches that are broken, and files that change under the index."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import msgspec
import pytest

from fastidious_rules.catalogue import PACK
from fastidious_rules.engine.finding import Finding, Request, Severity, Task
from fastidious_rules.engine.registry import Registry
from fastidious_rules.engine.settings import Settings
from fastidious_rules.syntax.text import Span
from fastidious_server.inference.client import ProcessInference
from fastidious_server.workspace.checking.parallel import Crew, WorkerDiedError
from fastidious_server.workspace.checking.share import Item, Rulebook
from fastidious_server.workspace.indexing.index import BackgroundIndex, Wiring
from fastidious_server.workspace.storage.files import stamp

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from fastidious_server.workspace.indexing.frames import IndexedFile

_WAIT = 120
_TEXT = "import time\nasync def f():\n    time.sleep(1)\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Project with more files than one process takes on alone."""
    package = tmp_path / "project" / "app"
    package.mkdir(parents=True)
    (package.parent / "pyproject.toml").write_text("")
    for number in range(60):
        (package / f"m{number}.py").write_text(_TEXT)
    return package.parent


class Shelf:
    """Project and host in one: what an index delivers, and how far it says it is."""

    def __init__(self, on_progress: Callable[[int], None] = lambda _: None) -> None:
        self.files: dict[str, IndexedFile] = {}
        self._on_progress = on_progress
        self._is_complete = False
        self._changed = threading.Condition()

    def deliver(self, files: Sequence[IndexedFile]) -> None:
        with self._changed:
            self.files.update((file.path, file) for file in files)
            self._changed.notify_all()

    def run(self, change: Callable[[], None]) -> None:
        change()

    def progress(self, done: int, total: int) -> None:
        self._on_progress(done)
        with self._changed:
            self._is_complete |= done == total
            self._changed.notify_all()

    def wait(self, is_there: Callable[[], bool]) -> None:
        with self._changed:
            assert self._changed.wait_for(is_there, _WAIT)

    def wait_for_all(self) -> None:
        self.wait(lambda: self._is_complete)


@pytest.fixture
def started() -> Iterator[Callable[[Path, Shelf], BackgroundIndex]]:
    made: list[BackgroundIndex] = []

    def start(project: Path, shelf: Shelf) -> BackgroundIndex:
        index = BackgroundIndex(Wiring(shelf.deliver, lambda _: None, ""))
        made.append(index)
        index.start([str(project)], shelf)
        return index

    yield start
    for index in made:
        index.stop()


Start = "Callable[[Path, Shelf], BackgroundIndex]"


def test_an_index_that_is_killed_in_the_middle_goes_on_where_it_was(project: Path, started: Start) -> None:
    killed: list[int] = []
    is_started = threading.Event()

    def kill(done: int) -> None:
        if done and not killed:
            killed.append(done)
            assert is_started.wait(_WAIT)
            index._clerks[0]._child._process.kill()

    shelf = Shelf(kill)
    index = started(project, shelf)
    is_started.set()
    shelf.wait_for_all()
    assert killed
    assert len(shelf.files) == 60
    assert all(file.facts is not None for file in shelf.files.values())


def test_an_index_that_always_dies_comes_to_an_end_and_says_that_it_is_done(project: Path, started: Start) -> None:
    is_over = threading.Event()
    shelf = Shelf()
    index = started(project, shelf)

    def kill() -> None:
        while not is_over.is_set():
            index._clerks[0]._child._process.kill()

    killer = threading.Thread(target=kill)
    killer.start()
    shelf.wait_for_all()
    is_over.set()
    killer.join()


def test_a_switch_of_branches_is_followed(project: Path, started: Start) -> None:
    shelf = Shelf()
    index = started(project, shelf)
    shelf.wait_for_all()
    package = project / "app"
    old = [package / f"m{number}.py" for number in range(60)]
    for number, path in enumerate(old[:40]):
        path.rename(package / f"renamed{number}.py")
    for path in old[40:]:
        path.unlink()
    fresh = [package / f"n{number}.py" for number in range(1000)]
    for path in fresh:
        path.write_text(_TEXT)
    renamed = [package / f"renamed{number}.py" for number in range(40)]
    index.refresh([str(path) for path in (*old, *fresh, *renamed)])
    gone, there = {str(path) for path in old}, {str(path) for path in (*fresh, *renamed)}
    shelf.wait(lambda: shelf.files.keys() >= gone | there and not any(shelf.files[path].facts for path in gone))
    assert all(shelf.files[path].facts for path in there)


def test_a_worker_that_is_killed_ends_the_check_with_an_explanation(project: Path) -> None:
    paths = sorted(map(str, project.rglob("*.py")))
    items = [Item(path, f"m{number}", at) for number, path in enumerate(paths) if (at := stamp(path)) is not None]
    crew = Crew(Rulebook(Registry([PACK]), [Settings()]), items, [], 2)
    for worker in crew._workers.values():
        worker.kill()
    with pytest.raises(WorkerDiedError, match=r"a worker process ended with exit code -9; `--jobs 1` may show where"):
        list(crew.check(lambda _: None))
    crew.stop()


INFERABLE = Finding("missing-return-type", Span(4, 5), "", Severity.HINT, request=Request(Task.RETURN_TYPE))


@pytest.mark.parametrize(
    "code", ["import sys; sys.exit(3)", "input(); print('{')", "input(); import time; time.sleep(600)"]
)
async def test_an_inference_that_dies_hangs_or_babbles_is_no_fix_and_may_be_asked_again(code: str) -> None:
    inference = ProcessInference((sys.executable, "-Ic", code), deadline=2.0)
    for _ in range(2):
        assert await inference.fix("/nowhere/app.py", b"def f():\n    return 1\n", INFERABLE) is None
    await inference.close()


async def test_an_inference_that_is_killed_is_started_again(tmp_path: Path) -> None:
    path = tmp_path / "app.py"
    path.write_text("def f():\n    return 1\n")
    inference = ProcessInference(deadline=60.0)
    assert await inference.fix(str(path), path.read_bytes(), INFERABLE) is not None
    assert inference._process is not None
    inference._process.kill()
    await inference._process.wait()
    assert await inference.fix(str(path), path.read_bytes(), INFERABLE) is not None
    killing = asyncio.ensure_future(inference.fix(str(path), path.read_bytes(), INFERABLE))
    await asyncio.sleep(0)
    inference._process.kill()
    assert await killing is None or killing.result() is not None
    await inference.close()


def check(project: Path, cache: Path, prefix: str = "pass") -> subprocess.CompletedProcess[str]:
    """Run the command with a cache of its own."""
    code = (
        f"import sys; {prefix}; sys.argv = ['fastidious', 'check']; from fastidious_server.__main__ import main; main()"
    )
    environment = {**os.environ, "XDG_CACHE_HOME": str(cache)}
    return subprocess.run(
        [sys.executable, "-Ic", code], cwd=project, env=environment, capture_output=True, text=True, check=False
    )


def damages(content: bytes) -> Iterator[bytes]:
    """Yield what may have become of a file."""
    yield b""
    yield content[: len(content) // 2]
    yield content + b"\x00"
    yield b"\xc1" * len(content)
    yield msgspec.msgpack.encode({"another": ["version", 3]})
    yield msgspec.msgpack.encode([1, [2, [3]], {"x": b"y"}])


def test_a_cache_that_is_broken_is_as_good_as_none(project: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    expected = check(project, cache)
    assert (expected.returncode, expected.stderr) == (1, "")
    entries = [path for path in cache.rglob("*.msgpack") if path.is_file()]
    assert entries
    contents = {path: path.read_bytes() for path in entries}
    for number in range(6):
        for path, content in contents.items():
            path.write_bytes(list(damages(content))[number])
        (project / "app" / "m0.py").write_text(_TEXT + "\n" * number)  # the last run no longer holds
        assert check(project, cache).stdout == expected.stdout


def test_a_cache_that_cannot_be_written_is_told_once_and_the_check_goes_on(project: Path, tmp_path: Path) -> None:
    expected = check(project, tmp_path / "good")
    blocked = tmp_path / "blocked"
    blocked.write_text("")  # a file where the directory should be
    run = check(project, blocked)
    assert run.stdout == expected.stdout
    assert run.stderr.startswith("warning: nothing is cached: ")
    assert run.stderr.count("\n") == 1


@pytest.mark.skipif(sys.platform == "win32", reason="there is no such limit")
def test_a_disk_that_is_full_is_told_once_and_the_check_goes_on(project: Path, tmp_path: Path) -> None:
    expected = check(project, tmp_path / "good")
    cache = tmp_path / "cache"
    run = check(project, cache, "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))")
    assert run.stdout == expected.stdout
    assert run.stderr.startswith("warning: nothing is cached: ")
    assert not [path for path in cache.rglob("*") if path.is_file()]
