"""Accounts of customers."""

from app.core.security import create_access_token, hash_password, verify_password
from app.domain.errors import AuthenticationError, ConflictError
from app.models import Customer
from app.repositories.customers import CustomerRepository
from app.schemas.customer import CustomerCreate, CustomerProfile, CustomerRecord


class AccountService:
    """Opening accounts and proving who owns them."""

    def __init__(self, customers: CustomerRepository) -> None:
        self._customers = customers

    async def register(self, registration: CustomerCreate) -> Customer:
        """Open an account."""
        if await self._customers.get_by_email(registration.email):
            raise ConflictError("There is already an account with this address")
        customer = Customer(
            email=registration.email,
            display_name=registration.display_name,
            password_hash=await hash_password(registration.password.get_secret_value()),
        )
        return await self._customers.add(customer)

    async def log_in(self, email: str, password: str) -> str:
        """Return an access token for the owner of an account."""
        customer = await self._customers.get_by_email(email)
        if customer is None or not await verify_password(password, customer.password_hash):
            raise AuthenticationError("Address or password is wrong")
        return create_access_token(customer.id)

    async def get(self, customer_id: int) -> Customer:
        """Return the customer that a token names."""
        customer = await self._customers.get(customer_id)
        if customer is None:
            raise AuthenticationError("The account no longer exists")
        return customer

    async def get_profile(self, customer: Customer) -> CustomerProfile:
        """Return what a customer may know of their own account."""
        record = CustomerRecord.model_validate(customer)
        tier = await self._customers.get_tier(customer.id)
        return CustomerProfile(**dict(record), tier=tier)
