"""Reviews."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field


class ReviewCreate(BaseModel):
    """A review to be published."""

    stars: int = Field(ge=1, le=5)
    comment: str = Field(default="", max_length=2000)


class ReviewRead(BaseModel):
    """A published review."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    stars: int
    comment: str
    written_at: datetime
