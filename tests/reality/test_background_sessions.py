"""What the guide of background-task-uses-closed-session says about the order of things is so."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

fastapi = pytest.importorskip("fastapi")
httpx = pytest.importorskip("httpx2")

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path


class _Request:
    """One request, and the order of what happened in it."""

    def __init__(self) -> None:
        self.events: list[str] = []
        self.tasks: list[asyncio.Task[None]] = []
        self.finished = asyncio.Event()

    async def session(self) -> AsyncIterator[str]:
        self.events.append("opened")
        yield "session"
        self.events.append("closed")

    async def work(self) -> None:
        self.events.append("worked")

    async def work_on(self) -> None:
        await self.finished.wait()
        self.events.append("worked")

    async def sent(self, application: Any) -> list[str]:
        transport = httpx.ASGITransport(app=application)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            await client.get("/")
        self.finished.set()
        await asyncio.gather(*self.tasks)
        return self.events


async def _order_of_background_task(scope: str) -> list[str]:
    request, application = _Request(), fastapi.FastAPI()

    def start(tasks: Any, session: str = fastapi.Depends(request.session, scope=scope)) -> None:
        tasks.add_task(request.work)
        assert session

    start.__annotations__["tasks"] = fastapi.BackgroundTasks
    application.get("/")(start)
    return await request.sent(application)


def test_background_task_runs_before_the_dependency_is_left() -> None:
    assert asyncio.run(_order_of_background_task("request")) == ["opened", "worked", "closed"]


def test_background_task_runs_after_a_dependency_of_function_scope_is_left() -> None:
    assert asyncio.run(_order_of_background_task("function")) == ["opened", "closed", "worked"]


def test_task_of_the_event_loop_outlives_the_dependency() -> None:
    async def run() -> list[str]:
        request, application = _Request(), fastapi.FastAPI()

        async def start(session: str = fastapi.Depends(request.session)) -> None:
            request.tasks.append(asyncio.create_task(request.work_on()))
            assert session

        application.get("/")(start)
        return await request.sent(application)

    assert asyncio.run(run()) == ["opened", "closed", "worked"]


def test_closed_session_opens_itself_again_and_keeps_a_connection(tmp_path: Path) -> None:
    pytest.importorskip("aiosqlite")
    sqlalchemy = pytest.importorskip("sqlalchemy")
    extension = pytest.importorskip("sqlalchemy.ext.asyncio")

    async def run() -> tuple[int, int]:
        engine = extension.create_async_engine(f"sqlite+aiosqlite:///{tmp_path}/rows.db")
        async with extension.AsyncSession(engine) as session:
            await session.execute(sqlalchemy.text("select 1"))
        closed = engine.pool.checkedout()
        await session.execute(sqlalchemy.text("select 1"))
        used = engine.pool.checkedout()
        await session.close()
        await engine.dispose()
        return closed, used

    assert asyncio.run(run()) == (0, 1)
