"""Reviews."""

from collections.abc import Sequence

from app.domain.errors import NotFoundError
from app.models import Customer, Review
from app.repositories.books import BookRepository
from app.repositories.reviews import ReviewRepository
from app.schemas.page import Page
from app.schemas.review import ReviewCreate


class ReviewService:
    """What customers think of the books."""

    def __init__(self, reviews: ReviewRepository, books: BookRepository) -> None:
        self._reviews = reviews
        self._books = books

    async def get(self, review_id: int) -> Review:
        """Return a review."""
        review = await self._reviews.get(review_id)
        if review is None:
            raise NotFoundError("Review", review_id)
        return review

    async def list_of_book(self, book_id: int, page: Page) -> Sequence[Review]:
        """Return a page of the reviews of a book."""
        return await self._reviews.list_of_book(book_id, page)

    async def publish(self, customer: Customer, book_id: int, review: ReviewCreate) -> Review:
        """Store what a customer thinks of a book."""
        if await self._books.get(book_id) is None:
            raise NotFoundError("Book", book_id)
        return await self._reviews.add(
            Review(**review.model_dump(), book_id=book_id, customer_id=customer.id)
        )

    async def withdraw(self, review: Review) -> None:
        """Remove a review."""
        await self._reviews.delete(review)
