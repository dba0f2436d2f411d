"""Diagnostics for a client that asks for them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from fastidious_server.lsp.wire.framing import framed
from fastidious_server.workspace.ports import ConfigurationProblem
from tests.lsp.fakes import FakeEngine, FakeSettings, fake_services
from tests.lsp.profiles import VISUAL_STUDIO_CODE
from tests.lsp.wire import Wire, wire

pytestmark = pytest.mark.asyncio

URI = "file:///nowhere/app.py"
OTHER = "file:///nowhere/other.py"
ASKING = {
    "textDocument": {"diagnostic": {}},
    "workspace": {"diagnostics": {"refreshSupport": True}},
}
REFRESH = "workspace/diagnostic/refresh"
PUBLISH = "textDocument/publishDiagnostics"


async def pulled(client: Wire, uri: str = URI, previous: str | None = None) -> dict[str, Any]:
    """Return the report on a document."""
    params = {"textDocument": {"uri": uri}, "identifier": "fastidious", "previousResultId": previous}
    return await client.call("textDocument/diagnostic", params)


def asked_for_all(client: Wire, previous: dict[str, str], **rest: Any) -> int:
    """Ask about the workspace and return the number of the request."""
    known = [{"uri": uri, "value": value} for uri, value in previous.items()]
    return client.ask("workspace/diagnostic", {"previousResultIds": known, **rest})


async def refreshed(client: Wire) -> int:
    """Return how often the client was told to ask again, and let it answer."""
    await client.call("fastidious/sync", None)
    asked = [message for message in client.received if message.get("method") == REFRESH]
    for message in asked:
        client.write(framed(json.dumps({"jsonrpc": "2.0", "id": message["id"], "result": None}).encode()))
    client.received[:] = [message for message in client.received if message.get("method") != REFRESH]
    return len(asked)


def rules(report: dict[str, Any]) -> list[str]:
    """Return the rules in the order of the text."""
    return [item["code"] for item in report["items"]]


async def test_it_is_offered_to_those_who_ask_and_can_be_told_to_ask_again() -> None:
    async with wire() as client:
        result = await client.initialize(VISUAL_STUDIO_CODE)
        assert result["capabilities"]["diagnosticProvider"] == {
            "identifier": "fastidious",
            "interFileDependencies": True,
            "workspaceDiagnostics": True,
        }


@pytest.mark.parametrize("capabilities", [{}, {"textDocument": {"diagnostic": {}}}])
async def test_a_client_that_cannot_be_told_to_ask_again_is_sent_them(capabilities: dict[str, Any]) -> None:
    async with wire() as client:
        result = await client.initialize(capabilities)
        assert "diagnosticProvider" not in result["capabilities"]
        client.open(URI, "blocking")
        assert len(await client.diagnostics(URI)) == 1


@pytest.mark.complaint(36)
async def test_who_asks_is_sent_nothing_but_mistakes_in_configuration_files() -> None:
    services = fake_services()
    assert isinstance(services.settings, FakeSettings)
    services.settings.mistakes.append(ConfigurationProblem("/nowhere/pyproject.toml", 0, 0, 4, "unknown key"))
    async with wire(services) as client:
        await client.initialize(VISUAL_STUDIO_CODE)
        client.open(URI, "blocking")
        assert rules(await pulled(client)) == ["blocking-call"]
        client.change(URI, 2, {"text": "slow"})
        client.notify("textDocument/didClose", {"textDocument": {"uri": URI}})
        await client.call("fastidious/sync", None)
        published = [message for message in client.received if message.get("method") == PUBLISH]
        assert [message["params"]["uri"] for message in published] == ["file:///nowhere/pyproject.toml"]


async def test_a_report_follows_each_edit_that_came_before_the_question() -> None:
    async with wire() as client:
        await client.initialize(ASKING)
        client.open(URI, "blocking")
        first = await pulled(client)
        client.change(URI, 2, {"text": "blocking slow"})
        second = await pulled(client, previous=first["resultId"])
        assert (second["kind"], rules(second)) == ("full", ["blocking-call", "slow-call"])
        client.change(URI, 3, {"text": "blocking slow "})
        third = await pulled(client, previous=second["resultId"])
        assert third == {"kind": "unchanged", "resultId": second["resultId"]}


@pytest.mark.complaint(31)
async def test_a_rule_that_fails_is_logged_once_however_often_the_client_asks() -> None:
    async with wire(fake_services(engine=FakeEngine(overdue=("slow-call",)))) as client:
        await client.initialize(ASKING)
        client.open(URI, "blocking")
        await pulled(client)
        await pulled(client)
        await client.call("fastidious/sync", None)
        assert [message["message"].partition(" at ")[0] for message in client.logged[1:]] == [
            "The rule slow-call takes too long"
        ]


@pytest.mark.complaint(2)
async def test_a_document_that_was_closed_is_never_unchanged() -> None:
    async with wire() as client:
        await client.initialize(ASKING)
        client.open(URI, "blocking")
        known = (await pulled(client))["resultId"]
        client.notify("textDocument/didClose", {"textDocument": {"uri": URI}})
        closed = await pulled(client, previous=known)
        assert closed == {"kind": "full", "items": []}
        client.open(URI, "blocking")
        again = await pulled(client, previous=known)
        assert (again["kind"], rules(again)) == ("full", ["blocking-call"])


@pytest.mark.complaint(2)
async def test_what_one_run_of_the_server_answered_is_not_unchanged_for_the_next() -> None:
    known: list[str] = []
    for _ in range(2):
        async with wire() as client:
            await client.initialize(ASKING)
            client.open(URI, "blocking")
            report = await pulled(client, previous=known[0] if known else None)
            assert report["kind"] == "full"
            known.append(report["resultId"])


@pytest.mark.parametrize("uri", ["file:///nowhere/unknown.py", "untitled:Untitled-1", "git:/nowhere/app.py"])
async def test_a_document_that_is_not_open_has_an_empty_report(uri: str) -> None:
    async with wire() as client:
        await client.initialize(ASKING)
        assert await pulled(client, uri) == {"kind": "full", "items": []}


async def test_the_client_asks_again_where_another_document_changed_its_findings() -> None:
    async with wire() as client:
        await client.initialize(VISUAL_STUDIO_CODE)
        client.open(OTHER, "123456")
        client.open(URI, "shared")
        client.open("file:///nowhere/third.py", "blocking")
        before = await pulled(client)
        await pulled(client, OTHER)
        known = await pulled(client, "file:///nowhere/third.py")
        assert await refreshed(client) == 0
        client.change(OTHER, 2, {"text": "\n123456"})
        await pulled(client, OTHER)
        assert await refreshed(client) == 1
        assert (await pulled(client, previous=before["resultId"]))["kind"] == "full"
        third = await pulled(client, "file:///nowhere/third.py", known["resultId"])
        assert third["kind"] == "unchanged"


async def test_the_client_asks_again_where_settings_change_the_findings() -> None:
    async with wire() as client:
        await client.initialize(ASKING)
        client.open(URI, "blocking")
        client.open(OTHER, "nothing")
        known = await pulled(client)
        await pulled(client, OTHER)
        client.notify("workspace/didChangeConfiguration", {"settings": {"ignore": ["blocking-call"]}})
        assert await refreshed(client) == 1
        report = await pulled(client, previous=known["resultId"])
        assert [item["severity"] for item in report["items"]] == [4]
        client.notify("workspace/didChangeConfiguration", {"settings": {"ignore": ["blocking-call"], "x": 1}})
        assert await refreshed(client) == 0


async def test_it_is_told_once_while_it_has_not_answered() -> None:
    async with wire() as client:
        await client.initialize(ASKING)
        client.open(URI, "blocking")
        await pulled(client)
        for ignored in (["blocking-call"], [], ["blocking-call"]):
            client.notify("workspace/didChangeConfiguration", {"settings": {"ignore": ignored}})
            await client.call("fastidious/sync", None)
        assert await refreshed(client) == 1
        assert await refreshed(client) == 1  # for what changed while it was asked
        assert await refreshed(client) == 0


async def test_the_workspace_has_the_documents_that_nobody_asked_about() -> None:
    async with wire() as client:
        await client.initialize(ASKING)
        client.open(URI, "blocking")
        client.open(OTHER, "slow", version=7)
        await pulled(client)
        (item,) = (await client.answer(asked_for_all(client, {})))["result"]["items"]
        assert (item["uri"], item["version"], item["kind"], rules(item)) == (OTHER, 7, "full", ["slow-call"])


async def test_the_workspace_is_streamed_to_who_takes_parts() -> None:
    async with wire() as client:
        await client.initialize(ASKING)
        for number in range(250):
            client.open(f"file:///nowhere/{number}.py", "slow")
        answer = await client.answer(asked_for_all(client, {}, partialResultToken="parts"))
        assert answer["result"] == {"items": []}
        parts = [message["params"] for message in client.received if message.get("method") == "$/progress"]
        assert {part["token"] for part in parts} == {"parts"}
        assert [len(part["value"]["items"]) for part in parts] == [100, 100, 50]


async def test_who_knows_all_is_answered_when_there_is_news() -> None:
    async with wire() as client:
        await client.initialize(ASKING)
        client.open(URI, "blocking")
        (item,) = (await client.answer(asked_for_all(client, {})))["result"]["items"]
        waiting = asked_for_all(client, {URI: item["resultId"]})
        await client.call("fastidious/sync", None)
        assert not [message for message in client.received if message.get("id") == waiting and "result" in message]
        client.change(URI, 2, {"text": "blocking slow"})
        (news,) = (await client.answer(waiting))["result"]["items"]
        assert rules(news) == ["blocking-call", "slow-call"]
        waiting = asked_for_all(client, {URI: news["resultId"]})
        client.notify("textDocument/didClose", {"textDocument": {"uri": URI}})
        (gone,) = (await client.answer(waiting))["result"]["items"]
        assert gone == {"kind": "full", "uri": URI, "version": None, "items": []}


async def test_who_waits_may_withdraw_and_is_let_go_at_the_end() -> None:
    async with wire() as client:
        await client.initialize(ASKING)
        client.open(URI, "blocking")
        (item,) = (await client.answer(asked_for_all(client, {})))["result"]["items"]
        waiting = asked_for_all(client, {URI: item["resultId"]})
        await client.call("fastidious/sync", None)
        client.notify("$/cancelRequest", {"id": waiting})
        assert (await client.answer(waiting))["error"]["code"] == -32800
        waiting = asked_for_all(client, {URI: item["resultId"]})
        closing = client.ask("shutdown", None)
        answers = {message["id"]: message for message in [await client.read(), await client.read()]}
        assert answers.keys() == {waiting, closing}
        assert answers[waiting]["error"]["code"] == -32800


async def test_hundred_changes_and_questions_are_answered_for_their_texts() -> None:
    async with wire() as client:
        await client.initialize(ASKING)
        client.open(URI, "")
        asked: list[int] = []
        for version in range(2, 102):
            client.change(URI, version, {"text": "blocking\n" * version})
            params = {"textDocument": {"uri": URI}, "previousResultId": None}
            asked.append(client.ask("textDocument/diagnostic", params))
        reports = [(await client.answer(request))["result"] for request in asked]
        assert [len(report["items"]) for report in reports] == list(range(2, 102))
