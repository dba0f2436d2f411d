"""Without an order, the plan of a database decides what is on a page."""

from __future__ import annotations

import pytest

pytest.importorskip("sqlalchemy", minversion="2")

from sqlalchemy import create_engine, select, text
from sqlalchemy.exc import ArgumentError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column


class Base(DeclarativeBase): ...


class Item(Base):
    __tablename__ = "items"

    id: Mapped[int] = mapped_column(primary_key=True)
    rank: Mapped[int]


def test_a_new_index_moves_rows_to_another_page() -> None:
    page = select(Item.id).where(Item.rank > 0).limit(2)
    with Session(create_engine("sqlite://")) as session:
        Base.metadata.create_all(session.connection())
        session.add_all([Item(id=number, rank=10 - number) for number in range(1, 7)])
        session.flush()
        first = session.scalars(page).all()
        session.execute(text("CREATE INDEX by_rank ON items (rank)"))
        second = session.scalars(page.offset(2)).all()
        ordered = session.scalars(page.order_by(Item.id)).all()
    assert (first, second, ordered) == ([1, 2], [4, 3], [1, 2])


def test_an_order_after_the_page_is_cut_counts() -> None:
    sql = str(select(Item.id).limit(2).order_by(Item.id))
    assert sql.index("ORDER BY") < sql.index("LIMIT")


def test_mappers_have_no_order_in_sqlalchemy_2() -> None:
    with pytest.raises((TypeError, ArgumentError)):
        type("Tag", (Base,), {
            "__tablename__": "tags", "__mapper_args__": {"order_by": "id"}, "id": mapped_column(primary_key=True),
            "__annotations__": {"id": Mapped[int]},
        })  # fmt: skip
