"""Storage of reviews."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Review
from app.schemas.page import Page


class ReviewRepository:
    """Reviews in the database."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def get(self, review_id: int) -> Review | None:
        """Return a review, if there is one with this id."""
        return await self._session.get(Review, review_id)

    async def list_of_book(self, book_id: int, page: Page) -> Sequence[Review]:
        """Return a page of the reviews of a book, newest first."""
        statement = (
            select(Review)
            .where(Review.book_id == book_id, Review.hidden is not True)
            .order_by(Review.written_at.desc(), Review.id)
            .limit(page.limit)
            .offset(page.offset)
        )
        return (await self._session.scalars(statement)).all()

    async def add(self, review: Review) -> Review:
        """Store a new review."""
        self._session.add(review)
        await self._session.flush()
        return review

    async def delete(self, review: Review) -> None:
        """Remove a review."""
        await self._session.delete(review)
