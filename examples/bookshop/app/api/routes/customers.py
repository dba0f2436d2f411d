"""Routes for customers."""

from typing import Annotated

from fastapi import APIRouter, Depends, status
from fastapi.security import OAuth2PasswordRequestForm

from app.api.dependencies import AccountServiceDep, CurrentCustomer
from app.models import Customer
from app.schemas.customer import AccessToken, CustomerCreate, CustomerProfile, CustomerRead

router = APIRouter()


@router.post("/", response_model=CustomerRead, status_code=status.HTTP_201_CREATED)
async def register(registration: CustomerCreate, accounts: AccountServiceDep) -> Customer:
    """Open an account."""
    return await accounts.register(registration)


@router.post("/token", response_model=AccessToken)
async def log_in(
    form: Annotated[OAuth2PasswordRequestForm, Depends()], accounts: AccountServiceDep
) -> AccessToken:
    """Exchange an address and a password for an access token."""
    return AccessToken(access_token=await accounts.log_in(form.username, form.password))


@router.get("/me", response_model=CustomerProfile)
async def read_profile(customer: CurrentCustomer, accounts: AccountServiceDep) -> CustomerProfile:
    """Show customers their own account."""
    return await accounts.get_profile(customer)
