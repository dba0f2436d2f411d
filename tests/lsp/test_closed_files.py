"""Findings of files that are not open, for an editor that wants those of the whole workspace."""

from __future__ import annotations

import json
from typing import Any

import pytest

from fastidious_server.lsp.wire.framing import framed
from fastidious_server.workspace.inspecting.inspected import InspectedFinding, InspectedPlace, Mark
from fastidious_server.workspace.ports import DiagnosticMode, Preferences, Services
from tests.lsp.fakes import FakeIndex, FakeInspection, FakeSettings, fake_services
from tests.lsp.profiles import VISUAL_STUDIO_CODE
from tests.lsp.wire import ALL_CAPABILITIES, Wire, spread, wire

pytestmark = pytest.mark.asyncio

APP, OTHER = "/nowhere/app.py", "/nowhere/other.py"
URI = "file:///nowhere/app.py"
PULLING = {**VISUAL_STUDIO_CODE, "window": {}, "workspace": {"diagnostics": {"refreshSupport": True}}}
FOLDERS = [{"uri": "file:///nowhere", "name": "nowhere"}]
BLOCKING = InspectedFinding("blocking-call", "error", Mark(0, 0), Mark(0, 8), "`blocking` is 100% wrong")
LINE = "é😀"
RELATED = InspectedPlace(OTHER, Mark.after(2, LINE.encode()), Mark.after(2, f"{LINE}x".encode()), "shared from here")
SHARED = InspectedFinding(
    "shared-state", "warning", Mark.after(3, LINE.encode()), Mark(4, 1), "wrong", ("deprecated",), (RELATED,)
)


def workspace_services() -> tuple[Services, FakeInspection]:
    """Return services of an editor that wants all findings, and their inspection."""
    services = fake_services()
    assert isinstance(services.settings, FakeSettings)
    assert isinstance(services.inspection, FakeInspection)
    services.settings.preferences = Preferences(diagnostic_mode=DiagnosticMode.WORKSPACE)
    return services, services.inspection


async def begin(client: Wire, capabilities: dict[str, Any] | None = None) -> None:
    """Begin a session on a folder and wait until the inspection has started."""
    await client.initialize(capabilities, workspaceFolders=FOLDERS)
    await settled(client)


async def settled(client: Wire) -> None:
    """Wait until all that was found is told."""
    await client.call("fastidious/sync", None)


def rules(client: Wire, uri: str = URI) -> list[list[str]]:
    """Return the rules of all that was published for a document, the oldest first."""
    return [[each["code"] for each in published["diagnostics"]] for published in client.published(uri)]


async def test_findings_of_closed_files_are_published_and_taken_back() -> None:
    services, inspection = workspace_services()
    async with wire(services) as client:
        await begin(client)
        assert inspection.started == [("/nowhere",)]
        inspection.find(APP, BLOCKING)
        inspection.find(APP, BLOCKING)
        inspection.find(APP)
        inspection.lose(APP)
        await settled(client)
        assert rules(client) == [["blocking-call"], []]


@pytest.mark.parametrize(("encoding", "column"), [("utf-8", 6), ("utf-16", 3), ("utf-32", 2)])
async def test_a_closed_file_is_told_as_an_open_one(encoding: str, column: int) -> None:
    services, inspection = workspace_services()
    async with wire(services) as client:
        await begin(client, {**ALL_CAPABILITIES, "general": {"positionEncodings": [encoding]}})
        inspection.find(APP, SHARED)
        await settled(client)
        assert client.published(URI)[-1] == {
            "uri": URI,
            "diagnostics": [
                {
                    "range": spread(3, column, 1, 4),
                    "severity": 2,
                    "code": "shared-state",
                    "codeDescription": {
                        "href": "https://github.com/fastidious-lsp/fastidious/blob/main/docs/rules/shared-state.md"
                    },
                    "source": "fastidious",
                    "message": "wrong",
                    "tags": [2],
                    "relatedInformation": [
                        {
                            "location": {
                                "uri": "file:///nowhere/other.py",
                                "range": spread(2, column, column + 1),
                            },
                            "message": "shared from here",
                        }
                    ],
                }
            ],
        }


async def test_an_open_document_has_its_own_review_and_keeps_its_findings_until_the_file_has_some() -> None:
    services, inspection = workspace_services()
    async with wire(services) as client:
        await begin(client)
        inspection.find(APP, BLOCKING)
        client.open(URI, "slow")
        await settled(client)
        inspection.find(APP, BLOCKING)
        client.notify("textDocument/didClose", {"textDocument": {"uri": URI}})
        await settled(client)
        assert inspection.asked[-1] == f"release {APP}"
        assert rules(client) == [["blocking-call"], ["slow-call"]]
        inspection.find(APP, BLOCKING)
        await settled(client)
        assert rules(client)[2:] == [["blocking-call"]]


async def test_a_closed_document_without_a_file_is_cleared_once_that_is_known() -> None:
    services, inspection = workspace_services()
    async with wire(services) as client:
        await begin(client)
        client.open(URI, "slow")
        await settled(client)
        client.notify("textDocument/didClose", {"textDocument": {"uri": URI}})
        await settled(client)
        assert rules(client) == [["slow-call"]]
        inspection.lose(APP)
        await settled(client)
        assert rules(client) == [["slow-call"], []]


async def test_a_document_that_is_no_file_is_cleared_at_once() -> None:
    services, inspection = workspace_services()
    async with wire(services) as client:
        await begin(client)
        client.open("untitled:1", "slow")
        await settled(client)
        client.notify("textDocument/didClose", {"textDocument": {"uri": "untitled:1"}})
        await settled(client)
        assert inspection.held == {}
        assert rules(client, "untitled:1") == [["slow-call"], []]


async def test_the_editor_is_answered_by_the_name_that_it_gave_a_file() -> None:
    spelled = "file:///nowhere/a%70p.py"
    services, inspection = workspace_services()
    async with wire(services) as client:
        await begin(client)
        inspection.find(APP, BLOCKING)
        client.open(spelled, "slow")
        await settled(client)
        client.notify("textDocument/didClose", {"textDocument": {"uri": spelled}})
        await settled(client)
        inspection.find(APP)
        await settled(client)
        assert rules(client) == [["blocking-call"], []]
        assert rules(client, spelled) == [["slow-call"], []]


async def test_the_inspection_hears_of_edits_but_not_of_each() -> None:
    services, inspection = workspace_services()
    async with wire(services) as client:
        await begin(client)
        client.open(URI, "slow")
        await settled(client)
        assert inspection.held == {APP: b"slow"}
        for version in range(2, 20):
            client.change(URI, version, {"range": spread(0, 0, 0), "text": "x"})
            await settled(client)
            assert inspection.held == {APP: b"slow"}
        waiting = client.ask("fastidious/sync", {"inspection": True})
        await settled(client)
        assert inspection.held == {APP: b"x" * 18 + b"slow"}
        inspection.finish()
        await client.answer(waiting)


@pytest.mark.complaint(3)
async def test_without_the_mode_nothing_of_closed_files_is_shown() -> None:
    services, inspection = workspace_services()
    async with wire(services) as client:
        await begin(client)
        client.open("file:///nowhere/other.py", "slow")
        inspection.find(APP, BLOCKING)
        await settled(client)
        services.settings.preferences = Preferences()
        client.notify("workspace/didChangeConfiguration", {"settings": {"some": "change"}})
        await settled(client)
        assert rules(client) == [["blocking-call"], []]
        assert rules(client, "file:///nowhere/other.py")[-1] == ["slow-call"]
        assert "stop" in inspection.asked
        assert inspection.held == {}


async def test_other_settings_and_other_folders_are_told() -> None:
    services, inspection = workspace_services()
    async with wire(services) as client:
        await begin(client)
        client.notify("workspace/didChangeConfiguration", {"settings": {"ignore": ["slow-call"]}})
        await settled(client)
        assert inspection.started == [("/nowhere",)] * 2
        event = {"added": [{"uri": "file:///else", "name": "else"}], "removed": FOLDERS}
        client.notify("workspace/didChangeWorkspaceFolders", {"event": event})
        await settled(client)
        assert inspection.started[-1] == ("/else",)


async def test_files_that_change_on_the_disk_are_looked_at() -> None:
    services, inspection = workspace_services()
    async with wire(services) as client:
        await begin(client)
        client.notify("workspace/didChangeWatchedFiles", {"changes": [{"uri": URI, "type": 2}]})
        await settled(client)
        assert inspection.asked == ["look"]


async def test_files_that_git_ignores_from_now_on_are_left_out() -> None:
    services, inspection = workspace_services()
    assert isinstance(services.index, FakeIndex)
    async with wire(services) as client:
        await begin(client)
        before = services.index.rescans
        changes = [{"uri": "file:///nowhere/backend/.gitignore", "type": 1}]
        client.notify("workspace/didChangeWatchedFiles", {"changes": changes})
        await settled(client)
        assert (services.index.rescans, inspection.asked) == (before + 1, ["look"])


async def test_a_client_that_watches_nothing_has_files_looked_at_when_it_saves_one() -> None:
    services, inspection = workspace_services()
    async with wire(services) as client:
        await begin(client)
        client.open(URI, "slow")
        await settled(client)
        inspection.asked.clear()
        client.notify("textDocument/didSave", {"textDocument": {"uri": URI}})
        await settled(client)
        assert inspection.asked == ["look"]


async def test_progress_is_shown_while_the_workspace_is_reviewed_first() -> None:
    services, _ = workspace_services()
    async with wire(services) as client:
        await client.initialize({"window": {"workDoneProgress": True}}, workspaceFolders=FOLDERS)
        shown: list[Any] = []
        while len(shown) < 2:
            message = await client.read()
            if message.get("method") == "window/workDoneProgress/create":
                client.write(framed(json.dumps({"jsonrpc": "2.0", "id": message["id"], "result": None}).encode()))
            elif message.get("method") == "$/progress" and message["params"]["value"].get("title") != "":
                value = message["params"]["value"]
                shown += [value] if value.get("title") == "Fastidious: reviewing" or shown else []
        assert [value["kind"] for value in shown] == ["begin", "end"]
        assert shown[1]["message"] == "3 files"


async def reports(client: Wire, previous: dict[str, str]) -> dict[str, Any]:
    """Ask about the workspace and return the reports by URI."""
    known = [{"uri": uri, "value": value} for uri, value in previous.items()]
    result = await client.call("workspace/diagnostic", {"previousResultIds": known})
    return {item["uri"]: item for item in result["items"]}


async def test_a_client_that_asks_is_answered_and_sent_nothing() -> None:
    services, inspection = workspace_services()
    async with wire(services) as client:
        await begin(client, PULLING)
        inspection.find(APP, BLOCKING)
        inspection.find(OTHER, SHARED)
        first = await reports(client, {})
        assert {uri: len(report["items"]) for uri, report in first.items()} == {URI: 1, "file:///nowhere/other.py": 1}
        assert first[URI]["version"] is None
        known = {uri: report["resultId"] for uri, report in first.items()}
        waiting = client.ask(
            "workspace/diagnostic", {"previousResultIds": [{"uri": u, "value": v} for u, v in known.items()]}
        )
        await settled(client)
        inspection.find(APP)
        answer = await client.answer(waiting)
        kinds = {item["uri"]: (item["kind"], item.get("items")) for item in answer["result"]["items"]}
        assert kinds == {URI: ("full", []), "file:///nowhere/other.py": ("unchanged", None)}
        assert client.published(URI) == []


@pytest.mark.complaint(2)
async def test_a_file_that_was_open_is_never_unchanged() -> None:
    services, inspection = workspace_services()
    async with wire(services) as client:
        await begin(client, PULLING)
        inspection.find(APP, BLOCKING)
        known = (await reports(client, {}))[URI]["resultId"]
        client.open(URI, "blocking")
        client.notify("textDocument/didClose", {"textDocument": {"uri": URI}})
        await settled(client)
        inspection.find(APP, BLOCKING)
        assert (await reports(client, {URI: known}))[URI]["kind"] == "full"


async def test_a_file_that_is_not_open_may_be_asked_about() -> None:
    services, inspection = workspace_services()
    async with wire(services) as client:
        await begin(client, PULLING)
        inspection.find(APP, BLOCKING)
        first = await report(client, URI)
        assert (first["kind"], [item["code"] for item in first["items"]]) == ("full", ["blocking-call"])
        assert first["resultId"] == (await reports(client, {}))[URI]["resultId"]
        again = await report(client, URI, first["resultId"])
        assert again == {"kind": "unchanged", "resultId": first["resultId"]}
        inspection.find(APP)
        await settled(client)
        assert await report(client, URI, first["resultId"]) == {"kind": "full", "items": []}


async def report(client: Wire, uri: str, previous: str | None = None) -> dict[str, Any]:
    """Return what a client is answered about one document."""
    params = {"textDocument": {"uri": uri}, "previousResultId": previous}
    return await client.call("textDocument/diagnostic", params)
