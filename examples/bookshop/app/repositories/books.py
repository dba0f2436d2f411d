"""Storage of books."""

from collections.abc import Sequence

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from app.models import Book
from app.schemas.page import Page


class BookRepository:
    """Books in the database."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def get(self, book_id: int) -> Book | None:
        """Return a book with its author, if there is one with this id."""
        statement = select(Book).options(joinedload(Book.author)).where(Book.id == book_id)
        return await self._session.scalar(statement)

    async def get_by_isbn(self, isbn: str) -> Book | None:
        """Return the book with this ISBN, if the shop sells it."""
        return await self._session.scalar(select(Book).where(Book.isbn == isbn))

    async def list_page(self, page: Page) -> Sequence[Book]:
        """Return a page of the catalogue, by title."""
        statement = (
            select(Book)
            .options(joinedload(Book.author))
            .order_by(Book.title, Book.id)
            .limit(page.limit)
            .offset(page.offset)
        )
        return (await self._session.scalars(statement)).all()

    async def search(self, phrase: str, page: Page) -> Sequence[Book]:
        """Return a page of the books whose title contains a phrase."""
        matches = await self._session.scalars(
            text(f"SELECT id FROM books WHERE title LIKE '%{phrase}%'")
        )
        statement = (
            select(Book)
            .options(joinedload(Book.author))
            .where(Book.id.in_(matches.all()))
            .order_by(Book.title, Book.id)
            .limit(page.limit)
            .offset(page.offset)
        )
        return (await self._session.scalars(statement)).all()

    async def get_for_sale(self, book_ids: Sequence[int]) -> dict[int, Book]:
        """Return books by id, locked until the transaction ends."""
        statement = select(Book).where(Book.id.in_(book_ids)).with_for_update()
        books = await self._session.scalars(statement)
        return {book.id: book for book in books}

    async def add(self, book: Book) -> Book:
        """Store a new book."""
        self._session.add(book)
        await self._session.flush()
        await self._session.refresh(book, ["author"])
        return book
