"""What the texts of errors tell."""

from __future__ import annotations

from typing import Any

import pytest

fastapi = pytest.importorskip("fastapi")
sqlalchemy = pytest.importorskip("sqlalchemy")
httpx = pytest.importorskip("httpx")
testclient = pytest.importorskip("fastapi.testclient")
responses = pytest.importorskip("fastapi.responses")

pytestmark = pytest.mark.filterwarnings("ignore")


def conflict() -> Exception:
    """Return what SQLAlchemy raises for a second row with the same key."""
    engine = sqlalchemy.create_engine("sqlite://")
    with engine.connect() as connection:
        connection.execute(sqlalchemy.text("CREATE TABLE users (email TEXT PRIMARY KEY, iban TEXT)"))
        added = sqlalchemy.text("INSERT INTO users VALUES (:email, :iban)")
        values = {"email": "a@example.com", "iban": "DE00123"}
        connection.execute(added, values)
        with pytest.raises(sqlalchemy.exc.IntegrityError) as raised:
            connection.execute(added, values)
    return raised.value


def test_the_text_of_an_error_of_sqlalchemy_holds_statement_and_values() -> None:
    text = str(conflict())
    assert "INSERT INTO users" in text
    assert "DE00123" in text


def test_its_orig_names_table_and_column() -> None:
    assert "users.email" in str(getattr(conflict(), "orig", ""))


def test_the_text_of_an_error_of_httpx_may_hold_the_address() -> None:
    def refuse(request: Any) -> Any:
        return httpx.Response(500, request=request)

    with httpx.Client(transport=httpx.MockTransport(refuse)) as client:
        answer = client.get("http://billing.internal/charge")
    with pytest.raises(httpx.HTTPStatusError, match=r"http://billing\.internal/charge"):
        answer.raise_for_status()


def test_an_error_that_nobody_catches_tells_clients_nothing() -> None:
    application = fastapi.FastAPI()

    @application.get("/")
    def fail() -> None:  # pyright: ignore[reportUnusedFunction]
        int("secret")

    answer = testclient.TestClient(application, raise_server_exceptions=False).get("/")
    assert (answer.status_code, answer.text) == (500, "Internal Server Error")
