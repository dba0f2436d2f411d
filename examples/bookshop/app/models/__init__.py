"""ORM entities."""

from app.models.base import Base
from app.models.catalogue import Author, Book, Review
from app.models.customer import Customer
from app.models.order import Order, OrderLine

__all__ = ["Author", "Base", "Book", "Customer", "Order", "OrderLine", "Review"]
