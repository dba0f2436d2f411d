"""Dates and times."""

from acme_rules.clocks.naive_utc_now import NaiveUtcNow

RULES = (NaiveUtcNow,)
