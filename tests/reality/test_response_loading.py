"""What the guide of n-plus-one-in-response-model says that FastAPI reads of entities, tried on a database in memory."""

from __future__ import annotations

import asyncio
import gc
import warnings
from typing import Any

import pytest

pytest.importorskip("aiosqlite")
pytest.importorskip("sqlalchemy")
pytest.importorskip("fastapi")
pytest.importorskip("httpx")

import httpx
from fastapi import FastAPI
from fastapi.exceptions import ResponseValidationError
from pydantic import BaseModel, Field, field_validator, model_validator
from sqlalchemy import ForeignKey, event, insert, select
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship, selectinload


class Base(DeclarativeBase): ...


class Order(Base):
    __tablename__ = "orders"

    id: Mapped[int] = mapped_column(primary_key=True)
    lines: Mapped[list[Line]] = relationship()


class Line(Base):
    __tablename__ = "lines"

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"))


class LineOut(BaseModel):
    id: int


class OrderOut(BaseModel):
    id: int
    lines: list[LineOut]


class OrderWithDefault(BaseModel):
    lines: list[LineOut] = []


class OrderExcluded(BaseModel):
    lines: list[LineOut] = Field(exclude=True)


class OrderAlias(BaseModel):
    items: list[LineOut] = Field(alias="lines")


class OrderValidated(BaseModel):
    lines: list[LineOut]

    @field_validator("lines", mode="before")
    @classmethod
    def empty(cls, _: object) -> list[object]:
        return []


class OrderByHand(BaseModel):
    lines: list[LineOut]

    @model_validator(mode="before")
    @classmethod
    def empty(cls, _: object) -> dict[str, list[object]]:
        return {"lines": []}


def answer(model: type[BaseModel], *, loaded: bool = False, **route: Any) -> tuple[int, int]:
    """Return the status of an endpoint that returns two orders as `model`, and how many statements it sends."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "coroutine 'Connection.cursor' was never awaited")
        found = asyncio.run(_answer(model, route, loaded=loaded))
        gc.collect()  # the driver's coroutine that nobody could await goes with the traceback
    return found


async def _answer(model: type[BaseModel], route: dict[str, Any], *, loaded: bool) -> tuple[int, int]:
    engine = create_async_engine("sqlite+aiosqlite://")
    sent: list[str] = []
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
        await connection.execute(insert(Order), [{"id": 1}, {"id": 2}])
        await connection.execute(insert(Line), [{"id": 1, "order_id": 1}, {"id": 2, "order_id": 2}])
    event.listen(engine.sync_engine, "before_cursor_execute", lambda *given: sent.append(given[2]))
    app = FastAPI()
    try:
        async with async_sessionmaker(engine)() as session:

            @app.get("/", response_model=list[model], **route)
            async def orders() -> Any:
                statement = select(Order).options(selectinload(Order.lines)) if loaded else select(Order)
                return (await session.scalars(statement)).all()

            transport = httpx.ASGITransport(app)
            async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
                try:
                    return (await client.get("/")).status_code, len(sent)
                except ResponseValidationError as error:
                    return (500 if "greenlet_spawn has not been called" in str(error) else 0), len(sent)
    finally:
        await engine.dispose()


def test_an_unloaded_relationship_in_a_response_model_is_an_error_500() -> None:
    assert answer(OrderOut)[0] == 500


def test_a_loader_option_answers_with_two_queries() -> None:
    assert answer(OrderOut, loaded=True) == (200, 2)


@pytest.mark.parametrize("model", [OrderWithDefault, OrderExcluded, OrderAlias, OrderValidated])
def test_defaults_exclusions_aliases_and_validators_of_the_field_read_it_all_the_same(model: type[BaseModel]) -> None:
    assert answer(model)[0] == 500


def test_excluding_it_at_the_route_reads_it_all_the_same() -> None:
    assert answer(OrderOut, response_model_exclude={"__all__": {"lines"}})[0] == 500


def test_a_model_validator_that_runs_before_decides_what_is_read() -> None:
    assert answer(OrderByHand) == (200, 1)
