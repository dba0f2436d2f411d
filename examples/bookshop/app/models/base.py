"""Declarative base of the entities."""

from sqlalchemy.orm import DeclarativeBase


class Base(DeclarativeBase):
    """Base of all entities."""
