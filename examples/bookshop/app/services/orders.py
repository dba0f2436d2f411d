"""Orders."""

from collections.abc import Sequence
from decimal import Decimal

from app.clients.payments import PaymentGateway
from app.domain.errors import NotFoundError, OutOfStockError
from app.models import Customer, Order, OrderLine
from app.repositories.books import BookRepository
from app.repositories.customers import CustomerRepository
from app.repositories.orders import OrderRepository
from app.schemas.order import OrderCreate
from app.schemas.page import Page
from app.services.loyalty import discount_for
from app.services.pricing import CENT


class OrderService:
    """Placing orders and looking them up."""

    def __init__(
        self,
        orders: OrderRepository,
        books: BookRepository,
        customers: CustomerRepository,
        payments: PaymentGateway,
    ) -> None:
        self._orders = orders
        self._books = books
        self._customers = customers
        self._payments = payments

    async def place(self, customer: Customer, request: OrderCreate) -> Order:
        """Take books off the shelf, charge the customer and store the order."""
        books = await self._books.get_for_sale([line.book_id for line in request.lines])

        lines: list[OrderLine] = []
        subtotal = Decimal(0)
        for line in request.lines:
            book = books.get(line.book_id)
            if book is None:
                raise NotFoundError("Book", line.book_id)
            if book.stock < line.quantity:
                raise OutOfStockError(book.title, book.stock)
            book.stock -= line.quantity
            subtotal += book.price * line.quantity
            lines.append(OrderLine(book_id=book.id, quantity=line.quantity, unit_price=book.price))

        tier = await self._customers.get_tier(customer.id)
        discount = subtotal * discount_for(tier)
        total = (subtotal - discount).quantize(CENT)
        reference = await self._payments.charge(request.card_token, total)

        order = Order(
            customer_id=customer.id,
            lines=lines,
            total=total,
            payment_reference=reference,
        )
        stored = await self._orders.add(order)
        return stored

    async def get(self, customer: Customer, order_id: int) -> Order:
        """Return an order of a customer."""
        order = await self._orders.get(order_id)
        if order is None or order.customer_id != customer.id:
            raise NotFoundError("Order", order_id)
        return order

    async def list_page(self, customer: Customer, page: Page) -> Sequence[Order]:
        """Return a page of the orders of a customer."""
        return await self._orders.list_of_customer(customer.id, page)
