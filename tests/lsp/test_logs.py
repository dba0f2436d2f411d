"""What the server says of itself: in the editor's log, on standard error, and as a trace."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING, Any, cast

import pytest

from fastidious_rules import __version__
from fastidious_server.lsp.background.logs import ClientLog
from fastidious_server.lsp.background.recorder import Recorder
from fastidious_server.lsp.server import Server
from fastidious_server.workspace.ports import Preferences
from tests.lsp.fakes import FakeSettings, fake_services
from tests.lsp.wire import process_wire, wire

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.asyncio

URI = "file:///nowhere/app.py"
ERROR, WARNING, INFO, DEBUG = 1, 2, 3, 4
SERVER = logging.getLogger("fastidious_server.anywhere")


async def test_the_server_says_once_who_it_is() -> None:
    async with wire() as client:
        await client.initialize(rootUri="file:///a")
        client.open(URI, "blocking")
        await client.call("fastidious/sync", None)
        (message,) = client.logged
        assert message["type"] == INFO
        assert message["message"].startswith(f"Fastidious {__version__} on ")
        assert message["message"].endswith("utf-16 columns; /a")


async def test_only_what_is_important_enough_is_logged_and_that_changes_with_the_settings() -> None:
    services = fake_services()
    settings = cast("FakeSettings", services.settings)
    settings.preferences = Preferences(log_level="warning")
    async with wire(services) as client:
        await client.initialize()
        await client.call("fastidious/sync", None)
        assert client.logged == []
        SERVER.info("unheard")
        SERVER.warning("heard of %s", "it")
        settings.preferences = Preferences(log_level="debug")
        client.notify("workspace/didChangeConfiguration", {"settings": {"logLevel": "debug"}})
        await client.call("fastidious/sync", None)
        SERVER.debug("all of it")
        SERVER.error("😀")
        await client.call("fastidious/sync", None)
        heard = [(message["type"], message["message"]) for message in client.logged]
        assert heard == [(WARNING, "heard of it"), (DEBUG, "all of it"), (ERROR, "😀")]


async def test_messages_of_other_threads_arrive_whole() -> None:
    async with wire() as client:
        await client.initialize()
        await client.call("fastidious/sync", None)
        threads = [threading.Thread(target=lambda: SERVER.info("from a thread")) for _ in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        await client.call("fastidious/sync", None)
        assert [message["message"] for message in client.logged[1:]] == ["from a thread"] * 20


async def test_a_document_that_cannot_be_reviewed_is_logged_with_its_reason() -> None:
    async with wire() as client:
        await client.initialize()
        client.open(URI, "crash")
        await client.call("fastidious/sync", None)
        message = client.logged[-1]
        assert message["type"] == ERROR
        assert message["message"].startswith(f"Could not review {URI}\nTraceback")
        assert not [each for each in client.received if each.get("method") == "window/showMessage"]


async def test_nobody_is_told_anything_after_shutdown() -> None:
    async with wire() as client:
        await client.initialize()
        await client.call("shutdown", None)
        SERVER.error("too late")
        refused = await client.answer(client.ask("fastidious/sync", None))
        assert refused["error"]["code"] == -32600
        assert [message["message"] for message in client.logged if message["type"] == ERROR] == []


async def test_a_client_that_wants_a_trace_is_told_how_long_things_take() -> None:
    async with wire() as client:
        await client.initialize(trace="messages")
        client.open(URI, "blocking")
        await client.call("fastidious/sync", None)
        first = traced(client.received)
        assert [message["message"].partition(" took ")[0] for message in first] == [
            "initialize",
            "review",
            "fastidious/sync",
        ]
        assert all("verbose" not in message for message in first)
        client.notify("$/setTrace", {"value": "verbose"})
        client.change(URI, 2, {"text": "slow"})
        await client.call("fastidious/sync", None)
        assert [message["verbose"] for message in traced(client.received)[3:]] == [f"{URI} version 2", "request 3"]
        client.notify("$/setTrace", {"value": "off"})
        await client.call("fastidious/sync", None)
        assert len(traced(client.received)) == 5


def traced(messages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the parameters of what was traced."""
    return [message["params"] for message in messages if message.get("method") == "$/logTrace"]


@pytest.mark.parametrize(("level", "introductions"), [("info", 0), ("debug", 1)])
async def test_standard_error_has_failures_and_all_of_the_log_only_for_debugging(
    level: str, introductions: int
) -> None:
    async with process_wire() as client:
        await client.initialize(initializationOptions={"logLevel": level})
        client.open(URI, "crash")
        await client.call("fastidious/sync", None)
        client.notify("exit", None)
        assert await client.exit_code() == 1
        assert client.process.stderr is not None
        text = (await client.process.stderr.read()).decode()
        assert text.count(f" INFO Fastidious {__version__} on ") == introductions
        assert text.count(" ERROR Could not review") == 1


class Silence:
    """Client that hears nothing."""

    def __getattr__(self, _name: str) -> Callable[..., None]:
        return lambda *_arguments: None


async def test_figures_say_what_is_usual_and_what_was_slowest() -> None:
    now = 0.0
    recorder = Recorder(cast("Any", Silence()), lambda: now)
    for number in range(1, 101):
        with recorder.measured("review", f"{number}.py"):
            now += number
    recorder.begin(7, "hover")
    now += 1
    recorder.end(7)
    recorder.end(8)
    reviews, hovers = recorder.figures()
    assert (reviews.name, reviews.times, reviews.median, reviews.high) == ("review", 100, 50, 95)
    assert reviews.slowest == (100, "100.py")
    assert (hovers.name, hovers.times, hovers.slowest) == ("hover", 1, (1, "request 7"))


class Broken:
    """Writer to a client that is gone."""

    def __init__(self) -> None:
        self.attempts = 0

    def write(self, _data: bytes) -> None:
        self.attempts += 1
        raise BrokenPipeError

    def close(self) -> None:
        pass


@pytest.mark.complaint(28)
async def test_a_client_that_is_gone_is_told_so_once() -> None:
    server, writer = Server(fake_services), Broken()
    server.connection.set_writer(writer)
    log = ClientLog(server)
    SERVER.addHandler(log)
    try:
        SERVER.error("first")
        SERVER.error("second")
    finally:
        SERVER.removeHandler(log)
    assert writer.attempts == 1
    assert server.connection.is_closed
