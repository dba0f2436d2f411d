"""What FastAPI and databases make of page sizes."""

from __future__ import annotations

from typing import Annotated

import pytest

pytest.importorskip("fastapi")
pytest.importorskip("sqlalchemy", minversion="2")

from fastapi import FastAPI, Query
from pydantic import TypeAdapter
from sqlalchemy import create_engine, literal, select, union_all
from sqlalchemy.orm import Session

app = FastAPI()


@app.get("/open")
def open_ended(limit: int = 100) -> int:
    return limit


@app.get("/bounded")
def bounded(limit: Annotated[int, Query(ge=1, le=100)] = 100) -> int:
    return limit


@app.get("/optional")
def optional(limit: Annotated[int | None, Query(ge=1, le=100)] = None) -> int | None:
    return limit


def _limit_of(path: str) -> dict[str, object]:
    (parameter,) = app.openapi()["paths"][path]["get"]["parameters"]
    return parameter["schema"]


def test_a_default_is_no_bound() -> None:
    assert not {"maximum", "exclusiveMaximum"} & _limit_of("/open").keys()
    assert TypeAdapter(int).validate_python("10000000") == 10_000_000


def test_a_bound_is_checked_and_documented() -> None:
    schema = _limit_of("/bounded")
    assert (schema["minimum"], schema["maximum"]) == (1, 100)


def test_no_value_passes_a_bound() -> None:
    assert TypeAdapter(Annotated[int | None, Query(ge=1, le=100)]).validate_python(None) is None


def test_sqlite_takes_a_negative_limit_for_all_rows() -> None:
    rows = union_all(*(select(literal(number)) for number in range(3)))
    with Session(create_engine("sqlite://")) as session:
        assert len(session.execute(rows.limit(-1)).all()) == 3
        assert len(session.execute(rows.limit(2)).all()) == 2
