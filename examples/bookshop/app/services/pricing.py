"""Prices in other currencies."""

from decimal import Decimal

from app.clients.exchange_rates import fetch_rate

HOME_CURRENCY = "EUR"
CENT = Decimal("0.01")


def convert(price: Decimal, currency: str) -> Decimal:
    """Return a price of the catalogue in another currency."""
    if currency == HOME_CURRENCY:
        return price
    return (price * fetch_rate(HOME_CURRENCY, currency)).quantize(CENT)
