"""Loyalty tiers."""

from enum import StrEnum


class Tier(StrEnum):
    """Standing of a customer."""

    READER = "reader"
    BOOKWORM = "bookworm"
    BIBLIOPHILE = "bibliophile"
