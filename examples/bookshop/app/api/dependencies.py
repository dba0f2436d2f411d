"""What the routes are given."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, Query, Request
from fastapi.security import OAuth2PasswordBearer
from sqlalchemy.ext.asyncio import AsyncSession

from app.clients.payments import PaymentGateway
from app.core.database import session_factory
from app.core.security import read_access_token
from app.models import Customer
from app.repositories.authors import AuthorRepository
from app.repositories.books import BookRepository
from app.repositories.customers import CustomerRepository
from app.repositories.orders import OrderRepository
from app.repositories.reviews import ReviewRepository
from app.schemas.page import Page
from app.services.accounts import AccountService
from app.services.catalogue import CatalogueService
from app.services.orders import OrderService
from app.services.reviews import ReviewService

oauth2_scheme = OAuth2PasswordBearer(tokenUrl="customers/token")

PageDep = Annotated[Page, Query()]


async def get_session() -> AsyncIterator[AsyncSession]:
    """Provide a session whose transaction ends with the route."""
    async with session_factory.begin() as session:
        yield session


SessionDep = Annotated[AsyncSession, Depends(get_session, scope="function")]


def get_payment_gateway(request: Request) -> PaymentGateway:
    """Provide the client of the payment provider that lives as long as the app."""
    return PaymentGateway(request.app.state.payments_client)


PaymentGatewayDep = Annotated[PaymentGateway, Depends(get_payment_gateway)]


def get_account_service(session: SessionDep) -> AccountService:
    """Provide the service for accounts."""
    return AccountService(CustomerRepository(session))


def get_catalogue_service(session: SessionDep) -> CatalogueService:
    """Provide the service for the catalogue."""
    return CatalogueService(
        BookRepository(session), AuthorRepository(session), OrderRepository(session)
    )


def get_order_service(session: SessionDep, payments: PaymentGatewayDep) -> OrderService:
    """Provide the service for orders."""
    cust_repo = CustomerRepository(session)
    return OrderService(
        orders=OrderRepository(session),
        books=BookRepository(session),
        customers=cust_repo,
        payments=payments,
    )


def get_review_service(session: SessionDep) -> ReviewService:
    """Provide the service for reviews."""
    return ReviewService(ReviewRepository(session), BookRepository(session))


AccountServiceDep = Annotated[AccountService, Depends(get_account_service)]
CatalogueServiceDep = Annotated[CatalogueService, Depends(get_catalogue_service)]
OrderServiceDep = Annotated[OrderService, Depends(get_order_service)]
ReviewServiceDep = Annotated[ReviewService, Depends(get_review_service)]


async def get_current_customer(
    token: Annotated[str, Depends(oauth2_scheme)], accounts: AccountServiceDep
) -> Customer:
    """Provide the customer who sent the request."""
    return await accounts.get(read_access_token(token))


CurrentCustomer = Annotated[Customer, Depends(get_current_customer)]
