"""Tests of the catalogue."""

import httpx
import pytest

pytestmark = pytest.mark.asyncio


async def test_book_is_found_by_a_part_of_its_title(
    client: httpx.AsyncClient, book_id: int
) -> None:
    """Search is not limited to whole titles."""
    books = (await client.get("/books/search", params={"phrase": "Left Hand"})).json()

    assert [book["id"] for book in books] == [book_id]


async def test_isbn_is_stored_without_hyphens(client: httpx.AsyncClient, book_id: int) -> None:
    """Hyphens do not make another book."""
    book = (await client.get(f"/books/{book_id}")).json()

    assert book["isbn"] == "9780441478125"
    assert book["author"]["name"] == "Ursula K. Le Guin"


async def test_update_changes_what_was_given(client: httpx.AsyncClient, book_id: int) -> None:
    """A new price leaves the title alone."""
    book = (await client.patch(f"/books/{book_id}", json={"price": "7.50"})).json()

    assert (book["title"], book["price"]) == ("The Left Hand of Darkness", "7.50")


async def test_unknown_book_is_reported(client: httpx.AsyncClient) -> None:
    """There is no book without an id."""
    assert (await client.get("/books/404")).status_code == 404
