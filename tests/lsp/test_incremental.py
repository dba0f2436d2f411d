"""The server with its engine: what is published after edits is what a new server would publish."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import pytest

from fastidious_rules.api import Call, Pack, Related, Rule, on
from fastidious_rules.catalogue import PACK
from fastidious_rules.engine.registry import Registry
from fastidious_rules.semantics.place import Place
from fastidious_rules.semantics.project import Project
from fastidious_rules.syntax.text import Span
from fastidious_server.workspace.reviewer import Reviewer
from tests.lsp.fakes import fake_services
from tests.lsp.wire import spread, wire

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.api import Finding, Scope
    from fastidious_server.workspace.ports import Services

URI = "file:///nowhere/app.py"
TEXT = '''\
import time

from fastapi import APIRouter, Depends

router = APIRouter()


@router.get("/reports/{name}")
async def read_report(name: str, user=Depends(lambda: "é😀")):
    time.sleep(1); marked("é😀"); marked()
    query = f"SELECT * FROM reports WHERE name = '{name}'"
    return marked(query)


class Service:
    """Holds one."""

    async def run(self, session):
        marked(self)
        session.execute(f"SELECT {self}")  # fastidious: ignore[sql-injection]

    def stop(self): marked(1); marked(
        2)


@router.get("/reports/all")
def read_all():
    return marked()
'''
PIECES = (
    "\n",
    "    ",
    "marked()",
    "(",
    ")",
    '"',
    "'''",
    "#",
    "é",
    "😀",
    "\r\n",
    "def f():\n    marked()\n",
    ":",
    "x = 1\n",
    "",
)

RESET = 0.2


class MarkedCall(Rule):
    """Call that the tests want to see, wherever it is."""

    message = "`marked` is here, 100%, see {{@0}}"

    @on(Call, names=frozenset({"marked"}))
    def check(self, call: Call, scope: Scope) -> Iterator[Finding]:
        del scope
        place = Place("/nowhere/app.py", "Service.run", Span(4, 9))
        yield self.finding(call, related=(Related(place, "beside {@0}"),))


def services() -> Services:
    """Return services with the real engine."""
    registry = Registry((PACK, Pack("tests", "1", (MarkedCall,))))
    return fake_services(engine=Reviewer(registry, Project()))


async def cold(text: str) -> list[dict[str, Any]]:
    """Return the diagnostics of `text` in a new server."""
    async with wire(services()) as client:
        await client.initialize()
        client.open(URI, text)
        return await client.diagnostics(URI)


def random_edit(text: str, chance: random.Random) -> tuple[int, int, str]:
    """Return where to edit, and what to put there; never inside a line end."""
    places = [index for index in range(len(text) + 1) if text[max(index - 1, 0) : index + 1] != "\r\n"]
    start = chance.choice(places)
    end = chance.choice([place for place in places if start <= place <= start + chance.choice((0, 0, 1, 3, 40))])
    return start, end, chance.choice(PIECES)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.complaint(1)
async def test_what_is_published_after_edits_is_what_a_new_server_publishes(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - edits, not secrets
    async with wire(services()) as client:
        await client.initialize()
        text = TEXT
        client.open(URI, text)
        for version in range(2, 60):
            start, end, piece = random_edit(text, chance)
            client.change(URI, version, {"range": to_range(text, start, end), "text": piece})
            text = text[:start] + piece + text[end:]
            if chance.random() < RESET:
                text = TEXT
                client.change(URI, version, {"text": TEXT})
            published, expected = await client.diagnostics(URI), await cold(text)
            if all(diagnostic["code"] != "syntax-error" for diagnostic in expected):
                assert published == expected  # broken code keeps what it had


def to_range(text: str, start: int, end: int) -> dict[str, Any]:
    """Return the range of `text[start:end]` in UTF-16."""
    first, last = position(text, start), position(text, end)
    return spread(first[0], first[1], last[1], last[0])


def position(text: str, index: int) -> tuple[int, int]:
    """Return the position of an index in UTF-16."""
    before = text[:index]
    line = before.replace("\r\n", "\n").replace("\r", "\n").count("\n")
    begin = max(before.rfind("\n"), before.rfind("\r")) + 1
    return line, len(before[begin:].encode("utf-16-le")) // 2


async def test_the_sample_has_findings_of_both_packs() -> None:
    rules = {diagnostic["code"] for diagnostic in await cold(TEXT)}
    assert "marked-call" in rules
    assert len(rules) > 1
