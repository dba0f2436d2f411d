"""Tests of accounts."""

import httpx
import pytest

pytestmark = pytest.mark.asyncio


async def test_new_customer_is_a_reader(customer_client: httpx.AsyncClient) -> None:
    """Nobody begins as a bibliophile."""
    profile = (await customer_client.get("/customers/me")).json()

    assert (profile["email"], profile["tier"]) == ("ada@example.com", "reader")


async def test_wrong_password_is_refused(customer_client: httpx.AsyncClient) -> None:
    """Knowing an address is not enough."""
    form = {"username": "ada@example.com", "password": "wrong"}

    assert (await customer_client.post("/customers/token", data=form)).status_code == 401


async def test_second_account_with_an_address_is_refused(
    customer_client: httpx.AsyncClient,
) -> None:
    """Addresses are unique."""
    account = {"email": "ada@example.com", "display_name": "Eve", "password": "hunter2hunter2"}

    assert (await customer_client.post("/customers/", json=account)).status_code == 409
