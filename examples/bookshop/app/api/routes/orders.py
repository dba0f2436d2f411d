"""Routes for orders."""

from collections.abc import Sequence

from fastapi import APIRouter, status

from app.api.dependencies import CurrentCustomer, OrderServiceDep, PageDep
from app.models import Order
from app.schemas.order import OrderCreate, OrderRead

router = APIRouter()


@router.post("/", response_model=OrderRead, status_code=status.HTTP_201_CREATED)
async def place_order(
    order: OrderCreate, customer: CurrentCustomer, orders: OrderServiceDep
) -> Order:
    """Buy books."""
    return await orders.place(customer, order)


@router.get("/", response_model=list[OrderRead])
async def list_orders(
    customer: CurrentCustomer, orders: OrderServiceDep, page: PageDep
) -> Sequence[Order]:
    """List the orders of the customer, newest first."""
    return await orders.list_page(customer, page)


@router.get("/{order_id}", response_model=OrderRead)
async def read_order(order_id: int, customer: CurrentCustomer, orders: OrderServiceDep) -> Order:
    """Show an order of the customer."""
    return await orders.get(customer, order_id)
