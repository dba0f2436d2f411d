"""Customers and their credentials."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, EmailStr, Field, SecretStr

from app.domain.loyalty import Tier


class CustomerCreate(BaseModel):
    """An account to be opened."""

    email: EmailStr
    display_name: str = Field(min_length=1, max_length=100)
    password: SecretStr = Field(min_length=12, max_length=128)


class CustomerRead(BaseModel):
    """A customer as everybody may see them."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    display_name: str


class CustomerRecord(CustomerRead):
    """A customer with all that is stored of them."""

    email: EmailStr
    password_hash: str
    joined_at: datetime


class CustomerProfile(CustomerRecord):
    """A customer as they see themselves."""

    tier: Tier


class AccessToken(BaseModel):
    """Token that proves who the client is."""

    access_token: str
    token_type: str = "bearer"
