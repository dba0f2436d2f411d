"""Health of the process."""

import time

from fastapi import APIRouter
from pydantic import BaseModel

router = APIRouter()

STARTED_AT = time.monotonic()


class Health(BaseModel):
    """Proof of life."""

    status: str
    uptime: float


@router.get("/health", include_in_schema=False)
async def read_health() -> Health:
    """Tell a load balancer that the process answers."""
    uptime = time.monotonic() - STARTED_AT
    return Health(status="ok", uptime=uptime)
