"""Storage of customers."""

from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.domain.loyalty import Tier
from app.models import Customer, Order
from app.services.loyalty import tier_for_spending


class CustomerRepository:
    """Customers in the database."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def get(self, customer_id: int) -> Customer | None:
        """Return a customer, if there is one with this id."""
        return await self._session.get(Customer, customer_id)

    async def get_by_email(self, email: str) -> Customer | None:
        """Return the customer with this address, if there is one."""
        return await self._session.scalar(select(Customer).where(Customer.email == email))

    async def get_tier(self, customer_id: int) -> Tier:
        """Return the standing of a customer."""
        spent = await self._session.scalar(
            select(func.sum(Order.total)).where(Order.customer_id == customer_id)
        )
        return tier_for_spending(spent or Decimal(0))

    async def add(self, customer: Customer) -> Customer:
        """Store a new customer."""
        self._session.add(customer)
        await self._session.flush()
        return customer
