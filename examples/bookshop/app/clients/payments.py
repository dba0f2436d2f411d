"""Client of the payment provider."""

import time
from decimal import Decimal

import httpx

from app.domain.errors import PaymentError

MAX_ATTEMPTS = 3
BACKOFF_SECONDS = 0.5


class PaymentGateway:
    """Payment provider, reached over HTTP."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client

    async def charge(self, card_token: str, amount: Decimal) -> str:
        """Charge a card and return the reference of the payment."""
        body = {"card": card_token, "amount": str(amount)}
        for attempt in range(1, MAX_ATTEMPTS + 1):
            try:
                response = await self._client.post("/charges", json=body)
            except httpx.TransportError:
                time.sleep(BACKOFF_SECONDS * attempt)
            else:
                return _payment_reference(response)
        raise PaymentError("The payment provider cannot be reached")


def _payment_reference(response: httpx.Response) -> str:
    """Return the reference in an answer of the provider."""
    if response.is_error:
        raise PaymentError("The payment provider declined the card")
    return str(response.json()["reference"])
