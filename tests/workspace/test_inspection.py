"""Findings of files that are not open, as the process finds them that inspects them."""

from __future__ import annotations

import os
import signal
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import pytest

from fastidious_rules.engine.settings import Settings
from fastidious_server.workspace.inspecting import inspection
from fastidious_server.workspace.inspecting.inspected import InspectedFile, InspectedFinding, Mark
from fastidious_server.workspace.inspecting.inspection import BackgroundInspection, InspectionWiring
from fastidious_server.workspace.inspecting.inspection_messages import Inspect, Inspected, Look, Opening
from fastidious_server.workspace.storage.files import stamp

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path


_WAIT = 120
CALLER = "from app.m{0} import work\n\n\nasync def handler() -> None:\n    work()\n"
BLOCKS = "import time\n\n\ndef work() -> None:\n    time.sleep(1)\n"
WAITS = "import time\n\n\ndef work() -> None:\n    pass\n"
THROUGH_HELPER = "blocking-call-through-helper"


class Host:
    """Session that shows what it is told, on whatever thread that is."""

    def __init__(self) -> None:
        self.files: dict[str, InspectedFile] = {}
        self.told: list[str] = []
        self.is_idle = threading.Event()
        self.when_reached: Callable[[int], None] = lambda _: None
        self._lock = threading.RLock()

    def run(self, change: Callable[[], None]) -> None:
        with self._lock:
            change()

    def progress(self, done: int, total: int) -> None:
        self.when_reached(done)
        if done == total:
            self.is_idle.set()

    def show(self, files: Sequence[InspectedFile]) -> None:
        for file in files:
            self.told.append(file.path)
            self.files[file.path] = file
            if file.stamp is None:
                del self.files[file.path]


@dataclass
class Workspace:
    """Project under inspection."""

    directory: Path
    inspection: BackgroundInspection
    host: Host

    def begin(self) -> None:
        self.inspection.start([str(self.directory)], self.host)
        self.wait()

    def wait(self) -> None:
        assert self.host.is_idle.wait(_WAIT)

    def settle(self, change: Callable[[], None]) -> set[str]:
        """Make a change, and return the files that something is told of because of it."""
        self.host.is_idle.clear()
        self.host.told.clear()
        change()
        self.wait()
        return {os.path.relpath(path, self.directory) for path in self.host.told}

    def write(self, **modules: str | None) -> None:
        """Write modules of the application, or remove them."""
        for name, text in modules.items():
            path = self.directory / "app" / f"{name}.py"
            path.unlink() if text is None else path.write_text(text, newline="")

    def look(self, **modules: str | None) -> set[str]:
        def change() -> None:
            self.write(**modules)
            self.inspection.look()

        return self.settle(change)

    def path(self, module: str) -> str:
        return str(self.directory / "app" / f"{module}.py")

    def rules(self, module: str) -> list[str]:
        file = self.host.files.get(self.path(module))
        return [] if file is None else [finding.rule for finding in file.findings]


def settings_for(path: str) -> Settings | None:
    return None if path.endswith("unwanted.py") else CHOICES[0]


CHOICES = [Settings()]


class FakeChild:
    """Process that does nothing but to keep what it was sent."""

    made: ClassVar[list[FakeChild]] = []

    def __init__(self, *_: object) -> None:
        self.lock = threading.Lock()
        self.sent: list[object] = []
        self.made.append(self)

    def listen(self) -> None:
        """Answer nothing."""

    def stop(self) -> None:
        """End at once."""

    def send(self, request: object) -> None:
        self.sent.append(request)


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    directory = tmp_path / "project"
    (directory / "app").mkdir(parents=True)
    (directory / "pyproject.toml").write_text("")
    wiring = InspectionWiring(settings_for, Nothing(), str(tmp_path / "cache"))
    made = Workspace(directory, BackgroundInspection(wiring), Host())
    made.write(__init__="", m0=BLOCKS, m1=CALLER.format(0), m2="x = 1\n", unwanted=CALLER.format(0))
    CHOICES[:] = [Settings()]
    yield made
    made.inspection.stop()


class Nothing:
    """Configuration that leaves nothing out."""

    def exclusion(self, directory: str) -> tuple[str, tuple[str, ...]] | None:
        del directory


def test_files_are_reviewed_but_those_that_are_not_wanted(workspace: Workspace) -> None:
    workspace.begin()
    assert workspace.rules("m1") == [THROUGH_HELPER]
    assert workspace.rules("unwanted") == []
    finding = workspace.host.files[workspace.path("m1")].findings[0]
    assert (finding.start.row, finding.start.column) == (4, 4)
    assert [place.path for place in finding.related] == [workspace.path("m0")]
    assert "m0.py:5" in finding.message or finding.related[0].start.row == 4


def test_a_change_is_followed_into_the_files_that_asked_and_no_others(workspace: Workspace) -> None:
    workspace.begin()
    assert workspace.look(m0=WAITS) == {"app/m0.py", "app/m1.py"}
    assert workspace.rules("m1") == []
    assert workspace.look(m0=BLOCKS) == {"app/m0.py", "app/m1.py"}
    assert workspace.rules("m1") == [THROUGH_HELPER]
    assert workspace.look(m2="y = 2\n") == {"app/m2.py"}


def test_places_follow_lines_that_come_before_them(workspace: Workspace) -> None:
    workspace.begin()
    assert workspace.look(m0=f"# one\n# two\n{BLOCKS}") == {"app/m0.py", "app/m1.py"}
    assert workspace.host.files[workspace.path("m1")].findings[0].related[0].start.row == 6


def test_files_that_come_go_and_are_renamed_are_followed(workspace: Workspace) -> None:
    workspace.begin()
    assert workspace.look(m0=None, m3=BLOCKS) == {"app/m0.py", "app/m1.py", "app/m3.py"}
    assert workspace.path("m0") not in workspace.host.files
    assert workspace.rules("m1") == []
    assert workspace.look(m1=CALLER.format(3)) == {"app/m1.py"}
    assert workspace.rules("m1") == [THROUGH_HELPER]


def test_an_open_document_is_left_alone_but_followed(workspace: Workspace) -> None:
    workspace.begin()
    hold, release = workspace.inspection.hold, workspace.inspection.release
    assert workspace.settle(lambda: hold(workspace.path("m0"), WAITS.encode())) == {"app/m1.py"}
    assert workspace.rules("m1") == []
    assert workspace.look(m0=f"# saved\n{WAITS}") == set()
    assert workspace.settle(lambda: hold(workspace.path("m0"), BLOCKS.encode())) == {"app/m1.py"}
    assert workspace.settle(lambda: release(workspace.path("m0"))) == {"app/m0.py", "app/m1.py"}
    assert workspace.rules("m1") == []


def test_whoever_closes_a_document_is_told_something_in_any_case(workspace: Workspace) -> None:
    workspace.begin()
    for path in (workspace.path("m1"), workspace.path("unwanted"), workspace.path("never_saved"), "/elsewhere/x.py"):
        text = b"import time\nasync def f():\n    time.sleep(1)\n"
        workspace.settle(lambda path=path, text=text: workspace.inspection.hold(path, text))
        told = workspace.settle(lambda path=path: workspace.inspection.release(path))
        assert told == {os.path.relpath(path, workspace.directory)}
    assert workspace.rules("m1") == [THROUGH_HELPER]


def test_other_settings_are_followed(workspace: Workspace) -> None:
    workspace.begin()
    CHOICES[:] = [Settings(ignore=frozenset({THROUGH_HELPER}))]
    workspace.settle(lambda: workspace.inspection.start([str(workspace.directory)], workspace.host))
    assert workspace.rules("m1") == []


def test_a_folder_that_is_removed_takes_its_findings_along(workspace: Workspace) -> None:
    workspace.begin()
    other = workspace.directory.parent / "other"
    other.mkdir()
    (other / "lonely.py").write_text("import time\nasync def f():\n    time.sleep(1)\n")
    workspace.settle(lambda: workspace.inspection.start([str(other)], workspace.host))
    assert list(workspace.host.files) == [str(other / "lonely.py")]


def test_a_file_that_cannot_be_read_says_so(workspace: Workspace) -> None:
    (workspace.directory / "app" / "m2.py").write_bytes(b"x = '\xff'\n")
    workspace.begin()
    assert workspace.rules("m2") == ["unreadable-file"]
    workspace.look(m2="x = 1\n")
    assert workspace.rules("m2") == []


def test_a_process_that_is_killed_is_replaced_and_nothing_is_lost(workspace: Workspace) -> None:
    workspace.write(m2="import time\nasync def f():\n    time.sleep(1)\n")
    workspace.begin()
    assert workspace.rules("m2")
    workspace.inspection.hold(workspace.path("m0"), WAITS.encode())
    workspace.settle(workspace.inspection.look)
    assert workspace.rules("m1") == []
    workspace.write(m2=None, m3=CALLER.format(0))

    def kill() -> None:
        os.kill(workspace.inspection._post._child._process.pid, signal.SIGKILL)

    workspace.settle(kill)
    assert workspace.rules("m1") == workspace.rules("m3") == []
    assert workspace.path("m2") not in workspace.host.files
    assert workspace.look(m1=f"{CALLER.format(0)}\n") == {"app/m1.py"}
    workspace.settle(lambda: workspace.inspection.release(workspace.path("m0")))
    assert workspace.rules("m1") == workspace.rules("m3") == [THROUGH_HELPER]


def test_a_file_that_a_process_died_of_twice_is_left_out_until_it_changes(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inspection, "ChildProcess", FakeChild)
    workspace.inspection.start([str(workspace.directory)], workspace.host)
    post = workspace.inspection._post
    assert post is not None
    child = FakeChild.made[-1]
    for skipped in ((), ((workspace.path("m0"), stamp(workspace.path("m0"))),)):
        post.take(Opening(workspace.path("m0")))
        child.sent.clear()
        post.resume()
        assert [request.skipped for request in child.sent if isinstance(request, Inspect)] == [skipped]


def test_a_file_that_is_left_out_is_reviewed_again_once_it_changes(workspace: Workspace) -> None:
    workspace.begin()
    deadly = workspace.path("m1")
    at = stamp(deadly)
    assert at is not None
    assert workspace.inspection._post is not None
    workspace.inspection._post._skipped[deadly] = at
    workspace.settle(lambda: workspace.inspection.start([str(workspace.directory)], workspace.host))
    assert deadly not in workspace.host.files
    workspace.look(m1=f"{CALLER.format(0)}\n")
    assert workspace.rules("m1") == [THROUGH_HELPER]


def test_a_process_that_dies_too_often_takes_its_findings_along(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inspection, "ChildProcess", FakeChild)
    workspace.inspection.start([str(workspace.directory)], workspace.host)
    post, path = workspace.inspection._post, workspace.path("m1")
    assert post is not None
    finding = InspectedFinding("some-rule", "error", Mark(), Mark(), "wrong")
    post.take(Inspected((InspectedFile(path, stamp(path), (finding,)),)))
    assert workspace.rules("m1") == ["some-rule"]
    post.give_up()
    assert workspace.host.files == {}
    assert workspace.host.is_idle.is_set()


def test_findings_of_a_text_that_is_not_the_file_any_more_are_not_shown(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inspection, "ChildProcess", FakeChild)
    workspace.inspection.start([str(workspace.directory)], workspace.host)
    post, path = workspace.inspection._post, workspace.path("m1")
    assert post is not None
    before = stamp(path)
    workspace.write(m1="pass  # and more\n")
    post.take(Inspected((InspectedFile(path, before),)))
    assert workspace.host.told == []
    assert FakeChild.made[-1].sent[-1] == Look()


def test_a_branch_with_a_thousand_other_files_is_followed_at_once(workspace: Workspace) -> None:
    names = [f"n{number}" for number in range(1000)]
    workspace.write(**dict.fromkeys(names, "x = 1\n"))
    workspace.begin()
    assert len(workspace.host.files) == 1004
    told = workspace.look(**dict.fromkeys(names, CALLER.format(0)))
    assert len(told) == 1000
    assert {tuple(workspace.rules(name)) for name in names} == {(THROUGH_HELPER,)}
    assert len(workspace.look(m0=WAITS)) == 1002
    assert {tuple(workspace.rules(name)) for name in names} == {()}
