"""What FastAPI sends: through a contract, around it, and without one."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

fastapi = pytest.importorskip("fastapi")
httpx = pytest.importorskip("httpx2")
orm = pytest.importorskip("sqlalchemy.orm")
sqlmodel = pytest.importorskip("sqlmodel")

from fastapi.responses import JSONResponse  # noqa: E402
from pydantic import BaseModel  # noqa: E402
from pydantic_core import PydanticSerializationError  # noqa: E402

SECRET = "$argon2id$"  # noqa: S105


class Public(BaseModel):
    email: str


class Record(Public):
    password_hash: str


RECORD = Record(email="ann@example.com", password_hash=SECRET)

Base = orm.declarative_base()


class User(Base):
    __tablename__ = "users"
    id = orm.mapped_column(sqlmodel.Integer, primary_key=True)
    password_hash = orm.mapped_column(sqlmodel.String)


class Hero(sqlmodel.SQLModel, table=True):  # type: ignore[call-arg]
    id: int | None = sqlmodel.Field(default=None, primary_key=True)
    password_hash: str


def answer(returned: Any, **route: Any) -> str:
    """Return the body that a client gets of an endpoint that returns `returned`."""
    application = fastapi.FastAPI()
    application.add_api_route("/", lambda: returned, **route)

    async def get() -> str:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(application), base_url="http://test") as client:
            response = await client.get("/")
        return response.text

    return asyncio.run(get())


def test_contract_filters_what_is_returned() -> None:
    assert SECRET not in answer(RECORD, response_model=Public)


def test_response_object_goes_around_the_contract() -> None:
    assert SECRET in answer(JSONResponse(RECORD.model_dump()), response_model=Public)


def test_response_object_need_not_even_resemble_the_contract() -> None:
    assert answer(JSONResponse({"nonsense": 1}), response_model=Public) == '{"nonsense":1}'


def test_entity_without_contract_is_sent_with_every_column() -> None:
    assert SECRET in answer(User(id=1, password_hash=SECRET))
    assert SECRET in answer(Hero(id=1, password_hash=SECRET), response_model=None)
    assert SECRET in answer({"users": [User(id=1, password_hash=SECRET)]})


def test_contract_that_says_nothing_lets_a_table_of_sqlmodel_through() -> None:
    assert SECRET in answer(Hero(id=1, password_hash=SECRET), response_model=Any)
    assert SECRET in answer({"hero": Hero(id=1, password_hash=SECRET)}, response_model=dict[str, Any])


@pytest.mark.parametrize("contract", [Any, list[Any]])
def test_contract_that_says_nothing_cannot_serialise_an_entity_of_sqlalchemy(contract: Any) -> None:
    user = User(id=1, password_hash=SECRET)
    with pytest.raises(PydanticSerializationError, match="Unable to serialize unknown type"):
        answer(user if contract is Any else [user], response_model=contract)


def test_entity_needs_no_configuration_to_pass_through_a_contract() -> None:
    class Shown(BaseModel):
        id: int

    assert answer(User(id=1, password_hash=SECRET), response_model=Shown) == '{"id":1}'
