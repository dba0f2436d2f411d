"""What a name of a column gives away."""

from __future__ import annotations

import pytest

pytest.importorskip("sqlalchemy", minversion="2")

from sqlalchemy import create_engine, select, text
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column


class Base(DeclarativeBase): ...


class User(Base):
    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    hashed_password: Mapped[str]


@pytest.fixture
def session() -> Session:
    session = Session(create_engine("sqlite://"))
    Base.metadata.create_all(session.connection())
    rows = [(1, "a", "z"), (2, "b", "y")]
    session.add_all(User(id=number, name=name, hashed_password=stored) for number, name, stored in rows)
    session.flush()
    return session


def test_the_order_tells_how_secrets_compare(session: Session) -> None:
    column = "hashed_password"
    assert session.scalars(select(User.name).order_by(getattr(User, column))).all() == ["b", "a"]
    session.close()


def test_attributes_that_are_no_columns_are_there_too() -> None:
    assert all(hasattr(User, name) for name in ("metadata", "registry", "hashed_password"))


def test_text_to_sort_by_is_sql(session: Session) -> None:
    order = "CASE WHEN (SELECT hashed_password FROM users WHERE id = 1) LIKE 'z%' THEN -id ELSE id END"
    assert session.scalars(select(User.id).order_by(text(order))).all() == [2, 1]
    session.close()
