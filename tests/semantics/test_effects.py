"""Effects of functions: how far they are followed, and what keeps them up to date."""

from __future__ import annotations

from fastidious_rules.semantics.asynchrony.detectors import (
    BLOCKS,
    BLOCKS_SESSION,
    CALLS_OUT,
    COMMITS,
    QUERIES,
    TOUCHES_SESSION,
    WRITES,
)
from fastidious_rules.semantics.asynchrony.effects import Effect, effective_calls, nearest
from fastidious_rules.semantics.extract import module_facts
from fastidious_rules.semantics.project import Project


def project_of(**modules: str) -> Project:
    project = Project()
    for name, text in modules.items():
        update(project, name, text)
    return project


def update(project: Project, name: str, text: str) -> None:
    project.update(f"/project/{name}.py", name, module_facts(text.encode()))


def blocks(project: Project, qualified: str) -> Effect | None:
    return project.ask(nearest, qualified, BLOCKS)


def test_the_way_to_the_effect_names_each_call_and_its_place() -> None:
    project = project_of(
        http="import requests\n\ndef fetch(url):\n    return requests.get(url)\n",
        pdf="from http import fetch\n\ndef render():\n    return fetch('u')\n",
    )
    effect = blocks(project, "pdf.render")
    assert effect is not None
    assert effect.kind == "http"
    assert [step.callee for step in effect.steps] == ["http.fetch", "requests.get"]
    assert [(step.place.path, step.place.symbol) for step in effect.steps] == [
        ("/project/pdf.py", "render"),
        ("/project/http.py", "fetch"),
    ]


def test_the_shortest_way_wins() -> None:
    project = project_of(
        app="import time\n\ndef far():\n    near()\n\ndef near():\n    time.sleep(1)\n\ndef run():\n    far()\n    near()\n"
    )
    effect = blocks(project, "app.run")
    assert effect is not None
    assert [step.callee for step in effect.steps] == ["app.near", "time.sleep"]


def test_cycles_end() -> None:
    project = project_of(app="def one():\n    two()\n\ndef two():\n    one()\n")
    assert blocks(project, "app.one") is None


def test_coroutine_functions_and_generators_run_nothing_when_they_are_called() -> None:
    text = "import time\n\nasync def later():\n    time.sleep(1)\n\ndef rows():\n    time.sleep(1)\n    yield 1\n"
    project = project_of(app=text)
    assert blocks(project, "app.later") is None
    assert blocks(project, "app.rows") is None


def test_code_that_moves_leaves_the_effect_as_it_is() -> None:
    text = "import time\n\ndef wait():\n    time.sleep(1)\n"
    project = project_of(app=text)
    before = blocks(project, "app.wait")
    update(project, "app", f"VERSION = 1\n\n{text}")
    assert blocks(project, "app.wait") == before


def test_an_edit_of_the_helper_reaches_who_asked() -> None:
    project = project_of(
        app="from helper import wait\n\ndef run():\n    wait()\n",
        helper="import time\n\ndef wait():\n    time.sleep(1)\n",
    )
    assert blocks(project, "app.run") is not None
    update(project, "helper", "import time\n\ndef wait():\n    return time.time()\n")
    assert blocks(project, "app.run") is None


def test_sessions_are_an_effect_of_their_own() -> None:
    text = "from sqlalchemy.orm import Session\n\ndef find(session: Session):\n    return session.execute('select 1')\n"
    project = project_of(crud=text)
    effect = project.ask(nearest, "crud.find", BLOCKS_SESSION)
    assert effect is not None
    assert effect.leaf == "sqlalchemy.orm.Session.execute"
    assert blocks(project, "crud.find") is None


REPOSITORY = """\
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

class Books:
    def __init__(self, session: AsyncSession) -> None:
        self.session = session

    async def get(self, key: int):
        return await self.session.scalar(select(key))

    async def add(self, book) -> None:
        self.session.add(book)
        await self.session.commit()

    def statement(self):
        return select(1)
"""
SERVICE = """\
import asyncio
from repository import Books

async def one(books: Books, key):
    return await books.get(key)

async def several(books: Books, keys):
    return await asyncio.gather(*(one(books, key) for key in keys))

async def store(books: Books, book):
    await books.add(book)

def prepare(books: Books):
    return books.statement()
"""


def test_what_is_done_to_a_database_is_followed_through_coroutines_awaited_or_not() -> None:
    project = project_of(repository=REPOSITORY, service=SERVICE)
    effect = project.ask(nearest, "service.several", QUERIES)
    assert effect is not None
    assert [step.callee for step in effect.steps] == [
        "service.one",
        "repository.Books.get",
        "sqlalchemy.ext.asyncio.AsyncSession.scalar",
    ]
    assert [each.callee for each in project.ask(effective_calls, "service.several", QUERIES)] == ["service.one"]


def test_sorts_of_database_effects_are_told_apart() -> None:
    project = project_of(repository=REPOSITORY, service=SERVICE)

    def sorts(qualified: str) -> list[str]:
        return [
            sort
            for sort in (QUERIES, WRITES, COMMITS, TOUCHES_SESSION)
            if project.ask(nearest, qualified, sort) is not None
        ]

    assert sorts("service.one") == [QUERIES, TOUCHES_SESSION]
    assert sorts("service.store") == [WRITES, COMMITS, TOUCHES_SESSION]
    assert sorts("service.prepare") == []


def test_a_legacy_query_is_followed_along_its_chain() -> None:
    project = project_of(
        app="from sqlmodel import Session\n\ndef find(session: Session, name):\n"
        "    return session.query(User).filter(User.name == name).order_by(User.id).first()\n"
    )
    effect = project.ask(nearest, "app.find", QUERIES)
    assert effect is not None
    assert effect.leaf == "sqlalchemy.orm.Query.first"


def test_a_pool_is_no_session() -> None:
    project = project_of(
        app="import asyncpg\n\nasync def find(pool: asyncpg.Pool):\n    return await pool.fetch('SELECT 1')\n"
    )
    assert project.ask(nearest, "app.find", QUERIES) is not None
    assert project.ask(nearest, "app.find", TOUCHES_SESSION) is None


def test_requests_are_followed_whether_awaited_or_not() -> None:
    project = project_of(
        app="import httpx\nfrom openai import AsyncOpenAI\n\nclient = AsyncOpenAI()\n\n"
        "async def fetch(http: httpx.AsyncClient):\n    return await http.get('u')\n\n"
        "async def ask():\n    return await client.chat.completions.create()\n\n"
        "async def both(http: httpx.AsyncClient):\n    await fetch(http)\n\nasync def neither(rows):\n    return rows.get('u')\n"
    )
    found = {name: project.ask(nearest, f"app.{name}", CALLS_OUT) for name in ("fetch", "ask", "both", "neither")}
    assert {name for name, effect in found.items() if effect is not None} == {"fetch", "ask", "both"}
