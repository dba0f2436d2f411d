"""Fixes of one rule in all files of the workspace."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from fastidious_server.lsp.repair import everywhere
from fastidious_server.workspace.inspecting.inspected import InspectedFinding, Mark
from fastidious_server.workspace.ports import DiagnosticMode, Preferences
from tests.lsp.fakes import FakeEngine, FakeInspection, FakeSettings, fake_services
from tests.lsp.wire import Wire, spread, wire

if TYPE_CHECKING:
    from pathlib import Path

    from fastidious_server.workspace.ports import Services

pytestmark = pytest.mark.asyncio

TITLE = "Fix all blocking-call in the workspace"


class Workspace:
    """Files on the disk, some of which a program edits while they are being fixed."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.closed = {name: directory / f"{name}.py" for name in ("closed", "silent")}
        for path in self.closed.values():
            path.write_text("text\n")
        self.engine = FakeEngine(closed={path.as_posix(): "fixed " for path in self.closed.values()})
        self.uri = (directory / "app.py").as_uri()
        self.other_uri = (directory / "other.py").as_uri()

    def services(self) -> Services:
        return fake_services(engine=self.engine)

    async def begin(self, client: Wire) -> dict[str, Any]:
        await client.initialize()
        await client.call("fastidious/sync", {"index": True})
        client.open(self.uri, "blocking", version=3)
        client.open(self.other_uri, "blocking blocking", version=8)
        params = {"textDocument": {"uri": self.uri}, "range": spread(0, 0, 0), "context": {"diagnostics": []}}
        [action] = [each for each in await client.call("textDocument/codeAction", params) if each["title"] == TITLE]
        return action


async def test_open_and_closed_files_change_together_once_the_user_agrees(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    async with wire(workspace.services()) as client:
        action = await workspace.begin(client)
        edit = (await client.call("codeAction/resolve", action))["edit"]
        changed = {
            each["textDocument"]["uri"]: (each["textDocument"]["version"], each["edits"][0]["newText"])
            for each in edit["documentChanges"]
        }
        assert changed == {
            workspace.uri: (3, "awaited"),
            workspace.other_uri: (8, "awaited awaited"),
            workspace.closed["closed"].as_uri(): (None, "fixed "),
        }
        [annotation] = edit["changeAnnotations"].values()
        assert annotation == {"label": TITLE, "description": "3 files change.", "needsConfirmation": True}


@pytest.mark.complaint(23)
async def test_an_edit_of_any_file_meanwhile_refuses_all(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    async with wire(workspace.services()) as client:
        action = await workspace.begin(client)
        request = client.ask("codeAction/resolve", action)
        client.change(workspace.other_uri, 9, {"range": spread(0, 0, 0), "text": " "})
        answer = await client.answer(request)
        assert answer["error"]["code"] == -32801


@pytest.mark.complaint(23)
async def test_a_file_that_changes_on_the_disk_meanwhile_refuses_all(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    path = workspace.closed["closed"]

    class Overtaken(FakeEngine):
        def fix_closed(self, *arguments: Any, **options: Any) -> Any:
            path.write_text("longer than before\n")
            return super().fix_closed(*arguments, **options)

    workspace.engine = Overtaken(closed=workspace.engine.closed)
    async with wire(workspace.services()) as client:
        action = await workspace.begin(client)
        answer = await client.answer(client.ask("codeAction/resolve", action))
        assert answer["error"]["code"] == -32801


async def test_what_takes_too_long_is_given_up_and_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = Workspace(tmp_path)
    monkeypatch.setattr(everywhere, "MOST_SECONDS", -1.0)
    async with wire(workspace.services()) as client:
        action = await workspace.begin(client)
        answer = await client.answer(client.ask("codeAction/resolve", action))
        assert answer["error"]["code"] == -32803
        assert "run `fastidious check --fix --select blocking-call`" in answer["error"]["message"]


async def test_others_are_served_while_the_workspace_is_fixed(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    async with wire(workspace.services()) as client:
        action = await workspace.begin(client)
        slow = client.ask("codeAction/resolve", action)
        hover = client.ask(
            "textDocument/hover", {"textDocument": {"uri": workspace.uri}, "position": spread(0, 0, 0)["start"]}
        )
        answers: list[int] = []
        while len(answers) < 2:
            message = await client.read()
            if "method" not in message:
                answers.append(message["id"])
        assert answers == [hover, slow]


@pytest.mark.parametrize(
    ("text", "other", "trigger", "is_offered"),
    [
        ("blocking", "slow", 1, False),
        ("blocking", "blocking", 1, True),
        ("blocking", "blocking", 2, True),
        ("blocking blocking", "slow", 1, True),
        ("blocking blocking", "slow", 2, False),
    ],
)
async def test_it_is_offered_if_another_file_may_have_such_a_finding(
    text: str, other: str, trigger: int, *, is_offered: bool
) -> None:
    async with wire() as client:
        await client.initialize()
        await client.call("fastidious/sync", {"index": True})
        client.open("file:///nowhere/app.py", text)
        client.open("file:///nowhere/other.py", other)
        assert (TITLE in await titles(client, trigger)) == is_offered


async def titles(client: Wire, trigger: int = 1) -> list[str]:
    """Return what is offered at the start of the document."""
    context = {"diagnostics": [], "triggerKind": trigger}
    params = {"textDocument": {"uri": "file:///nowhere/app.py"}, "range": spread(0, 0, 0), "context": context}
    return [action["title"] for action in await client.call("textDocument/codeAction", params)]


async def test_where_all_files_are_reviewed_those_that_are_not_open_decide() -> None:
    inspection = FakeInspection()
    settings = FakeSettings(preferences=Preferences(diagnostic_mode=DiagnosticMode.WORKSPACE))
    services = fake_services(engine=FakeEngine(closed={"/nowhere/b.py": "b"}), settings=settings, inspection=inspection)
    found = InspectedFinding("blocking-call", "error", Mark(0, 0), Mark(0, 8), "`blocking` is 100% wrong")
    async with wire(services) as client:
        await client.initialize(rootUri="file:///nowhere")
        await client.call("fastidious/sync", {"index": True})
        client.open("file:///nowhere/app.py", "blocking blocking")
        await client.call("fastidious/sync", None)
        inspection.find("/nowhere/b.py", found)
        assert TITLE in await titles(client)
        inspection.find("/nowhere/b.py")
        assert TITLE not in await titles(client)
        inspection.find(
            "/nowhere/b.py", msgspec.structs.replace(found, rule="slow-call", message='"code":"blocking-call"')
        )
        assert TITLE not in await titles(client)
