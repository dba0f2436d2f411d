"""Pagination."""

from pydantic import BaseModel, Field


class Page(BaseModel):
    """Which slice of a collection a client asks for."""

    limit: int = Field(default=20, ge=1, le=100)
    offset: int = Field(default=0, ge=0)
