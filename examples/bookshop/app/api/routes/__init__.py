"""Routes of the shop."""

from fastapi import APIRouter

from app.api.routes import authors, books, customers, health, orders, reviews

router = APIRouter()
router.include_router(health.router)
router.include_router(authors.router, prefix="/authors", tags=["catalogue"])
router.include_router(books.router, prefix="/books", tags=["catalogue"])
router.include_router(reviews.router, tags=["reviews"])
router.include_router(customers.router, prefix="/customers", tags=["customers"])
router.include_router(orders.router, prefix="/orders", tags=["orders"])
