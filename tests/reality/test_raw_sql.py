"""SQLAlchemy 2 runs no plain strings."""

from __future__ import annotations

import pytest

pytest.importorskip("sqlalchemy", minversion="2")

from sqlalchemy import create_engine, text
from sqlalchemy.exc import ArgumentError, ObjectNotExecutableError, StatementError
from sqlalchemy.orm import Session

ENGINE = create_engine("sqlite://")


@pytest.mark.parametrize("method", ["execute", "scalar", "scalars"])
def test_sessions_refuse_strings(method: str) -> None:
    with Session(ENGINE) as session, pytest.raises(ArgumentError, match="explicitly declared as text"):
        getattr(session, method)("SELECT 1")


def test_sessions_of_sqlmodel_refuse_strings() -> None:
    sqlmodel = pytest.importorskip("sqlmodel")
    with sqlmodel.Session(ENGINE) as session:
        with pytest.raises(ArgumentError, match="explicitly declared as text"):
            session.exec("SELECT 1")
        assert session.exec(text("SELECT 1")).all() == [(1,)]


def test_connections_refuse_strings() -> None:
    with ENGINE.connect() as connection, pytest.raises(ObjectNotExecutableError):
        connection.execute("SELECT 1")  # type: ignore[call-overload]


def test_engines_execute_nothing() -> None:
    assert not hasattr(ENGINE, "execute")


def test_text_runs() -> None:
    with Session(ENGINE) as session:
        assert session.scalar(text("SELECT 1")) == 1


def test_the_driver_takes_strings_with_its_own_placeholders() -> None:
    with ENGINE.connect() as connection:
        assert connection.exec_driver_sql("SELECT ?", (1,)).scalar() == 1


def test_text_takes_a_colon_in_quotes_for_a_parameter() -> None:
    with Session(ENGINE) as session, pytest.raises(StatementError, match="done"):
        session.execute(text("SELECT ':done'"))


def test_a_cast_and_a_time_are_no_parameters() -> None:
    assert not text("SELECT a::text, '12:30'").compile().params
