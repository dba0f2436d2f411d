"""What `hardcoded-secret` says about keys and defaults, seen in the libraries themselves."""

from __future__ import annotations

import importlib
import json
from base64 import b64encode
from typing import Any

import pytest

from fastidious_rules.semantics.secrets.values import issuer_of, keyed_functions

KEY = "abc"


def test_every_function_that_takes_a_key_exists_and_has_that_parameter() -> None:
    for qualified, (_, keyword) in keyed_functions().items():
        module, _, name = qualified.rpartition(".")
        pytest.importorskip(module.partition(".")[0])
        made = getattr(importlib.import_module(module), name)
        assert keyword in made.__init__.__code__.co_varnames


def test_whoever_knows_the_key_writes_the_session_of_any_user() -> None:
    signer = pytest.importorskip("itsdangerous").TimestampSigner(KEY)
    applications = pytest.importorskip("starlette.applications")
    sessions = pytest.importorskip("starlette.middleware.sessions")
    client = pytest.importorskip("starlette.testclient")
    responses = pytest.importorskip("starlette.responses")
    routing = pytest.importorskip("starlette.routing")

    def me(request: Any) -> Any:
        return responses.JSONResponse(request.session)

    app = applications.Starlette(routes=[routing.Route("/", me)])
    app.add_middleware(sessions.SessionMiddleware, secret_key=KEY)
    forged = signer.sign(b64encode(json.dumps({"user": "admin"}).encode())).decode()
    with client.TestClient(app, cookies={"session": forged}) as browser:
        assert browser.get("/").json() == {"user": "admin"}


def test_settings_without_a_default_do_not_start(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = pytest.importorskip("pydantic_settings")
    errors = pytest.importorskip("pydantic")
    monkeypatch.delenv("ADMIN_PASSWORD", raising=False)
    kind = type("Settings", (settings.BaseSettings,), {"__annotations__": {"admin_password": str}})
    with pytest.raises(errors.ValidationError, match="admin_password"):
        kind()
    monkeypatch.setenv("ADMIN_PASSWORD", "given")
    assert kind().admin_password == "given"  # noqa: S105  a value like any other


@pytest.mark.parametrize(
    ("value", "issuer"),
    [
        ("AKIAQ3EGRVJ7K5TWZ2XN", "AWS"),
        ("Bearer ghp_b9Xq2LmT7vKp4RzWc1Ny8sHd5JfGe3Aa6UoQ", "GitHub"),
        ("glpat-x9Kq2LmT7vKp4RzWc1Ny", "GitLab"),
        ("AKIAIOSFODNN7EXAMPLE", ""),
        ("ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", ""),
        ("ghp_abcdefghijklmnopqrstuvwxyz0123456789", ""),
        ("task-AKIA", ""),
        ("-----BEGIN PRIVATE KEY-----", ""),
    ],
)
def test_only_what_an_issuer_could_have_given_out_is_a_token(value: str, issuer: str) -> None:
    assert issuer_of(value) == issuer
