"""What `insecure-cookie` says about cookies, seen in Starlette itself."""

from __future__ import annotations

from typing import Any

import pytest

applications = pytest.importorskip("starlette.applications")
responses = pytest.importorskip("starlette.responses")
routing = pytest.importorskip("starlette.routing")
sessions = pytest.importorskip("starlette.middleware.sessions")
client = pytest.importorskip("starlette.testclient")


def cookie(**flags: Any) -> str:
    response = responses.Response()
    response.set_cookie("session", "abc", **flags)
    return str(response.headers["set-cookie"]).lower()


def session_cookie(**flags: Any) -> str:
    def sign_in(request: Any) -> Any:
        request.session["user"] = "ann"
        return responses.Response()

    app = applications.Starlette(routes=[routing.Route("/", sign_in)])
    app.add_middleware(sessions.SessionMiddleware, secret_key="any", **flags)  # noqa: S106  of this test
    with client.TestClient(app) as browser:
        return str(browser.get("/").headers["set-cookie"]).lower()


def test_a_cookie_is_neither_secure_nor_hidden_from_scripts_unless_asked() -> None:
    assert "secure" not in cookie()
    assert "httponly" not in cookie()
    assert "samesite=lax" in cookie()


def test_both_flags_are_sent_when_asked() -> None:
    assert {"secure", "httponly"} <= {each.strip() for each in cookie(secure=True, httponly=True).split(";")}


def test_same_site_none_does_not_make_it_secure() -> None:
    assert "secure" not in cookie(samesite="none")


def test_the_session_is_hidden_from_scripts_but_not_secure() -> None:
    assert "httponly" in session_cookie()
    assert "secure" not in session_cookie()
    assert "secure" in session_cookie(https_only=True)
