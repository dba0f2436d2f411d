"""A shop with an empty database in memory and a payment provider that always agrees."""

from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.pool import StaticPool

from app.api.dependencies import get_payment_gateway, get_session
from app.clients.payments import PaymentGateway
from app.main import app
from app.models import Base


@pytest_asyncio.fixture
async def sessions() -> AsyncIterator[async_sessionmaker[AsyncSession]]:
    """Provide sessions of an empty database."""
    engine = create_async_engine("sqlite+aiosqlite://", poolclass=StaticPool)
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    yield async_sessionmaker(engine, expire_on_commit=False)
    await engine.dispose()


@pytest.fixture
def payments() -> PaymentGateway:
    """Provide a payment provider that takes every card."""
    transport = httpx.MockTransport(lambda _: httpx.Response(201, json={"reference": "p-1"}))
    return PaymentGateway(httpx.AsyncClient(transport=transport, base_url="http://payments"))


@pytest_asyncio.fixture
async def client(
    sessions: async_sessionmaker[AsyncSession], payments: PaymentGateway
) -> AsyncIterator[httpx.AsyncClient]:
    """Provide a client of the shop."""

    async def get_test_session() -> AsyncIterator[AsyncSession]:
        async with sessions.begin() as session:
            yield session

    app.dependency_overrides[get_session] = get_test_session
    app.dependency_overrides[get_payment_gateway] = lambda: payments
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://shop") as client:
        yield client
    app.dependency_overrides.clear()


@pytest_asyncio.fixture
async def customer_client(client: httpx.AsyncClient) -> httpx.AsyncClient:
    """Provide a client that is logged in."""
    password = "correct horse battery"
    account = {"email": "ada@example.com", "display_name": "Ada", "password": password}
    await client.post("/customers/", json=account)
    form = {"username": "ada@example.com", "password": password}
    token = (await client.post("/customers/token", data=form)).json()["access_token"]
    client.headers["Authorization"] = f"Bearer {token}"
    return client


@pytest_asyncio.fixture
async def book_id(customer_client: httpx.AsyncClient) -> int:
    """Provide a book with three copies in stock."""
    author = (await customer_client.post("/authors/", json={"name": "Ursula K. Le Guin"})).json()
    book = {
        "isbn": "978-0-441-47812-5",
        "title": "The Left Hand of Darkness",
        "price": "9.99",
        "stock": 3,
        "author_id": author["id"],
    }
    return int((await customer_client.post("/books/", json=book)).json()["id"])
