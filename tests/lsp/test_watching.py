"""Files that change on the disk, with clients that watch and with those that do not."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import TYPE_CHECKING, Any, cast

import pytest

from fastidious_server.lsp.settings.lookout import SECONDS_BETWEEN_LOOKS
from fastidious_server.lsp.wire.framing import framed
from tests.lsp.fakes import FakeClock, FakeIndex, FakeSettings, fake_services
from tests.lsp.wire import ALL_CAPABILITIES, Wire, wire

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.asyncio

URI = "file:///nowhere/app.py"
IGNORE = {"ignore": ["blocking-call"]}
REGISTER, UNREGISTER = "client/registerCapability", "client/unregisterCapability"
WATCHED, SETTINGS = "workspace/didChangeWatchedFiles", "workspace/didChangeConfiguration"


def watching_client(**watched_files: bool) -> dict[str, Any]:
    """Return the capabilities of a client that watches files."""
    capabilities = deepcopy(ALL_CAPABILITIES)
    capabilities["workspace"]["didChangeWatchedFiles"] = {"dynamicRegistration": True, **watched_files}
    return capabilities


def respond(client: Wire, request: dict[str, Any], **answer: Any) -> None:
    """Answer a request of the server."""
    client.write(framed(json.dumps({"jsonrpc": "2.0", "id": request["id"], **answer}).encode()))


async def asked(client: Wire, method: str) -> dict[str, Any]:
    """Return the next request of the server for `method`, answered with null."""
    while True:
        message = await client.read()
        if message.get("method") == method:
            respond(client, message, result=None)
            return message["params"]


def bases(registration: dict[str, Any]) -> list[str]:
    """Return the folders outside of the workspace that the client watches."""
    patterns = [watcher["globPattern"] for watcher in registration["registerOptions"]["watchers"]]
    return [pattern["baseUri"] for pattern in patterns if isinstance(pattern, dict)]


async def severities(client: Wire) -> list[int]:
    """Return the severities of the findings."""
    return [diagnostic["severity"] for diagnostic in await client.diagnostics(URI)]


@pytest.mark.complaint(12)
async def test_a_configuration_that_changes_while_nobody_does_anything_is_looked_for() -> None:
    services, clock = fake_services(), FakeClock()
    settings = cast("FakeSettings", services.settings)
    async with wire(services, clock.call_later) as client:
        await client.initialize()
        client.open(URI, "blocking")
        assert await severities(client) == [1]
        settings.options, settings.is_stale = IGNORE, True
        clock.go_on()
        assert await severities(client) == [4]
        clock.go_on()
        assert await severities(client) == [4]
        assert set(clock.seconds) == {SECONDS_BETWEEN_LOOKS}
        await client.call("shutdown", None)
        assert clock.waiting == []


@pytest.mark.complaint(12)
async def test_a_client_that_watches_is_not_looked_over_the_shoulder() -> None:
    services, clock = fake_services(), FakeClock()
    async with wire(services, clock.call_later) as client:
        await client.initialize(watching_client())
        await asked(client, REGISTER)
        client.open(URI, "blocking")
        assert await severities(client) == [1]
        assert clock.seconds == []
        assert cast("FakeIndex", services.index).rescans == 0


@pytest.mark.complaint(35)
async def test_a_client_that_refuses_to_watch_is_helped_out() -> None:
    services, clock = fake_services(), FakeClock()
    settings = cast("FakeSettings", services.settings)
    async with wire(services, clock.call_later) as client:
        await client.initialize(watching_client())
        while (message := await client.read()).get("method") != REGISTER:
            pass
        respond(client, message, error={"code": -32601, "message": "not today"})
        client.open(URI, "blocking")
        assert await severities(client) == [1]
        settings.options, settings.is_stale = IGNORE, True
        clock.go_on()
        assert await severities(client) == [4]


async def test_a_switch_of_branches_is_noticed(tmp_path: Path) -> None:
    git = tmp_path / ".git"
    git.mkdir()
    (git / "HEAD").write_text("ref: refs/heads/main\n")
    services, clock = fake_services(), FakeClock()
    index = cast("FakeIndex", services.index)
    async with wire(services, clock.call_later) as client:
        await client.initialize(rootUri=tmp_path.as_uri())
        await client.call("fastidious/sync", None)
        clock.go_on()
        await client.call("fastidious/sync", None)
        assert index.rescans == 0
        (git / "HEAD").write_text("ref: refs/heads/elsewhere\n")
        clock.go_on()
        await client.call("fastidious/sync", None)
        clock.go_on()
        await client.call("fastidious/sync", None)
        assert index.rescans == 1


async def test_other_files_are_looked_at_when_one_is_saved_or_opened() -> None:
    services = fake_services()
    index = cast("FakeIndex", services.index)
    async with wire(services) as client:
        await client.initialize()
        client.open(URI, "blocking")
        client.notify("textDocument/didSave", {"textDocument": {"uri": URI}})
        await client.call("fastidious/sync", None)
        assert index.rescans == 2


async def test_a_look_that_fails_is_not_the_last() -> None:
    services, clock = fake_services(), FakeClock()
    settings = cast("FakeSettings", services.settings)
    async with wire(services, clock.call_later) as client:
        await client.initialize()
        client.open(URI, "blocking")
        assert await severities(client) == [1]
        settings.failure = OSError("the disk is gone")
        clock.go_on()
        await client.call("fastidious/sync", None)
        settings.failure, settings.options, settings.is_stale = None, IGNORE, True
        clock.go_on()
        assert await severities(client) == [4]


@pytest.mark.complaint(35)
async def test_what_is_registered_has_an_id_of_its_own_and_is_replaced_when_the_folders_change(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    inner, other = tmp_path / "a" / "inner", tmp_path / "b"
    async with wire() as client:
        await client.initialize(watching_client(relativePatternSupport=True), rootUri=inner.as_uri())
        (first,) = (await asked(client, REGISTER))["registrations"]
        assert (first["method"], bases(first)) == (WATCHED, [tmp_path.as_uri(), inner.parent.as_uri()])
        removed = {"uri": inner.as_uri(), "name": "inner"}
        change = {"event": {"added": [{"uri": other.as_uri(), "name": "b"}], "removed": [removed]}}
        client.notify("workspace/didChangeWorkspaceFolders", change)
        gone = await asked(client, UNREGISTER)
        (second,) = (await asked(client, REGISTER))["registrations"]
        assert gone == {"unregisterations": [{"id": first["id"], "method": WATCHED}]}
        assert first["id"] != second["id"]
        assert bases(second) == [tmp_path.as_uri()]


@pytest.mark.complaint(35)
async def test_what_did_not_change_is_not_registered_again() -> None:
    async with wire() as client:
        await client.initialize(watching_client(), rootUri="file:///a")
        await asked(client, REGISTER)
        change = {"event": {"added": [{"uri": "file:///b", "name": "b"}], "removed": []}}
        client.notify("workspace/didChangeWorkspaceFolders", change)
        await client.call("fastidious/sync", None)
        assert [message["method"] for message in client.received if "method" in message] == [REGISTER]
