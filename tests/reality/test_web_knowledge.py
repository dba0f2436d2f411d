"""What the tables about protection and middleware name exists; dependencies run wherever they are declared."""

from __future__ import annotations

import asyncio
from importlib import import_module
from typing import TYPE_CHECKING

import pytest

from fastidious_rules.knowledge import names, table

if TYPE_CHECKING:
    from collections.abc import Callable

fastapi = pytest.importorskip("fastapi")
httpx = pytest.importorskip("httpx2")

PROTECTION = table("protection")
NAMED = sorted(
    {
        *names("middleware", "answering"),
        *names("middleware", "harmless"),
        *PROTECTION["guards"]["types"],
        *PROTECTION["limiters"]["types"],
        *PROTECTION["credentials"]["forms"],
    }
)


@pytest.mark.parametrize("qualified", NAMED)
def test_named_class_exists(qualified: str) -> None:
    module, _, name = qualified.rpartition(".")
    pytest.importorskip(qualified.partition(".")[0])
    assert isinstance(getattr(import_module(module), name), type)


def test_harmless_middleware_is_some_that_answers() -> None:
    assert names("middleware", "harmless") < names("middleware", "answering")


def test_dependencies_of_application_routers_includes_and_decorator_all_run() -> None:
    ran: list[str] = []

    def noting(name: str) -> Callable[[], None]:
        return lambda: ran.append(name)

    def depends(name: str) -> list[object]:
        return [fastapi.Depends(noting(name))]

    inner = fastapi.APIRouter(dependencies=depends("router"))
    inner.post("/", dependencies=depends("decorator"))(lambda: None)
    outer = fastapi.APIRouter(dependencies=depends("outer router"))
    outer.include_router(inner, prefix="/inner", dependencies=depends("inner include"))
    application = fastapi.FastAPI(dependencies=depends("application"))
    application.include_router(outer, dependencies=depends("outer include"))

    async def post() -> None:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(application), base_url="http://test") as client:
            await client.post("/inner/")

    asyncio.run(post())
    assert ran == ["application", "outer include", "outer router", "inner include", "router", "decorator"]
