"""What `debug-enabled` says about tracebacks, seen in FastAPI itself."""

from __future__ import annotations

from typing import Any

import pytest

fastapi = pytest.importorskip("fastapi")
testclient = pytest.importorskip("starlette.testclient")


def answer(*, debug: bool) -> str:
    app = fastapi.FastAPI(debug=debug)

    @app.get("/")
    def read() -> None:
        secret_table = "payroll"  # noqa: S105  a name
        raise KeyError(secret_table)

    @app.exception_handler(Exception)
    def handle(request: Any, error: Exception) -> Any:
        del request, error
        return fastapi.responses.JSONResponse({"detail": "sorry"}, 500)

    with testclient.TestClient(app, raise_server_exceptions=False) as client:
        return str(client.get("/", headers={"accept": "text/html"}).text)


def test_debug_shows_source_code_in_the_place_of_the_handlers_answer() -> None:
    shown = answer(debug=True)
    assert "secret_table" in shown
    assert "sorry" not in shown


def test_without_debug_the_handler_answers() -> None:
    assert answer(debug=False) == '{"detail":"sorry"}'
