"""What the guide of gather-on-shared-session says about sessions is so."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

pytest.importorskip("aiosqlite")
sqlalchemy = pytest.importorskip("sqlalchemy")
extension = pytest.importorskip("sqlalchemy.ext.asyncio")

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path


async def _select(session: Any) -> int:
    return (await session.execute(sqlalchemy.text("select 1"))).scalar_one()


async def _with_session(work: Callable[[Any], Awaitable[Any]]) -> Any:
    engine = extension.create_async_engine("sqlite+aiosqlite://")
    session = extension.AsyncSession(engine)
    try:
        return await work(session)
    finally:
        await session.close()
        await engine.dispose()


async def _gathered(session: Any) -> list[int | BaseException]:
    return [*await asyncio.gather(_select(session), _select(session), return_exceptions=True)]


def test_gather_on_one_session_fails() -> None:
    results = asyncio.run(_with_session(_gathered))
    failures = [each for each in results if isinstance(each, sqlalchemy.exc.InvalidRequestError)]
    assert len(failures) == 1
    assert "concurrent operations are not permitted" in str(failures[0])


def test_gather_works_by_luck_once_the_session_has_its_connection() -> None:
    async def warmed(session: Any) -> list[int | BaseException]:
        await _select(session)
        return await _gathered(session)

    assert asyncio.run(_with_session(warmed)) == [1, 1]


def test_awaits_one_after_the_other_work() -> None:
    async def serial(session: Any) -> list[int]:
        return [await _select(session), await _select(session)]

    assert asyncio.run(_with_session(serial)) == [1, 1]


def test_sessions_of_their_own_work(tmp_path: Path) -> None:
    async def select_alone(engine: Any) -> int:
        async with extension.AsyncSession(engine) as session:
            return await _select(session)

    async def run() -> list[int]:
        engine = extension.create_async_engine(f"sqlite+aiosqlite:///{tmp_path}/rows.db")
        try:
            return [*await asyncio.gather(select_alone(engine), select_alone(engine))]
        finally:
            await engine.dispose()

    assert asyncio.run(run()) == [1, 1]
