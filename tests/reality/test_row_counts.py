"""Counting in the database gives what counting loaded rows gives."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

pytest.importorskip("sqlalchemy", minversion="2")

from sqlalchemy import create_engine, event, func, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

if TYPE_CHECKING:
    from collections.abc import Iterator


class Base(DeclarativeBase): ...


class User(Base):
    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str]


@pytest.fixture
def session() -> Iterator[Session]:
    engine = create_engine("sqlite://")
    with Session(engine) as session:
        Base.metadata.create_all(session.connection())
        session.add_all([User(id=number, email=f"{number % 2}@example.com") for number in range(1, 4)])
        session.flush()
        yield session
    engine.dispose()


def test_a_count_equals_the_number_of_rows(session: Session) -> None:
    count = select(func.count()).select_from(User)
    assert session.scalars(count).one() == session.execute(count).scalar_one() == 3
    assert session.query(User).count() == len(session.scalars(select(User)).all()) == 3


def test_a_subquery_counts_what_a_statement_gives(session: Session) -> None:
    statement = select(User.email).distinct()
    assert session.scalars(select(func.count()).select_from(statement.subquery())).one() == 2
    assert len(session.scalars(statement).all()) == 2


def test_first_of_a_result_puts_no_limit_on_the_query(session: Session) -> None:
    seen: list[str] = []
    event.listen(session.connection(), "before_cursor_execute", lambda *given: seen.append(given[2]))
    assert session.scalars(select(User)).first() is not None
    assert session.query(User).first() is not None
    assert ["LIMIT" in each for each in seen] == [False, True]
