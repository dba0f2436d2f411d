"""Client of the exchange rate service."""

from decimal import Decimal

import requests

from app.core.config import get_settings


def fetch_rate(source: str, target: str) -> Decimal:
    """Return today's price of one unit of `source` in `target`."""
    settings = get_settings()
    response = requests.get(
        f"{settings.exchange_rates_url}/latest",
        params={"from": source, "to": target},
        timeout=settings.request_timeout,
    )
    response.raise_for_status()
    return Decimal(str(response.json()["rate"]))
