"""Storage of orders."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from app.models import Order
from app.schemas.page import Page


class OrderRepository:
    """Orders in the database."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def get(self, order_id: int) -> Order | None:
        """Return an order with its lines, if there is one with this id."""
        statement = select(Order).options(selectinload(Order.lines)).where(Order.id == order_id)
        return await self._session.scalar(statement)

    async def list_of_customer(self, customer_id: int, page: Page) -> Sequence[Order]:
        """Return a page of the orders of a customer, newest first."""
        statement = (
            select(Order)
            .options(selectinload(Order.lines))
            .where(Order.customer_id == customer_id)
            .order_by(Order.placed_at.desc(), Order.id)
            .limit(page.limit)
            .offset(page.offset)
        )
        return (await self._session.scalars(statement)).all()

    async def copies_sold_since(self, moment: datetime) -> Counter[int]:
        """Return how many copies of each book were sold since a moment."""
        copies: Counter[int] = Counter()
        statement = select(Order).where(Order.placed_at >= moment)
        for order in await self._session.scalars(statement):
            for line in order.lines:
                copies[line.book_id] += line.quantity
        return copies

    async def add(self, order: Order) -> Order:
        """Store a new order."""
        self._session.add(order)
        await self._session.flush()
        return order
