"""Authors, books and prices."""

from decimal import Decimal

from pydantic import BaseModel, ConfigDict, Field


class AuthorCreate(BaseModel):
    """An author to be added."""

    name: str = Field(min_length=1, max_length=200)


class AuthorRead(BaseModel):
    """An author as clients see them."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    name: str


class BookCreate(BaseModel):
    """A book to be added."""

    isbn: str
    title: str = Field(min_length=1, max_length=300)
    price: Decimal = Field(gt=0, decimal_places=2)
    stock: int = Field(default=0, ge=0)
    author_id: int


class BookUpdate(BaseModel):
    """What may change in a book."""

    title: str | None = Field(default=None, min_length=1, max_length=300)
    price: Decimal | None = Field(default=None, gt=0, decimal_places=2)
    stock: int | None = Field(default=None, ge=0)


class BookRead(BaseModel):
    """A book as clients see it."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    isbn: str
    title: str
    price: Decimal
    stock: int
    author: AuthorRead


class BestSeller(BaseModel):
    """A book and the copies of it that were sold."""

    book_id: int
    title: str
    copies: int


class Quote(BaseModel):
    """The price of a book in some currency."""

    book_id: int
    currency: str
    amount: Decimal
