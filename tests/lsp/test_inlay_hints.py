"""Return types that nobody declared are shown to those who want to see them."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from fastidious_rules.catalogue import PACK
from fastidious_rules.engine.finding import Edit, Fix
from fastidious_rules.engine.registry import Registry
from fastidious_rules.semantics.project import Project
from fastidious_rules.syntax.text import Span
from fastidious_server.workspace.ports import Preferences, Services
from fastidious_server.workspace.reviewer import Reviewer
from tests.lsp.fakes import FakeInference, FakeSettings, fake_services
from tests.lsp.wire import ALL_CAPABILITIES, Wire, spread, wire

if TYPE_CHECKING:
    from fastidious_rules.engine.finding import Finding

pytestmark = pytest.mark.asyncio

URI = "file:///shop/app.py"
TEXT = """\
def é😀(): pass
def count(items: list[str]):
    return len(items)
def declared() -> int:
    return 1
def mystery(x):
    return x.answer()
class Shop:
    def name(self):
        return "shop"
    def todo(self): ...
"""
WANTED = Preferences(return_type_hints=True)


@dataclass
class KnowingInference(FakeInference):
    """Inference that knows all types, as soon as it may."""

    asked: list[int] = field(default_factory=list)
    knows: bool = True
    may_answer: asyncio.Event = field(default_factory=asyncio.Event)

    async def fix(self, path: str, text: bytes, finding: Finding) -> Fix | None:
        del path
        self.asked.append(finding.span.start)
        await self.may_answer.wait()
        if not self.knows:
            return None
        end = text.index(b":", finding.span.start)
        return Fix("Annotate", (Edit(Span(end, end), " -> Answer"),))


def services(inference: FakeInference, preferences: Preferences = WANTED) -> Services:
    """Return services with the real engine."""
    engine = Reviewer(Registry([PACK]), Project())
    return fake_services(engine=engine, settings=FakeSettings(preferences=preferences), inference=inference)


def ask(client: Wire, first: int = 0, last: int = 99) -> int:
    params = {"textDocument": {"uri": URI}, "range": spread(first, 0, 0, last)}
    return client.ask("textDocument/inlayHint", params)


async def shown(client: Wire, first: int = 0, last: int = 99) -> list[tuple[int, int, str]]:
    hints: list[dict[str, Any]] = (await client.answer(ask(client, first, last)))["result"] or []
    return [(hint["position"]["line"], hint["position"]["character"], hint["label"]) for hint in hints]


async def test_nobody_is_shown_hints_who_did_not_ask_for_them() -> None:
    async with wire(services(FakeInference(), Preferences())) as client:
        await client.initialize()
        client.open(URI, TEXT)
        assert await shown(client) == []


async def test_what_is_certain_and_what_is_inferred_is_shown() -> None:
    inference = KnowingInference()
    inference.may_answer.set()
    async with wire(services(inference)) as client:
        await client.initialize()
        client.open(URI, TEXT)
        assert await shown(client) == [
            (1, 27, "-> int"),
            (5, 14, "-> Answer"),
            (8, 18, "-> str"),
        ]
        assert await shown(client, 8, 9) == [(8, 18, "-> str")]
    assert len(inference.asked) == 1


async def test_what_stays_unknown_is_asked_about_once_for_each_text() -> None:
    inference = KnowingInference(knows=False)
    inference.may_answer.set()
    async with wire(services(inference)) as client:
        await client.initialize()
        client.open(URI, TEXT)
        for _ in range(3):
            assert (5, 14, "-> Answer") not in await shown(client)
        assert len(inference.asked) == 1
        client.change(URI, 2, {"text": f"{TEXT}\n"})
        await shown(client)
        assert len(inference.asked) == 2
        client.notify("textDocument/didSave", {"textDocument": {"uri": "file:///shop/other.py"}})
        await shown(client)
        assert len(inference.asked) == 3


async def test_hints_write_themselves_down_with_the_imports_that_they_need() -> None:
    text = '"""A module."""\n\n\ndef numbers():\n    yield 1\n'
    async with wire(services(FakeInference())) as client:
        await client.initialize()
        client.open(URI, text)
        answer = await client.answer(ask(client))
    [hint] = answer["result"]
    assert hint["label"] == "-> Iterator[int]"
    assert [edit["newText"] for edit in hint["textEdits"]][1] == " -> Iterator[int]"
    assert "from collections.abc import Iterator" in hint["textEdits"][0]["newText"]


async def test_findings_do_not_wait_for_inference_and_a_change_gives_it_up() -> None:
    inference = KnowingInference()
    async with wire(services(inference)) as client:
        await client.initialize()
        client.open(URI, TEXT)
        request = ask(client)
        client.change(URI, 2, {"range": spread(0, 0, 0), "text": "import time\n"})
        await client.diagnostics(URI)
        assert client.published(URI)[-1]["version"] == 2
        inference.may_answer.set()
        answer = await client.answer(request)
    assert answer["error"]["code"] == -32801


async def test_client_is_told_to_ask_again_when_it_wants_hints() -> None:
    capabilities = {**ALL_CAPABILITIES, "workspace": {"inlayHint": {"refreshSupport": True}}}
    async with wire() as client:
        await client.initialize(capabilities)
        await client.call("fastidious/sync", None)
        client.notify("workspace/didChangeConfiguration", {"settings": {"fastidious": {"returnTypeHints": True}}})
        await client.call("fastidious/sync", None)
    assert "workspace/inlayHint/refresh" in [message.get("method") for message in client.received]
