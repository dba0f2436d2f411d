"""Tests of prices and loyalty."""

from decimal import Decimal

import pytest

from app.domain.errors import InvalidIsbnError
from app.domain.isbn import normalise_isbn
from app.domain.loyalty import Tier
from app.services.loyalty import discount_for, tier_for_spending
from app.services.pricing import convert


def test_home_currency_needs_no_conversion() -> None:
    """Prices of the catalogue are in the home currency."""
    assert convert(Decimal("9.99"), "EUR") == Decimal("9.99")


@pytest.mark.parametrize(
    ("spent", "tier"), [(0, Tier.READER), (250, Tier.BOOKWORM), (1000, Tier.BIBLIOPHILE)]
)
def test_spending_makes_a_tier(spent: int, tier: Tier) -> None:
    """Good customers climb."""
    assert tier_for_spending(Decimal(spent)) is tier


def test_better_tier_means_better_discount() -> None:
    """Loyalty pays."""
    assert discount_for(Tier.BIBLIOPHILE) > discount_for(Tier.BOOKWORM)


def test_wrong_check_digit_is_refused() -> None:
    """A typing error in an ISBN is seen."""
    with pytest.raises(InvalidIsbnError):
        normalise_isbn("978-0-441-47812-6")
