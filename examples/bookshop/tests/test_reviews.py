"""Tests of reviews."""

import httpx


async def test_review_is_published(client: httpx.AsyncClient, book_id: int) -> None:
    """What one customer writes, everybody reads."""
    path = f"/books/{book_id}/reviews"
    await client.post(path, json={"stars": 5, "comment": "A classic"})
    reviews = (await client.get(path)).json()

    assert [review["stars"] for review in reviews] == [5]
