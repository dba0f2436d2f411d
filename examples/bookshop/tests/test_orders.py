"""Tests of orders."""

import httpx
import pytest

pytestmark = pytest.mark.asyncio


async def test_order_takes_copies_off_the_shelf(client: httpx.AsyncClient, book_id: int) -> None:
    """What is sold is no longer in stock."""
    body = {"lines": [{"book_id": book_id, "quantity": 2}], "card_token": "visa"}
    order = (await client.post("/orders/", json=body)).json()

    assert order["total"] == "19.98"
    assert (await client.get(f"/books/{book_id}")).json()["stock"] == 1
    assert [bought["id"] for bought in (await client.get("/orders/")).json()] == [order["id"]]


async def test_more_than_the_stock_cannot_be_ordered(
    client: httpx.AsyncClient, book_id: int
) -> None:
    """Nobody is charged for books that do not exist."""
    body = {"lines": [{"book_id": book_id, "quantity": 4}], "card_token": "visa"}

    assert (await client.post("/orders/", json=body)).status_code == 409
