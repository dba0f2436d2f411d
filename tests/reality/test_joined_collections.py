"""Results of joins to a collection have to be made unique."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

pytest.importorskip("sqlalchemy", minversion="2")

from sqlalchemy import ForeignKey, create_engine, select
from sqlalchemy.exc import InvalidRequestError
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    Session,
    contains_eager,
    joinedload,
    mapped_column,
    relationship,
    selectinload,
)
from sqlalchemy.pool import StaticPool

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class Base(DeclarativeBase): ...


class Author(Base):
    __tablename__ = "authors"

    id: Mapped[int] = mapped_column(primary_key=True)
    books: Mapped[list[Book]] = relationship(back_populates="author")


class Book(Base):
    __tablename__ = "books"

    id: Mapped[int] = mapped_column(primary_key=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("authors.id"))
    author: Mapped[Author] = relationship(back_populates="books")


class Shelf(Base):
    __tablename__ = "shelves"

    id: Mapped[int] = mapped_column(primary_key=True)
    slots: Mapped[list[Slot]] = relationship(lazy="joined")


class Slot(Base):
    __tablename__ = "slots"

    id: Mapped[int] = mapped_column(primary_key=True)
    shelf_id: Mapped[int] = mapped_column(ForeignKey("shelves.id"))


JOINED = select(Author).options(joinedload(Author.books))


@pytest.fixture
def empty() -> Iterator[Session]:
    engine = create_engine("sqlite://", poolclass=StaticPool)
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        yield session
    engine.dispose()


@pytest.fixture
def session(empty: Session) -> Session:
    empty.add_all([Author(id=1, books=[Book(id=1), Book(id=2)]), Shelf(id=1, slots=[Slot(id=1)])])
    empty.commit()
    empty.expunge_all()
    return empty


@pytest.mark.parametrize(
    "read",
    [
        lambda session: session.scalars(JOINED).all(),
        lambda session: session.execute(JOINED).all(),
        lambda session: list(session.scalars(JOINED)),
        lambda session: session.scalars(JOINED).one(),
        lambda session: session.execute(JOINED).scalar_one_or_none(),
        lambda session: session.scalars(JOINED).fetchmany(1),
        lambda session: next(session.scalars(JOINED)),
        lambda session: session.scalars(select(Shelf)).all(),
        lambda session: session.scalars(select(Author).join(Author.books).options(contains_eager(Author.books))).all(),
        lambda session: session.scalars(select(Book).options(joinedload(Book.author).joinedload(Author.books))).all(),
    ],
)
def test_reading_a_row_raises(session: Session, read: Callable[[Session], object]) -> None:
    with pytest.raises(InvalidRequestError, match=r"unique\(\)"):
        read(session)


@pytest.mark.parametrize(
    "read",
    [
        lambda session: session.scalars(JOINED).unique().all(),
        lambda session: session.execute(JOINED).unique().scalars().all(),
        lambda session: session.execute(JOINED).scalars().unique().all(),
        lambda session: session.query(Author).options(joinedload(Author.books)).all(),
        lambda session: [session.scalars(JOINED).first()],
        lambda session: [session.scalar(JOINED)],
        lambda session: [session.get(Author, 1, options=[joinedload(Author.books)])],
        lambda session: session.scalars(select(Author).options(selectinload(Author.books))).all(),
        lambda session: session.scalars(
            select(Author).options(selectinload(Author.books).joinedload(Book.author).joinedload(Author.books))
        ).all(),
    ],
)
def test_these_give_each_author_once(session: Session, read: Callable[[Session], list[Any]]) -> None:
    assert [author.id for author in read(session)] == [1]


def test_single_objects_and_columns_need_nothing(session: Session) -> None:
    assert len(session.scalars(select(Book).options(joinedload(Book.author))).all()) == 2
    assert session.execute(select(Shelf.id)).all() == [(1,)]
    assert len(session.scalars(select(Shelf).options(selectinload(Shelf.slots))).all()) == 1


def test_empty_tables_hide_it(empty: Session) -> None:
    assert empty.scalars(JOINED).all() == []
