"""Commands that a client may run."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import TYPE_CHECKING, Any, cast

import pytest

from fastidious_rules import __version__
from fastidious_server.lsp.commands import COMMANDS
from fastidious_server.lsp.wire.framing import framed
from tests.lsp.fakes import FakeBaselines, FakeEngine, FakeIndex, fake_services
from tests.lsp.wire import ALL_CAPABILITIES, Wire, spread, wire

if TYPE_CHECKING:
    from fastidious_server.workspace.ports import Services

pytestmark = pytest.mark.asyncio

URI = "file:///nowhere/app.py"
INVALID_PARAMS, REQUEST_FAILED = -32602, -32803


def editing_client() -> dict[str, Any]:
    """Return the capabilities of a client that lets the server edit."""
    capabilities = deepcopy(ALL_CAPABILITIES)
    capabilities["workspace"]["applyEdit"] = True
    return capabilities


def run(client: Wire, command: str, *arguments: Any, **rest: Any) -> int:
    """Run a command and return the id of the request."""
    return client.ask("workspace/executeCommand", {"command": command, "arguments": list(arguments), **rest})


async def result(client: Wire, command: str, *arguments: Any) -> Any:
    """Run a command and return its result."""
    answer = await client.answer(run(client, command, *arguments))
    assert "error" not in answer, answer
    return answer["result"]


async def requested(client: Wire, method: str, **answer: Any) -> dict[str, Any]:
    """Wait for a request of the server, answer it, and return its parameters."""
    while (message := await client.read()).get("method") != method:
        pass
    client.write(framed(json.dumps({"jsonrpc": "2.0", "id": message["id"], **answer}).encode()))
    return message["params"]


async def test_commands_are_advertised() -> None:
    async with wire() as client:
        found = await client.initialize()
        provider = found["capabilities"]["executeCommandProvider"]
        assert provider == {"commands": list(COMMANDS), "workDoneProgress": True}
        assert set(COMMANDS) >= {"fastidious.restartIndex", "fastidious.explainRule", "fastidious.fixAll"}


@pytest.mark.parametrize(
    ("command", "arguments", "message"),
    [
        ("fastidious.unheard", [], "there is no command `fastidious.unheard`; there are fastidious.restartIndex, "),
        ("fastidious.explainRule", ["slow-cal"], "there is no rule `slow-cal`; did you mean `slow-call`?"),
        ("fastidious.explainRule", [3], "argument 1 must be the name of a rule, as text, not 3"),
        ("fastidious.fixAll", [], "the first argument must be the URI of a document"),
        ("fastidious.fixAll", [{"uri": URI}], "argument 1 must be the URI of a document, as text"),
        ("fastidious.fixAll", [URI, []], "argument 2 must be the name of a rule, as text, not []"),
    ],
)
async def test_a_wrong_command_is_answered_with_what_is_wrong(command: str, arguments: list[Any], message: str) -> None:
    async with wire() as client:
        await client.initialize()
        error = (await client.answer(run(client, command, *arguments)))["error"]
        assert error["code"] == INVALID_PARAMS
        assert error["message"].startswith(message)
        await client.call("fastidious/sync", None)
        assert [each["message"] for each in client.logged if each["type"] < 3] == []


async def test_rules_are_listed_and_explained() -> None:
    async with wire() as client:
        await client.initialize()
        rules = await result(client, "fastidious.explainRule")
        assert rules[0] == {
            "name": "blocking-call",
            "family": "fake",
            "severity": "error",
            "summary": "What blocking-call finds.",
        }
        assert await result(client, "fastidious.explainRule", None) == rules
        assert await result(client, "fastidious.explainRule", "slow-call") == "# slow-call\n"


async def test_the_index_starts_anew_and_is_complete_when_that_is_answered() -> None:
    services = fake_services()
    index = cast("FakeIndex", services.index)
    async with wire(services) as client:
        await client.initialize(rootUri="file:///a")
        await client.call("fastidious/sync", {"index": True})
        request = run(client, "fastidious.restartIndex", workDoneToken="mine")
        assert (await client.answer(request))["result"] == {"files": 4}
        assert index.started == [("/a",), ("/a",)]
        progress = [message["params"] for message in client.received if message.get("method") == "$/progress"]
        assert [(each["token"], each["value"]["kind"]) for each in progress] == [
            ("mine", "begin"),
            ("mine", "report"),
            ("mine", "end"),
        ]


async def test_rules_that_took_too_long_are_called_again_when_the_index_starts_anew() -> None:
    engine = FakeEngine(overdue=("slow-call",))
    async with wire(fake_services(engine=engine)) as client:
        await client.initialize()
        client.open(URI, "slow")
        await client.diagnostics(URI)
        for _ in range(2):
            await result(client, "fastidious.restartIndex")
        await client.diagnostics(URI)
        assert [message["message"] for message in client.logged[1:]] == [
            "The rule slow-call takes too long at /nowhere/app.py:1 and is silent there: it is switched off",
            "These rules took too long, and are called again: slow-call",
        ]
        assert engine.documents[0].checks == 3


async def test_all_that_is_safe_is_fixed_in_the_editor() -> None:
    async with wire() as client:
        await client.initialize(editing_client())
        client.open(URI, "blocking slow", version=7)
        request = run(client, "fastidious.fixAll", URI)
        params = await requested(client, "workspace/applyEdit", result={"applied": True})
        (change,) = params["edit"]["documentChanges"]
        assert change["textDocument"] == {"uri": URI, "version": 7}
        assert [(edit["range"], edit["newText"]) for edit in change["edits"]] == [(spread(0, 0, 13), "awaited slow")]
        assert (await client.answer(request))["result"] == {"applied": True, "reason": None}


async def test_an_edit_is_of_the_text_that_the_command_was_for() -> None:
    async with wire() as client:
        await client.initialize(editing_client())
        client.open(URI, "blocking")
        request = run(client, "fastidious.fixAll", URI, "blocking-call")
        client.change(URI, 2, {"text": "nothing"})
        refusal = {"applied": False, "failureReason": "the text has changed"}
        params = await requested(client, "workspace/applyEdit", result=refusal)
        assert params["edit"]["documentChanges"][0]["textDocument"]["version"] == 1
        assert (await client.answer(request))["result"] == {"applied": False, "reason": "the text has changed"}


async def test_an_editor_that_fails_to_apply_an_edit_is_quoted() -> None:
    async with wire() as client:
        await client.initialize(editing_client())
        client.open(URI, "blocking")
        request = run(client, "fastidious.fixAll", URI)
        await requested(client, "workspace/applyEdit", error={"code": -32603, "message": "I cannot"})
        answer = (await client.answer(request))["result"]
        assert not answer["applied"]
        assert "I cannot" in answer["reason"]


@pytest.mark.parametrize(
    ("capabilities", "text", "rule", "reason"),
    [
        (editing_client(), "slow", None, "there is nothing that is safe to fix"),
        (editing_client(), "slow", "slow-call", "there is nothing that is safe to fix"),
        (editing_client(), None, None, f"{URI} is not open, or not reviewed"),
        (ALL_CAPABILITIES, "blocking", None, "the editor does not let the server edit"),
    ],
)
async def test_a_command_that_changes_nothing_says_why(
    capabilities: dict[str, Any], text: str | None, rule: str | None, reason: str
) -> None:
    async with wire() as client:
        await client.initialize(capabilities)
        if text is not None:
            client.open(URI, text)
        assert await result(client, "fastidious.fixAll", URI, rule) == {"applied": False, "reason": reason}
        assert [message for message in client.received if message.get("method") == "workspace/applyEdit"] == []


async def write_baseline(services: Services, obstacle: str = "") -> dict[str, Any]:
    """Write a baseline while the editor shows that, and return the answer."""
    cast("FakeBaselines", services.baselines).obstacle = obstacle
    async with wire(services) as client:
        await client.initialize({**ALL_CAPABILITIES, "window": {"workDoneProgress": True}}, rootUri="file:///a")
        await requested(client, "window/workDoneProgress/create", result=None)
        client.open("file:///a/app.py", "blocking")
        request = run(client, "fastidious.writeBaseline")
        token = (await requested(client, "window/workDoneProgress/create", result=None))["token"]
        answer = await client.answer(request)
        shown = [message["params"] for message in client.received if message.get("method") == "$/progress"]
        assert [each["value"]["kind"] for each in shown if each["token"] == token] == ["begin", "end"]
        return answer


async def test_a_baseline_is_written_of_the_texts_in_the_editor() -> None:
    services = fake_services()
    assert (await write_baseline(services))["result"] == "written"
    assert cast("FakeBaselines", services.baselines).given == [(("/a",), {"/a/app.py": "blocking"})]


async def test_a_baseline_that_cannot_be_written_is_an_error_that_says_why() -> None:
    error = (await write_baseline(fake_services(), "the disk is full"))["error"]
    assert (error["code"], error["message"]) == (REQUEST_FAILED, "the disk is full")


async def test_debug_information_says_what_runs_with_which_settings_and_how_fast() -> None:
    async with wire() as client:
        await client.initialize(
            clientInfo={"name": "vi", "version": "1"}, rootUri="file:///a", initializationOptions={"ignore": ["x"]}
        )
        client.open(URI, "blocking slow", version=3)
        client.open("file:///nowhere/silent.py", "blocking")
        await client.call("fastidious/sync", {"index": True})
        text = await result(client, "fastidious.debugInformation")
        for line in (
            f"# Fastidious {__version__} on ",
            "- name: vi 1\n",
            "- folders: /a\n",
            "- columns: utf-16\n",
            "- diagnostics: push\n",
            "- watches files: no, the server looks itself\n",
            '- options of the editor: `{"ignore": ["x"]}`\n',
            "- file: /nowhere/pyproject.toml\n",
            "- /a: Python 3.11, fastapi unknown",
            f"| {URI} | 3 | 1 | 2 |\n",
            "| file:///nowhere/silent.py | 1 | 1 | not reviewed |\n",
            "- complete: 4 of 4 files\n",
            "| review | 2 | ",
            "## Rules that failed\n\nNone.\n",
        ):
            assert line in text
