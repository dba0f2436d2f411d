"""Routes for authors."""

from collections.abc import Sequence

from fastapi import APIRouter, status

from app.api.dependencies import CatalogueServiceDep, CurrentCustomer
from app.models import Author
from app.schemas.catalogue import AuthorCreate, AuthorRead

router = APIRouter()


@router.get("/", response_model=list[AuthorRead])
async def list_authors(catalogue: CatalogueServiceDep) -> Sequence[Author]:
    """List the authors whose books are for sale."""
    return await catalogue.list_authors()


@router.post("/", response_model=AuthorRead, status_code=status.HTTP_201_CREATED)
async def add_author(
    author: AuthorCreate, catalogue: CatalogueServiceDep, _: CurrentCustomer
) -> Author:
    """Add an author to the catalogue."""
    return await catalogue.add_author(author)
