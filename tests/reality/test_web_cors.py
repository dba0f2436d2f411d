"""What Starlette's CORSMiddleware answers, and what the order of middleware changes."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

fastapi = pytest.importorskip("fastapi")
httpx = pytest.importorskip("httpx2")

from starlette.middleware import Middleware  # noqa: E402
from starlette.middleware.base import BaseHTTPMiddleware  # noqa: E402
from starlette.middleware.cors import CORSMiddleware  # noqa: E402
from starlette.middleware.gzip import GZipMiddleware  # noqa: E402
from starlette.responses import JSONResponse  # noqa: E402

ORIGIN = "https://attacker.example"
ALLOWED = "access-control-allow-origin"


class Authenticating(BaseHTTPMiddleware):
    """Refuses what has no token."""

    async def dispatch(self, request: Any, call_next: Any) -> Any:
        """Answer 401, or go on."""
        if "authorization" not in request.headers:
            return JSONResponse({"detail": "Not authenticated"}, 401)
        return await call_next(request)


class Failing(BaseHTTPMiddleware):
    """Raises."""

    async def dispatch(self, request: Any, call_next: Any) -> Any:  # noqa: ARG002  what Starlette calls
        """Fail."""
        raise RuntimeError


def answer(application: Any, method: str = "GET", **headers: str) -> Any:
    async def send() -> Any:
        transport = httpx.ASGITransport(application, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            return await client.request(method, "/", headers={"Origin": ORIGIN, **headers})

    return asyncio.run(send())


def cors(**options: Any) -> Any:
    application = fastapi.FastAPI()
    application.get("/")(lambda: 1)
    application.add_middleware(CORSMiddleware, **options)
    return answer(application, Cookie="session=1").headers


def test_any_origin_with_credentials_reflects_the_origin() -> None:
    headers = cors(allow_origins=["*"], allow_credentials=True)
    assert headers[ALLOWED] == ORIGIN
    assert headers["access-control-allow-credentials"] == "true"


@pytest.mark.parametrize("origins", ["*", ("*",), ["https://app.example", "*"]])
def test_one_star_among_the_origins_is_enough(origins: Any) -> None:
    assert cors(allow_origins=origins, allow_credentials=True)[ALLOWED] == ORIGIN


@pytest.mark.parametrize("pattern", [".*", "https?://.*", "^https://.+$"])
def test_pattern_that_matches_everything_reflects_the_origin(pattern: str) -> None:
    assert cors(allow_origin_regex=pattern, allow_credentials=True)[ALLOWED] == ORIGIN


def test_any_origin_without_credentials_sends_a_star() -> None:
    headers = cors(allow_origins=["*"])
    assert headers[ALLOWED] == "*"
    assert "access-control-allow-credentials" not in headers


def added(*middleware: Any) -> Any:
    application = fastapi.FastAPI()
    application.post("/")(lambda: 1)
    for each in middleware:
        options = {"allow_origins": [ORIGIN], "allow_headers": ["*"]} if each is CORSMiddleware else {}
        application.add_middleware(each, **options)
    return application


def preflight(application: Any) -> Any:
    return answer(application, "OPTIONS", **{"Access-Control-Request-Method": "GET"})


def test_preflight_is_refused_by_what_is_added_after_cors() -> None:
    assert preflight(added(CORSMiddleware, Authenticating)).status_code == 401
    assert preflight(added(Authenticating, CORSMiddleware)).status_code == 200


def test_refusal_of_what_is_added_after_cors_cannot_be_read_by_the_page() -> None:
    outside, inside = (
        answer(added(CORSMiddleware, Authenticating), "POST"),
        answer(added(Authenticating, CORSMiddleware), "POST"),
    )
    assert outside.status_code == inside.status_code == 401
    assert ALLOWED not in outside.headers
    assert inside.headers[ALLOWED] == ORIGIN


def test_middleware_that_always_goes_on_may_be_added_after_cors() -> None:
    application = added(CORSMiddleware, GZipMiddleware)
    assert preflight(application).status_code == 200
    assert answer(application, "POST").headers[ALLOWED] == ORIGIN


def test_unhandled_error_has_no_headers_in_either_order() -> None:
    for application in (added(CORSMiddleware, Failing), added(Failing, CORSMiddleware)):
        failed = answer(application, "POST")
        assert failed.status_code == 500
        assert ALLOWED not in failed.headers


def test_first_of_a_list_of_middleware_is_outermost() -> None:
    listed = [Middleware(Authenticating), Middleware(CORSMiddleware, allow_origins=[ORIGIN])]
    assert preflight(fastapi.FastAPI(middleware=listed)).status_code == 401
    assert preflight(fastapi.FastAPI(middleware=listed[::-1])).status_code == 200
