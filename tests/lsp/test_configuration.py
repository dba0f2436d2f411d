"""Settings from files and from the editor."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import TYPE_CHECKING, Any, cast

import pytest

from fastidious_server.lsp.wire.framing import framed
from fastidious_server.workspace.ports import ConfigurationProblem
from tests.lsp.fakes import FakeIndex, FakeInference, FakeSettings, fake_services
from tests.lsp.wire import ALL_CAPABILITIES, Wire, spread, wire

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.asyncio

URI = "file:///nowhere/app.py"
IGNORE = {"ignore": ["blocking-call"]}
HINT, ERROR = 4, 1


def asking_client() -> dict[str, Any]:
    """Return the capabilities of a client that answers for its settings and watches files."""
    capabilities = deepcopy(ALL_CAPABILITIES)
    capabilities["workspace"] |= {
        "configuration": True,
        "didChangeConfiguration": {"dynamicRegistration": True},
        "didChangeWatchedFiles": {"dynamicRegistration": True},
    }
    capabilities["window"] = {"workDoneProgress": True}
    return capabilities


async def requested(client: Wire, method: str, answer: Any) -> dict[str, Any]:
    """Wait for a request of the server, answer it, and return its parameters."""
    while True:
        message = await client.read()
        if message.get("method") == method and "id" in message:
            client.write(framed(json.dumps({"jsonrpc": "2.0", "id": message["id"], "result": answer}).encode()))
            return message["params"]


async def severity(client: Wire) -> int:
    """Return the severity of the one finding."""
    (diagnostic,) = await client.diagnostics(URI)
    return diagnostic["severity"]


@pytest.mark.parametrize("options", [None, {}, 3, "x", {"unheard": {"of": 1}}, {"settings": None}])
@pytest.mark.complaint(16)
async def test_any_initialization_options_do(options: Any) -> None:
    async with wire() as client:
        await client.initialize(initializationOptions=options)
        client.open(URI, "blocking")
        assert await severity(client) == ERROR
        warnings = [message for message in client.received if message.get("method") == "window/showMessage"]
        assert len(warnings) == (1 if isinstance(options, int | str) else 0)


@pytest.mark.parametrize("options", [IGNORE, {"settings": IGNORE}, {"fastidious": IGNORE}])
async def test_initialization_options_are_settings(options: Any) -> None:
    async with wire() as client:
        await client.initialize(initializationOptions=options)
        client.open(URI, "blocking")
        assert await severity(client) == HINT


@pytest.mark.complaint(15)
async def test_settings_that_the_client_sends_hold_at_once() -> None:
    async with wire() as client:
        await client.initialize()
        client.open(URI, "blocking")
        assert await severity(client) == ERROR
        client.notify("workspace/didChangeConfiguration", {"settings": {"fastidious": IGNORE}})
        assert await severity(client) == HINT
        client.notify("workspace/didChangeConfiguration", {"settings": None})
        assert await severity(client) == ERROR


@pytest.mark.complaint(15)
async def test_settings_that_the_client_is_asked_for_hold_at_once() -> None:
    async with wire() as client:
        await client.initialize(asking_client())
        client.open(URI, "blocking")
        asked = await requested(client, "workspace/configuration", [None])
        assert asked == {"items": [{"section": "fastidious"}]}
        registered = await requested(client, "client/registerCapability", None)
        methods = {registration["method"] for registration in registered["registrations"]}
        assert methods == {"workspace/didChangeWatchedFiles", "workspace/didChangeConfiguration"}
        assert await severity(client) == ERROR
        client.notify("workspace/didChangeConfiguration", {"settings": None})
        await requested(client, "workspace/configuration", [IGNORE])
        assert await severity(client) == HINT


@pytest.mark.complaint(35)
async def test_nothing_is_registered_with_a_client_that_does_not_allow_it() -> None:
    async with wire() as client:
        await client.initialize()
        await client.call("fastidious/sync", {"index": True})
        assert not [message for message in client.received if "method" in message]


async def test_the_index_shows_its_progress(tmp_path: Path) -> None:
    async with wire() as client:
        await client.initialize(asking_client(), rootUri=tmp_path.as_uri())
        await requested(client, "workspace/configuration", [None])
        await requested(client, "client/registerCapability", None)
        token = (await requested(client, "window/workDoneProgress/create", None))["token"]
        await client.call("fastidious/sync", {"index": True})
        progress = [message["params"] for message in client.received if message.get("method") == "$/progress"]
        assert {params["token"] for params in progress} == {token}
        assert [params["value"]["kind"] for params in progress] == ["begin", "report", "end"]


@pytest.mark.complaint(13)
async def test_a_broken_configuration_is_a_diagnostic_in_its_file_until_it_is_mended(tmp_path: Path) -> None:
    file = tmp_path / "pyproject.toml"
    file.write_text("[tool.fastidious]\nx = '😀' # select\n")
    services = fake_services()
    settings = cast("FakeSettings", services.settings)
    settings.mistakes = [
        ConfigurationProblem(str(file), 1, 10, 16, "unknown"),
        ConfigurationProblem("/gone", 3, 0, 0, "-"),
    ]
    async with wire(services) as client:
        await client.initialize()
        client.open(URI, "blocking")
        (diagnostic,) = await client.diagnostics(file.as_uri())
        assert (diagnostic["range"], diagnostic["message"], diagnostic["severity"]) == (spread(1, 11, 17), "unknown", 1)
        assert client.published("file:///gone")[-1]["diagnostics"][0]["range"]["start"] == {"line": 3, "character": 0}
        settings.mistakes = settings.mistakes[:1]
        client.notify("textDocument/didSave", {"textDocument": {"uri": file.as_uri()}})
        assert await client.diagnostics("file:///gone") == []
        settings.mistakes = []
        changes = {"changes": [{"uri": file.as_uri(), "type": 2}]}
        client.notify("workspace/didChangeWatchedFiles", changes)
        assert await client.diagnostics(file.as_uri()) == []
        assert settings.invalidated == [str(file)] * 2
        assert len(client.published(file.as_uri())) == 2


@pytest.mark.complaint(12)
async def test_files_that_changed_on_the_disk_are_noticed_without_a_watcher() -> None:
    services = fake_services()
    settings = cast("FakeSettings", services.settings)
    async with wire(services) as client:
        await client.initialize()
        client.open(URI, "blocking")
        assert await severity(client) == ERROR
        settings.options, settings.is_stale = IGNORE, True
        client.notify("textDocument/didSave", {"textDocument": {"uri": URI}})
        assert await severity(client) == HINT


async def test_modules_that_changed_on_the_disk_are_indexed_again_unless_they_are_open() -> None:
    services = fake_services()
    index = cast("FakeIndex", services.index)
    async with wire(services) as client:
        await client.initialize()
        client.open(URI, "blocking")
        uris = [URI, "file:///nowhere/b.py", "file:///nowhere/c.txt", "git:/nowhere/d.py"]
        client.notify("workspace/didChangeWatchedFiles", {"changes": [{"uri": uri, "type": 2} for uri in uris]})
        client.notify("textDocument/didClose", {"textDocument": {"uri": URI}})
        await client.call("fastidious/sync", None)
        assert index.refreshed == ["/nowhere/b.py", "/nowhere/app.py"]
    assert index.is_stopped
    assert cast("FakeInference", services.inference).is_stopped


async def test_folders_that_come_and_go_are_indexed() -> None:
    services = fake_services()
    index = cast("FakeIndex", services.index)
    async with wire(services) as client:
        folders = [{"uri": "file:///a", "name": "a"}, {"uri": "file:///b/", "name": "b"}]
        await client.initialize(workspaceFolders=folders)
        added = [{"uri": "file:///c/", "name": "c"}, {"uri": "vscode-remote://x/d", "name": "d"}]
        event = {"added": added, "removed": [folders[0]]}
        client.notify("workspace/didChangeWorkspaceFolders", {"event": event})
        await client.call("fastidious/sync", {"index": True})
        assert index.started == [("/a", "/b"), ("/b", "/c")]


@pytest.mark.parametrize(
    ("offered", "wanted", "used"),
    [
        (["utf-8", "utf-16", "utf-32"], None, "utf-8"),
        (["utf-8", "utf-16", "utf-32"], "auto", "utf-8"),
        (["utf-8", "utf-16", "utf-32"], "utf-32", "utf-32"),
        (["utf-8", "utf-16"], "utf-32", "utf-8"),
        (["utf-8"], "utf-16", "utf-16"),
        (["utf-7"], "utf-7", "utf-16"),
        (None, "utf-8", "utf-16"),
        (["utf-16", "utf-8"], 8, "utf-16"),
    ],
)
async def test_positions_are_in_what_the_user_wants_if_the_editor_offers_it(
    offered: list[str] | None, wanted: Any, used: str
) -> None:
    capabilities = {**ALL_CAPABILITIES, "general": {} if offered is None else {"positionEncodings": offered}}
    async with wire() as client:
        result = await client.initialize(capabilities, initializationOptions={"positionEncoding": wanted})
        assert result["capabilities"]["positionEncoding"] == used
        client.open(URI, "😀 blocking")
        (diagnostic,) = await client.diagnostics(URI)
        columns = {"utf-8": 5, "utf-16": 3, "utf-32": 2}
        assert diagnostic["range"]["start"]["character"] == columns[used]
        warned = [each["message"] for each in client.logged if each["type"] == 2]
        is_refused = isinstance(wanted, str) and wanted not in ("auto", used)
        refusal = f"The editor does not offer positions in {wanted}: they are in {used}"
        assert warned == ([refusal] if is_refused else [])


@pytest.mark.complaint(14)
async def test_settings_of_each_folder_are_asked_for_and_asked_again_when_the_folders_change() -> None:
    services = fake_services()
    settings = cast("FakeSettings", services.settings)
    async with wire(services) as client:
        folders = [{"uri": "file:///a", "name": "a"}, {"uri": "file:///b", "name": "b"}]
        await client.initialize(asking_client(), workspaceFolders=folders)
        asked = await requested(client, "workspace/configuration", [IGNORE, None, {"select": ["x"]}])
        assert asked["items"] == [
            {"section": "fastidious"},
            {"scopeUri": "file:///a", "section": "fastidious"},
            {"scopeUri": "file:///b", "section": "fastidious"},
        ]
        await client.call("fastidious/sync", None)
        assert (settings.options, settings.folders) == (IGNORE, {"/b": {"select": ["x"]}})
        event = {"event": {"added": [], "removed": folders[1:]}}
        client.notify("workspace/didChangeWorkspaceFolders", event)
        asked = await requested(client, "workspace/configuration", [IGNORE])
        assert len(asked["items"]) == 2
        await client.call("fastidious/sync", None)
        assert (settings.roots, settings.folders) == (("/a",), {})


@pytest.mark.complaint(15)
async def test_a_client_that_will_not_say_its_settings_keeps_those_it_began_with() -> None:
    async with wire() as client:
        await client.initialize(asking_client(), initializationOptions=IGNORE)
        while (message := await client.read()).get("method") != "workspace/configuration":
            pass
        error = {"jsonrpc": "2.0", "id": message["id"], "error": {"code": -32601, "message": "no"}}
        client.write(framed(json.dumps(error).encode()))
        client.open(URI, "blocking")
        assert await severity(client) == HINT
        assert [each for each in client.received if each.get("method") == "window/showMessage"] == []


@pytest.mark.complaint(15)
@pytest.mark.parametrize("settings", [None, {}, {"fastidious": None}, {"fastidious": {}}])
async def test_without_settings_those_of_the_beginning_hold(settings: Any) -> None:
    async with wire() as client:
        await client.initialize(initializationOptions=IGNORE)
        client.open(URI, "blocking")
        client.notify("workspace/didChangeConfiguration", {"settings": {"fastidious": {"ignore": []}}})
        assert await severity(client) == ERROR
        client.notify("workspace/didChangeConfiguration", {"settings": settings})
        assert await severity(client) == HINT


@pytest.mark.complaint(31)
async def test_the_same_mistake_is_not_shown_again_when_something_else_changes() -> None:
    async with wire() as client:
        await client.initialize(initializationOptions=3)
        for settings in ("x", "y", {}, "z"):
            client.notify("workspace/didChangeConfiguration", {"settings": settings})
        await client.call("fastidious/sync", None)
        shown = [message for message in client.received if message.get("method") == "window/showMessage"]
        assert len(shown) == 1


REFRESHING = {
    "textDocument": {"diagnostic": {}},
    "workspace": {key: {"refreshSupport": True} for key in ("codeLens", "inlayHint", "diagnostics")},
}
PREFERENCES = [
    ("workspace/codeLens/refresh", "codeLens", True),
    ("workspace/inlayHint/refresh", "returnTypeHints", True),
    ("workspace/diagnostic/refresh", "diagnosticMode", "workspace"),
]


@pytest.mark.parametrize("is_refreshing", [True, False])
@pytest.mark.parametrize(("method", "key", "value"), PREFERENCES)
async def test_a_client_that_shows_other_things_from_now_on_asks_for_them_again(
    method: str, key: str, value: object, *, is_refreshing: bool
) -> None:
    async with wire() as client:
        await client.initialize(REFRESHING if is_refreshing else {}, initializationOptions={"codeLens": False})
        client.open(URI, "blocking")
        await client.call("textDocument/codeLens", {"textDocument": {"uri": URI}})
        client.notify("workspace/didChangeConfiguration", {"settings": {key: value}})
        await client.call("fastidious/sync", None)
        client.notify("workspace/didChangeConfiguration", {"settings": {key: value, "x": 1}})
        await client.call("fastidious/sync", None)
        asked = [each["method"] for each in client.received if each.get("method", "").endswith("/refresh")]
        assert asked == ([method] if is_refreshing else [])
