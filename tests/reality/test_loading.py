"""What the guides about loading say that SQLAlchemy and FastAPI do, tried on databases in memory."""

from __future__ import annotations

import asyncio
import gc
import warnings
from typing import TYPE_CHECKING, Any

import pytest

pytest.importorskip("aiosqlite")
pytest.importorskip("sqlalchemy")

from sqlalchemy import ForeignKey, event, insert, select
from sqlalchemy.exc import InvalidRequestError, MissingGreenlet, StatementError
from sqlalchemy.ext.asyncio import AsyncAttrs, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship, selectinload

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable


class Base(AsyncAttrs, DeclarativeBase): ...


class Order(Base):
    __tablename__ = "orders"

    id: Mapped[int] = mapped_column(primary_key=True)
    note: Mapped[str] = mapped_column(default="")
    lines: Mapped[list[Line]] = relationship(back_populates="order")


class Line(Base):
    __tablename__ = "lines"

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int | None] = mapped_column(ForeignKey("orders.id"))
    order: Mapped[Order] = relationship(back_populates="lines")


def run(work: Callable[[AsyncSession], Awaitable[Any]], **options: Any) -> tuple[Any, int]:
    """Return what `work` gives on a database with two orders of two lines, and how many statements it sends."""
    return asyncio.run(_run(work, options))


async def _run(work: Callable[[AsyncSession], Awaitable[Any]], options: dict[str, Any]) -> tuple[Any, int]:
    engine = create_async_engine("sqlite+aiosqlite://")
    sent: list[str] = []
    try:
        async with engine.begin() as connection:
            await connection.run_sync(Base.metadata.create_all)
            await connection.execute(insert(Order), [{"id": 1, "note": "a"}, {"id": 2, "note": "b"}])
            lines = [{"id": number, "order_id": 1 + number % 2} for number in range(1, 5)]
            await connection.execute(insert(Line), lines)
        event.listen(engine.sync_engine, "before_cursor_execute", lambda *given: sent.append(given[2]))
        async with async_sessionmaker(engine, **options)() as session:
            return await work(session), len(sent)
    finally:
        await engine.dispose()


def is_refused(work: Callable[[AsyncSession], Awaitable[Any]], **options: Any) -> bool:
    """Tell whether `work` asks for a row where nothing can be awaited."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "coroutine 'Connection.cursor' was never awaited")
        refused = _is_refused(work, options)
        gc.collect()  # the driver's coroutine that nobody could await goes with the traceback
    return refused


def _is_refused(work: Callable[[AsyncSession], Awaitable[Any]], options: dict[str, Any]) -> bool:
    try:
        run(work, **options)
    except (MissingGreenlet, StatementError) as error:
        return "greenlet_spawn has not been called" in str(error)
    return False


# query-in-loop


def test_a_query_in_a_loop_is_sent_once_for_each_item() -> None:
    async def work(session: AsyncSession) -> list[Line | None]:
        return [await session.get(Line, number) for number in (1, 2, 3, 4)]

    assert run(work)[1] == 4


def test_one_query_finds_the_rows_of_all_items() -> None:
    async def work(session: AsyncSession) -> list[int]:
        lines_by_id = {line.id: line for line in await session.scalars(select(Line).where(Line.id.in_([1, 2, 3, 4])))}
        return sorted(lines_by_id)

    assert run(work) == ([1, 2, 3, 4], 1)


def test_get_finds_what_the_session_holds_without_a_query() -> None:
    async def work(session: AsyncSession) -> None:
        lines = (await session.scalars(select(Line))).all()
        for line in lines:
            assert await session.get(Line, line.id) is line

    assert run(work)[1] == 1


def test_one_execute_takes_many_rows() -> None:
    async def work(session: AsyncSession) -> None:
        await session.execute(insert(Line), [{"id": number, "order_id": 1} for number in (10, 11, 12)])

    assert run(work)[1] == 1


def test_a_result_is_gone_after_it_was_iterated_over() -> None:
    async def work(session: AsyncSession) -> tuple[int, bool]:
        lines = await session.scalars(select(Line))
        first = len(list(lines))
        try:
            return first, bool(list(lines))
        except InvalidRequestError:
            return first, False

    assert run(work)[0] == (4, False)


# lazy-load-in-async


def test_an_unloaded_relationship_is_refused_in_async_code() -> None:
    async def collection(session: AsyncSession) -> Any:
        return (await session.get_one(Order, 1)).lines

    async def single(session: AsyncSession) -> Any:
        return (await session.get_one(Line, 1)).order.note

    assert is_refused(collection)
    assert is_refused(single)


def test_a_loader_option_an_awaitable_attribute_and_a_named_refresh_load_it() -> None:
    async def work(session: AsyncSession) -> list[int]:
        loaded = await session.get_one(Order, 1, options=[selectinload(Order.lines)])
        sizes = [len(loaded.lines)]
        session.expunge_all()
        order = await session.get_one(Order, 1)
        sizes.append(len(await order.awaitable_attrs.lines))
        session.expunge_all()
        order = await session.get_one(Order, 1)
        await session.refresh(order, ["lines"])
        return [*sizes, len(order.lines)]

    assert run(work)[0] == [2, 2, 2]


def test_a_refresh_without_names_does_not_load_a_relationship() -> None:
    async def work(session: AsyncSession) -> Any:
        order = await session.get_one(Order, 1)
        await session.refresh(order)
        return order.lines

    assert is_refused(work)


def test_a_new_object_has_its_collections_until_it_is_flushed() -> None:
    async def new(session: AsyncSession) -> Any:
        order = Order()
        session.add(order)
        return order.lines

    async def flushed(session: AsyncSession) -> Any:
        order = Order()
        session.add(order)
        await session.flush()
        return order.lines

    assert run(new)[0] == []
    assert is_refused(flushed)


def test_assigning_a_collection_that_is_not_loaded_is_refused_too() -> None:
    async def assigned(session: AsyncSession) -> None:
        order = await session.get_one(Order, 1)
        order.lines = []

    async def appended(session: AsyncSession) -> None:
        (await session.get_one(Order, 1)).lines.append(Line())

    async def single(session: AsyncSession) -> None:
        line = await session.get_one(Line, 1)
        line.order = await session.get_one(Order, 2)

    assert is_refused(assigned)
    assert is_refused(appended)
    assert not is_refused(single)


def test_a_single_object_that_the_session_holds_needs_no_query() -> None:
    async def work(session: AsyncSession) -> str:
        order = await session.get_one(Order, 2)
        line = await session.get_one(Line, 1)
        return line.order.note + order.note

    assert run(work)[0] == "bb"


# expired-attribute-after-commit


async def _read_after_commit(session: AsyncSession) -> str:
    order = await session.get_one(Order, 1)
    await session.commit()
    return order.note


def test_an_attribute_read_after_commit_is_refused() -> None:
    assert is_refused(_read_after_commit)


def test_objects_stay_readable_after_commit_without_expiry() -> None:
    assert run(_read_after_commit, expire_on_commit=False)[0] == "a"


def test_the_key_of_a_new_object_is_expired_by_commit_too() -> None:
    async def work(session: AsyncSession) -> int:
        order = Order()
        session.add(order)
        await session.commit()
        return order.id

    assert is_refused(work)
    assert run(work, expire_on_commit=False)[0] == 3


def test_a_refresh_or_a_query_after_commit_makes_objects_readable() -> None:
    async def refreshed(session: AsyncSession) -> str:
        order = await session.get_one(Order, 1)
        await session.commit()
        await session.refresh(order)
        return order.note

    async def asked_again(session: AsyncSession) -> str:
        order = await session.get_one(Order, 1)
        await session.commit()
        await session.execute(select(Order))
        return order.note

    assert run(refreshed)[0] == run(asked_again)[0] == "a"


def test_a_flush_expires_nothing_and_a_rollback_everything() -> None:
    async def flushed(session: AsyncSession) -> str:
        order = await session.get_one(Order, 1)
        order.note = "c"
        await session.flush()
        return order.note

    async def rolled_back(session: AsyncSession) -> str:
        order = await session.get_one(Order, 1)
        await session.rollback()
        return order.note

    assert run(flushed)[0] == "c"
    assert is_refused(rolled_back, expire_on_commit=False)
