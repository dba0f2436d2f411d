"""Routes for reviews."""

from collections.abc import Sequence

from fastapi import APIRouter, HTTPException, status

from app.api.dependencies import CurrentCustomer, PageDep, ReviewServiceDep
from app.models import Review
from app.schemas.review import ReviewCreate, ReviewRead

router = APIRouter()


@router.get("/books/{book_id}/reviews", response_model=list[ReviewRead])
async def list_reviews(book_id: int, reviews: ReviewServiceDep, page: PageDep) -> Sequence[Review]:
    """List the reviews of a book, newest first."""
    return await reviews.list_of_book(book_id, page)


@router.post(
    "/books/{book_id}/reviews", response_model=ReviewRead, status_code=status.HTTP_201_CREATED
)
async def publish_review(
    book_id: int, review: ReviewCreate, customer: CurrentCustomer, reviews: ReviewServiceDep
) -> Review:
    """Publish a review of a book."""
    return await reviews.publish(customer, book_id, review)


@router.delete("/reviews/{review_id}", status_code=status.HTTP_204_NO_CONTENT)
async def withdraw_review(
    review_id: int, customer: CurrentCustomer, reviews: ReviewServiceDep
) -> None:
    """Withdraw a review of one's own."""
    review = await reviews.get(review_id)
    if review.customer_id != customer.id:
        return HTTPException(status.HTTP_403_FORBIDDEN, "Only the author may withdraw a review")
    await reviews.withdraw(review)
