"""Orders."""

from datetime import datetime
from decimal import Decimal

from pydantic import BaseModel, ConfigDict, Field


class OrderLineCreate(BaseModel):
    """Copies of a book that a customer wants."""

    book_id: int
    quantity: int = Field(ge=1, le=50)


class OrderCreate(BaseModel):
    """An order to be placed."""

    lines: list[OrderLineCreate] = Field(min_length=1, max_length=50)
    card_token: str


class OrderLineRead(BaseModel):
    """One line of an order."""

    model_config = ConfigDict(from_attributes=True)

    book_id: int
    quantity: int
    unit_price: Decimal


class OrderRead(BaseModel):
    """An order as its customer sees it."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    placed_at: datetime
    total: Decimal
    lines: list[OrderLineRead]
