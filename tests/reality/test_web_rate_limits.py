"""What slowapi does with decorators, parameters and middleware."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

slowapi = pytest.importorskip("slowapi")
fastapi = pytest.importorskip("fastapi")
httpx = pytest.importorskip("httpx2")

from slowapi.errors import RateLimitExceeded  # noqa: E402
from slowapi.middleware import SlowAPIMiddleware  # noqa: E402
from slowapi.util import get_remote_address  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")
"""slowapi asks asyncio what is a coroutine function."""


class Backend:
    """An application with a limiter."""

    def __init__(self, **options: Any) -> None:
        self.app = fastapi.FastAPI()
        self.limiter = slowapi.Limiter(key_func=get_remote_address, **options)
        self.app.state.limiter = self.limiter
        self.app.add_exception_handler(RateLimitExceeded, slowapi._rate_limit_exceeded_handler)

    def statuses(self, path: str) -> list[int]:
        """Return the statuses of two requests."""
        transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)

        async def get() -> list[int]:
            async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
                return [(await client.get(path)).status_code for _ in range(2)]

        return asyncio.run(get())


def handler(request: fastapi.Request) -> int:  # type: ignore[name-defined]
    del request
    return 1


handler.__annotations__["request"] = fastapi.Request


def keywords_only(**values: Any) -> int:
    del values
    return 1


def other_name(req: Any) -> int:
    return handler(req)


def decorated(backend: Backend, *, above: bool) -> None:
    limit: Callable[..., Any] = backend.limiter.limit("1/minute")
    route = backend.app.get("/")
    limit(route(handler)) if above else route(limit(handler))


def test_limiter_above_the_route_never_limits() -> None:
    backend = Backend()
    decorated(backend, above=True)
    assert backend.statuses("/") == [200, 200]


def test_limiter_below_the_route_limits() -> None:
    backend = Backend()
    decorated(backend, above=False)
    assert backend.statuses("/") == [200, 429]


def test_middleware_does_not_help_a_limiter_above_the_route() -> None:
    backend = Backend(default_limits=["1/minute"])
    backend.app.add_middleware(SlowAPIMiddleware)
    decorated(backend, above=True)
    assert backend.statuses("/") == [200, 200]


def test_default_limits_need_the_middleware() -> None:
    backend = Backend(default_limits=["1/minute"])
    backend.app.get("/")(lambda: 1)
    assert backend.statuses("/") == [200, 200]
    backend = Backend(default_limits=["1/minute"])
    backend.app.get("/")(lambda: 1)
    backend.app.add_middleware(SlowAPIMiddleware)
    assert backend.statuses("/") == [200, 429]


def test_limited_function_without_request_cannot_be_defined() -> None:
    limit = Backend().limiter.limit("1/minute")
    with pytest.raises(Exception, match='No "request" or "websocket" argument'):
        limit(lambda: 1)
    with pytest.raises(Exception, match='No "request" or "websocket" argument'):
        limit(keywords_only)


def test_parameter_must_be_called_request() -> None:
    with pytest.raises(Exception, match='No "request" or "websocket" argument'):
        Backend().limiter.limit("1/minute")(other_name)


def test_request_that_is_something_else_fails_every_time() -> None:
    backend = Backend()

    def chat(request: str = "") -> str:
        return request

    chat.__annotations__["request"] = str
    backend.app.get("/")(backend.limiter.limit("1/minute")(chat))
    assert backend.statuses("/") == [500, 500]


def test_request_may_be_passed_by_name_only() -> None:
    backend = Backend()

    def limited(*, request: Any) -> int:
        return handler(request)

    limited.__annotations__["request"] = fastapi.Request
    backend.app.get("/")(backend.limiter.limit("1/minute")(limited))
    assert backend.statuses("/") == [200, 429]
