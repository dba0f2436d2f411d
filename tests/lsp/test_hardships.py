"""What clients, texts and rules do to a server that should not impress it."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import signal
import sys
import textwrap
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from fastidious_rules.api import Call, Pack, Rule, on
from fastidious_rules.catalogue import PACK
from fastidious_rules.engine.registry import Registry
from fastidious_rules.semantics.project import Project
from fastidious_server.lsp.wire.framing import framed
from fastidious_server.workspace.reviewer import Reviewer
from tests.lsp.fakes import FakeEngine, fake_services
from tests.lsp.wire import Wire, process_wire, spread, wire

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from fastidious_rules.api import Finding, Scope
    from fastidious_rules.engine.explain import Remedy
    from fastidious_rules.semantics.place import Place

pytestmark = pytest.mark.asyncio

URI = "file:///nowhere/app.py"
DOCUMENT = {"textDocument": {"uri": URI}}
BLOCKING = "blocking"


async def starts(client: Wire, uri: str = URI) -> list[tuple[int, int]]:
    """Return line and column of all diagnostics."""
    places = [diagnostic["range"]["start"] for diagnostic in await client.diagnostics(uri)]
    return [(place["line"], place["character"]) for place in places]


def asked(number: int, method: str, params: Any) -> bytes:
    """Return a request as bytes."""
    return framed(json.dumps({"jsonrpc": "2.0", "id": number, "method": method, "params": params}).encode())


@pytest.mark.complaint(6)
async def test_several_edits_among_wide_characters_in_one_change() -> None:
    async with wire() as client:
        await client.initialize()
        client.open(URI, "测试 = '😀é'\nprint(测试)\n")
        client.change(
            URI,
            2,
            {"range": spread(0, 6, 8), "text": "中文😀"},
            {"range": spread(1, 6, 8), "text": "😀😀 blocking"},
            {"range": spread(0, 10, 11), "text": ""},
            {"range": spread(0, 0, 2), "text": "变量名😀"},
            {"range": spread(1, 6, 8), "text": "é"},
        )
        assert await starts(client) == [(1, 10)]
        client.change(URI, 3, {"range": spread(0, 0, 0, 1), "text": "slow"})
        assert await starts(client) == [(0, 0), (0, 14)]


@pytest.mark.complaint(7)
async def test_line_ends_of_all_kinds_in_one_text() -> None:
    async with wire() as client:
        await client.initialize()
        client.open(URI, "blocking\rblocking\r\nblocking\nblocking\r")
        assert await starts(client) == [(0, 0), (1, 0), (2, 0), (3, 0)]
        client.change(URI, 2, {"range": spread(1, 8, 0, 2), "text": "\r"}, {"range": spread(4, 0, 0), "text": "slow"})
        assert await starts(client) == [(0, 0), (1, 0), (2, 0), (3, 0), (4, 0)]
        client.change(URI, 3, {"text": "slow\rslow\rslow"}, {"range": spread(1, 0, 0, 2), "text": ""})
        assert await starts(client) == [(0, 0), (1, 0)]


@pytest.mark.complaint(8)
@pytest.mark.parametrize("character", ["\f", "\v", "\x1c", "\x1e", "\x85", "\u2028", "\u2029"])
async def test_what_is_no_line_end_to_python_is_none_here(character: str) -> None:
    async with wire() as client:
        await client.initialize()
        client.open(URI, f"a = 'x{character}y'\nb = 1\n")
        client.change(URI, 2, {"range": spread(1, 4, 5), "text": "blocking"})
        assert await starts(client) == [(1, 4)]


@pytest.mark.complaint(9)
async def test_positions_that_are_nowhere_are_no_error_and_lose_nothing() -> None:
    far = 2**31 - 1
    places = [spread(far, far, far), spread(0, far, far), spread(0, 1, 1), spread(0, 3, 1), spread(5, 0, 0, 2)]
    async with wire() as client:
        await client.initialize()
        client.open(URI, "😀 blocking")
        for place in places:
            await client.call("textDocument/hover", {**DOCUMENT, "position": place["start"]})
            context = {"diagnostics": []}
            await client.call("textDocument/codeAction", {**DOCUMENT, "range": place, "context": context})
        for version, place in enumerate(places, 2):
            client.change(URI, version, {"range": place, "text": ""})
        client.change(URI, 9, {"range": spread(far, 0, 0), "text": "\nblocking"})
        assert (await starts(client))[-1] == (1, 0)


@dataclass(slots=True)
class CountingEngine(FakeEngine):
    """Engine that counts how often it explains."""

    explained: int = 0

    def explain(self, finding: Finding, show: Callable[[Place], str], remedy: Remedy, *, briefly: bool) -> str:
        self.explained += 1
        return FakeEngine.explain(self, finding, show, remedy, briefly=briefly)


@pytest.mark.complaint(25)
async def test_what_was_withdrawn_behind_something_slow_is_answered_and_not_worked_on() -> None:
    engine = CountingEngine()
    async with wire(fake_services(engine=engine)) as client:
        await client.initialize()
        client.open(URI, BLOCKING)
        await client.diagnostics(URI)
        hover = {**DOCUMENT, "position": {"line": 0, "character": 0}}
        hovers = [asked(number, "textDocument/hover", hover) for number in range(500, 531)]
        cancel = [
            {"jsonrpc": "2.0", "method": "$/cancelRequest", "params": {"id": number}} for number in range(501, 531)
        ]
        client.write(b"".join([*hovers, *(framed(json.dumps(each).encode()) for each in cancel)]))
        await client.call("fastidious/sync", None)
        answers = {each["id"]: each for each in client.received if each.get("id", 0) in range(500, 531)}
        assert list(answers) == list(range(500, 531))
        assert "result" in answers.pop(500)
        assert {answer["error"]["code"] for answer in answers.values()} == {-32800}
        assert engine.explained == 1


@pytest.mark.complaint(39)
async def test_a_batch_of_changes_with_a_gap_in_its_versions_is_reviewed_once() -> None:
    engine = FakeEngine()
    async with wire(fake_services(engine=engine)) as client:
        await client.initialize()
        client.open(URI, "", version=4)
        await client.diagnostics(URI)
        checks = engine.documents[0].checks
        edits = [{"range": spread(0, column, column), "text": letter} for column, letter in enumerate(BLOCKING)]
        client.change(URI, 14, *edits)
        assert await starts(client) == [(0, 0)]
        assert client.published(URI)[-1]["version"] == 14
        assert engine.documents[0].checks == checks + 1


class RaisingCall(Rule):
    """Call that this rule cannot bear."""

    message = "`{name}` is called"

    @on(Call)
    def check(self, call: Call, scope: Scope) -> Iterator[Finding]:
        del scope
        if call.text.startswith("bad"):
            raise RuntimeError(call.text)
        yield self.finding(call, name=call.text)


@pytest.mark.complaint(31)
async def test_a_rule_that_raises_at_every_keystroke_is_logged_once_and_pops_nothing_up(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.ERROR)
    raising: Any = Reviewer(Registry([Pack("tests", "1", (RaisingCall,))]), Project())
    async with wire(fake_services(engine=raising)) as client:
        await client.initialize()
        client.open(URI, "bad()\ngood()\n")
        for version in range(2, 20):
            client.change(URI, version, {"range": spread(0, 5, 5), "text": " "})
            assert await starts(client) == [(1, 0)]
        assert not [message for message in client.received if message.get("method") == "window/showMessage"]
    assert [record.getMessage().partition(":")[0] for record in caplog.records] == [
        "The rule raising-call crashed at /nowhere/app.py"
    ]


class Failing:
    """Service one method of which raises, whatever it is asked."""

    def __init__(self, service: object, method: str, error: type[BaseException]) -> None:
        self._service = service
        self._method = method
        self._error = error

    def __getattr__(self, name: str) -> Any:
        return self._raise if name == self._method else getattr(self._service, name)

    def _raise(self, *_: object, **__: object) -> None:
        raise self._error


ENGINE_METHODS = ("open", "close", "configure", "locate", "is_fixable", "explain", "suppress")


@pytest.mark.complaint(32)
@pytest.mark.parametrize("error", [RuntimeError, MemoryError, RecursionError])
@pytest.mark.parametrize("method", ENGINE_METHODS)
async def test_whatever_fails_all_is_answered_and_the_server_goes_on(method: str, error: type[Exception]) -> None:
    engine: Any = Failing(FakeEngine(), method, error)
    async with wire(fake_services(engine=engine)) as client:
        await client.initialize()
        client.open(URI, "blocking shared")
        client.change(URI, 2, {"range": spread(0, 0, 0), "text": "slow "})
        context = {"diagnostics": []}
        hover = client.ask("textDocument/hover", {**DOCUMENT, "position": {"line": 0, "character": 6}})
        assert {"result", "error"} & (await client.answer(hover)).keys()
        actions = client.ask("textDocument/codeAction", {**DOCUMENT, "range": spread(0, 0, 9), "context": context})
        assert {"result", "error"} & (await client.answer(actions)).keys()
        client.notify("workspace/didChangeConfiguration", {"settings": {"fastidious": {}}})
        client.notify("textDocument/didSave", DOCUMENT)
        client.notify("textDocument/didClose", DOCUMENT)
        assert await client.call("fastidious/sync", None) == {}
        assert not [message for message in client.received if message.get("method") == "window/showMessage"]


def reviewer() -> Any:
    """Return the engine with its own rules."""
    return Reviewer(Registry([PACK]), Project())


SLEEP = "import time\nasync def f():\n    time.sleep(1)\n"


@pytest.mark.complaint(26)
@pytest.mark.parametrize(
    "text", ["x = " + "[" * 3000 + "]" * 3000, "x = '" + "a" * 1_000_000 + "'", "x = " + "f(" * 3000 + ")" * 3000]
)
async def test_every_question_about_what_is_too_much_to_look_at_is_answered(text: str) -> None:
    async with wire(fake_services(engine=reviewer())) as client:
        await client.initialize()
        client.open(URI, f"{text}\n{SLEEP}")
        codes = [diagnostic["code"] for diagnostic in await client.diagnostics(URI)]
        assert codes[0] == "too-complex"
        assert "blocking-call-in-async" in codes
        hover = await client.call("textDocument/hover", {**DOCUMENT, "position": {"line": 0, "character": 1}})
        assert "is not reviewed" in hover["contents"]["value"]
        params = {**DOCUMENT, "range": spread(0, 0, 0, 4), "context": {"diagnostics": []}}
        for action in await client.call("textDocument/codeAction", params):
            assert (await client.call("codeAction/resolve", action))["title"] == action["title"]
        client.change(URI, 2, {"range": spread(0, 0, len(text)), "text": "x = 1"})
        assert "too-complex" not in [diagnostic["code"] for diagnostic in await client.diagnostics(URI)]


async def test_hover_says_less_of_each_finding_where_there_are_several() -> None:
    text = "def compute(count: int):\n" + "    count += 1\n" * 45 + "    return count\n"
    async with wire(fake_services(engine=reviewer())) as client:
        await client.initialize()
        client.open(URI, text)
        hover = await client.call("textDocument/hover", {**DOCUMENT, "position": {"line": 0, "character": 5}})
        said = hover["contents"]["value"]
        assert said.count("**Why**") == said.count("` says more.") == 2
        assert "Read on" not in said
        assert "**When this is fine**" not in said


@pytest.mark.complaint(26)
async def test_other_documents_do_not_wait_for_a_long_one() -> None:
    long = "import time\n" + "".join(f"async def f{number}():\n    time.sleep(1)\n" for number in range(5000))
    async with wire(fake_services(engine=reviewer())) as client:
        await client.initialize()
        client.open("file:///nowhere/long.py", long)
        client.open(URI, SLEEP)
        assert (2, 4) in await starts(client)
        assert len(await client.diagnostics("file:///nowhere/long.py")) >= 5000
        published = [
            message["params"]["uri"]
            for message in client.received
            if message.get("method") == "textDocument/publishDiagnostics"
        ]
        assert published[0] == URI


@pytest.mark.complaint(26)
async def test_questions_wait_for_a_long_review_and_nothing_waits_for_them() -> None:
    engine = FakeEngine(is_quick=False)
    async with wire(fake_services(engine=engine)) as client:
        await client.initialize()
        client.open(URI, BLOCKING)
        hover = client.ask("textDocument/hover", {**DOCUMENT, "position": {"line": 0, "character": 1}})
        context = {"diagnostics": []}
        actions = client.ask("textDocument/codeAction", {**DOCUMENT, "range": spread(0, 0, 4), "context": context})
        await client.call("textDocument/completion", {**DOCUMENT, "position": {"line": 0, "character": 0}})
        assert not any(message.get("id") in {hover, actions} for message in client.received)
        client.change(URI, 2, {"range": spread(0, 0, 0), "text": " "})
        engine.is_quick = True
        assert (await client.answer(hover))["result"]["range"]["start"]["character"] == 1
        assert (await client.answer(actions))["result"]


@pytest.mark.complaint(26)
async def test_questions_about_a_document_that_is_closed_meanwhile_are_answered() -> None:
    engine = FakeEngine(is_quick=False)
    async with wire(fake_services(engine=engine)) as client:
        await client.initialize()
        client.open(URI, BLOCKING)
        hover = client.ask("textDocument/hover", {**DOCUMENT, "position": {"line": 0, "character": 1}})
        client.notify("textDocument/didClose", DOCUMENT)
        assert (await client.answer(hover))["result"] is None


@pytest.mark.complaint(40)
async def test_a_server_may_be_started_as_often_as_it_is_killed() -> None:
    for is_initialized in (False, True, False, True, False):
        async with process_wire() as client:
            client.ask("initialize", {"processId": None, "rootUri": None, "capabilities": {}})
            if is_initialized:
                await client.read()
            client.process.kill()
            await client.exit_code()
    async with process_wire() as client:
        await client.initialize()
        client.open(URI, BLOCKING)
        assert await starts(client) == [(0, 0)]


POISON = "raise SystemExit('imported from the project')\n"


@pytest.mark.complaint(33)
@pytest.mark.parametrize("variable", ["PYTHONPATH", "VIRTUAL_ENV"])
async def test_modules_of_the_project_are_not_imported_by_the_server(tmp_path: Path, variable: str) -> None:
    names = ("typing", "attr", "attrs", "logging", "typing_extensions", "fastidious_rules", "lsprotocol", "jedi")
    for name in names:
        (tmp_path / f"{name}.py").write_text(POISON)
    command = f"cd {tmp_path} && {variable}={tmp_path} exec {sys.executable} -P -m fastidious_server server"
    async with process_wire("/bin/sh", "-c", command) as client:
        await client.initialize(rootUri=tmp_path.as_uri())
        client.open(URI, "import time\nasync def f():\n    time.sleep(1)\n")
        await client.call("fastidious/sync", {"index": True})
        assert (2, 4) in await starts(client)


EDITOR = """
    import json, os, subprocess, sys
    reading, writing = os.pipe()
    sibling = subprocess.Popen([sys.executable, "-Ic", "input()"], stdout=subprocess.DEVNULL, pass_fds=[writing])
    server = subprocess.Popen([sys.executable, "-Ic", {server!r}], stdin=reading)
    for message in (
        {{"id": 1, "method": "initialize", "params": {{"processId": os.getpid(), "rootUri": None, "capabilities": {{}}}}}},
        {{"method": "initialized", "params": {{}}}},
    ):
        body = json.dumps({{"jsonrpc": "2.0", **message}}).encode()
        os.write(writing, b"Content-Length: %d\\r\\n\\r\\n" % len(body) + body)
    server.wait()
"""
SERVER = """
import sys, threading; sys.path.insert(0, {root!r})
from fastidious_server.lsp.server import Server
from fastidious_server.lsp.wire.transport import serve_stdio
from tests.lsp.fakes import fake_services
def load():
    {work}
    return fake_services()
serve_stdio(Server(load))
"""


@pytest.mark.complaint(28)
@pytest.mark.skipif(not hasattr(os, "fork"), reason="pipes are inherited in another way")
@pytest.mark.parametrize("work", ["pass", "threading.Event().wait()"])
async def test_the_server_leaves_with_its_editor_although_others_hold_its_input(work: str) -> None:
    server = SERVER.format(root=str(Path(__file__).parents[2]), work=work)
    pipe = asyncio.subprocess.PIPE
    editor = await asyncio.create_subprocess_exec(
        sys.executable, "-Ic", textwrap.dedent(EDITOR.format(server=server)), stdin=pipe, stdout=pipe
    )
    assert editor.stdout is not None
    await asyncio.wait_for(editor.stdout.readline(), 60)  # the server answers
    editor.send_signal(signal.SIGKILL)
    await asyncio.wait_for(editor.stdout.read(), 60)  # ends when the server, which inherited it, does
    await editor.communicate()


@pytest.mark.complaint(30)
async def test_garbage_between_messages_and_half_of_one_do_no_harm() -> None:
    async with process_wire() as client:
        await client.initialize()
        client.write(b"\x00\xff garbage\r\n\r\n")
        assert await client.call("fastidious/sync", None) == {}
        client.write(b"Content-Length: 0\r\n\r\n")
        assert await client.call("fastidious/sync", None) == {}
        client.write(b'Content-Length: 100\r\n\r\n{"jsonrpc": "2.0"')
        assert client.process.stdin is not None
        client.process.stdin.close()
        assert await client.exit_code() == 1


@pytest.mark.complaint(14)
async def test_a_client_without_any_folder_is_served() -> None:
    async with wire() as client:
        await client.initialize(rootUri=None, workspaceFolders=None)
        client.open(URI, BLOCKING)
        client.open("untitled:Untitled-1", BLOCKING)
        assert await starts(client) == [(0, 0)]
        assert await starts(client, "untitled:Untitled-1") == [(0, 0)]


@pytest.mark.complaint(37)
async def test_all_spellings_of_a_uri_are_one_document() -> None:
    async with wire() as client:
        await client.initialize()
        client.open("file:///c%3A/a%20b/%C3%A9.py", "")
        client.change("file:///C:/a b/é.py", 2, {"text": BLOCKING})
        assert await starts(client, "file:///c%3A/a%20b/%C3%A9.py") == [(0, 0)]
