"""Routes for books."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Query, status

from app.api.dependencies import CatalogueServiceDep, CurrentCustomer, PageDep
from app.models import Book
from app.schemas.catalogue import BestSeller, BookCreate, BookRead, BookUpdate, Quote

router = APIRouter()


@router.get("/", response_model=list[BookRead])
async def list_books(catalogue: CatalogueServiceDep, page: PageDep) -> Sequence[Book]:
    """List the books for sale, by title."""
    return await catalogue.list_books(page)


@router.get("/search", response_model=list[BookRead])
async def search_books(
    catalogue: CatalogueServiceDep, page: PageDep, phrase: str = Query(min_length=2)
) -> Sequence[Book]:
    """List the books whose title contains a phrase."""
    return await catalogue.search_books(phrase, page)


@router.post("/", response_model=BookRead, status_code=status.HTTP_201_CREATED)
async def add_book(book: BookCreate, catalogue: CatalogueServiceDep, _: CurrentCustomer) -> Book:
    """Add a book to the catalogue."""
    return await catalogue.add_book(book)


@router.get("/{book_id}", response_model=BookRead)
async def read_book(book_id: int, catalogue: CatalogueServiceDep) -> Book:
    """Show a book."""
    return await catalogue.get_book(book_id)


@router.get("/{book_id}/quote", response_model=Quote)
async def quote_book(
    book_id: int,
    catalogue: CatalogueServiceDep,
    currency: Annotated[str, Query(pattern="^[A-Z]{3}$")],
) -> Quote:
    """Show the price of a book in another currency."""
    return await catalogue.quote(book_id, currency)


@router.patch("/{book_id}", response_model=BookRead)
async def update_book(
    book_id: int, changes: BookUpdate, catalogue: CatalogueServiceDep, _: CurrentCustomer
) -> Book:
    """Change title, price or stock of a book."""
    return await catalogue.update_book(book_id, changes)


@router.get("/best-sellers", response_model=list[BestSeller])
async def list_best_sellers(
    catalogue: CatalogueServiceDep,
    page: PageDep,
    days: Annotated[int, Query(ge=1, le=365)] = 30,
) -> list[BestSeller]:
    """List what sold best in the last days."""
    return await catalogue.list_best_sellers(days, page)
