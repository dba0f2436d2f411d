"""Storage of authors."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Author


class AuthorRepository:
    """Authors in the database."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def get(self, author_id: int) -> Author | None:
        """Return an author, if there is one with this id."""
        return await self._session.get(Author, author_id)

    async def list_all(self) -> Sequence[Author]:
        """Return the authors in alphabetical order."""
        authors = await self._session.scalars(select(Author).order_by(Author.name))
        return authors.all()

    async def add(self, author: Author) -> Author:
        """Store a new author."""
        self._session.add(author)
        await self._session.flush()
        return author
