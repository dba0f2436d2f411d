"""The catalogue."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from app.domain.errors import ConflictError, NotFoundError
from app.domain.isbn import normalise_isbn
from app.models import Author, Book
from app.repositories.authors import AuthorRepository
from app.repositories.books import BookRepository
from app.repositories.orders import OrderRepository
from app.schemas.catalogue import AuthorCreate, BestSeller, BookCreate, BookUpdate, Quote
from app.schemas.page import Page
from app.services.pricing import convert


class CatalogueService:
    """Books and authors that the shop offers."""

    def __init__(
        self, books: BookRepository, authors: AuthorRepository, orders: OrderRepository
    ) -> None:
        self._books = books
        self._authors = authors
        self._orders = orders

    async def list_authors(self) -> Sequence[Author]:
        """Return the authors whose books the shop sells."""
        return await self._authors.list_all()

    async def add_author(self, author: AuthorCreate) -> Author:
        """Add an author."""
        return await self._authors.add(Author(name=author.name))

    async def list_books(self, page: Page) -> Sequence[Book]:
        """Return a page of the catalogue."""
        return await self._books.list_page(page)

    async def search_books(self, phrase: str, page: Page) -> Sequence[Book]:
        """Return a page of the books whose title contains a phrase."""
        return await self._books.search(phrase, page)

    async def get_book(self, book_id: int) -> Book:
        """Return a book."""
        book = await self._books.get(book_id)
        if book is None:
            raise NotFoundError("Book", book_id)
        return book

    async def add_book(self, book: BookCreate) -> Book:
        """Add a book to the catalogue."""
        isbn = normalise_isbn(book.isbn)
        if await self._books.get_by_isbn(isbn):
            raise ConflictError("The catalogue already has a book with this ISBN")
        if await self._authors.get(book.author_id) is None:
            raise NotFoundError("Author", book.author_id)
        return await self._books.add(Book(**book.model_dump(exclude={"isbn"}), isbn=isbn))

    async def update_book(self, book_id: int, changes: BookUpdate) -> Book:
        """Change what was given, and nothing else."""
        book = await self.get_book(book_id)
        for name, value in changes.dict(exclude_unset=True).items():
            setattr(book, name, value)
        return book

    async def quote(self, book_id: int, currency: str) -> Quote:
        """Return the price of a book in another currency."""
        book = await self.get_book(book_id)
        amount = convert(book.price, currency)
        return Quote(book_id=book.id, currency=currency, amount=amount)

    async def list_best_sellers(self, days: int, page: Page) -> list[BestSeller]:
        """Return a page of what sold best in the last days."""
        copies = await self._orders.copies_sold_since(datetime.now(UTC) - timedelta(days=days))
        ranking = copies.most_common(page.offset + page.limit)[page.offset :]
        best_sellers: list[BestSeller] = []
        for book_id, count in ranking:
            book = await self.get_book(book_id)
            best_sellers.append(BestSeller(book_id=book_id, title=book.title, copies=count))
        return best_sellers
