"""The application."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware

from app.api.error_handlers import add_error_handlers
from app.api.routes import router
from app.core.config import get_settings
from app.core.database import engine
from app.models import Base


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Create missing tables, and keep one connection pool to the payment provider."""
    settings = get_settings()
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    async with httpx.AsyncClient(
        base_url=settings.payments_url, timeout=settings.request_timeout
    ) as client:
        app.state.payments_client = client
        yield
    await engine.dispose()


app = FastAPI(title="Bookshop", lifespan=lifespan)
app.add_middleware(CORSMiddleware, allow_origins=["*"], allow_credentials=True, allow_methods=["*"])
app.include_router(router)
add_error_handlers(app)
