"""Rewards for good customers."""

from decimal import Decimal

from app.domain.loyalty import Tier

BOOKWORM_SPENDING = Decimal(250)
BIBLIOPHILE_SPENDING = Decimal(1000)

DISCOUNTS = {
    Tier.READER: Decimal(0),
    Tier.BOOKWORM: Decimal("0.03"),
    Tier.BIBLIOPHILE: Decimal("0.05"),
}


def tier_for_spending(spent: Decimal) -> Tier:
    """Return the tier that a customer reached."""
    if spent >= BIBLIOPHILE_SPENDING:
        return Tier.BIBLIOPHILE
    if spent >= BOOKWORM_SPENDING:
        return Tier.BOOKWORM
    return Tier.READER


def discount_for(tier: Tier) -> Decimal:
    """Return the part of the price that a customer does not pay."""
    return DISCOUNTS[tier]
