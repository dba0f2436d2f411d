"""What `secret-in-log` says about the text of models and headers, seen in the libraries themselves."""

from __future__ import annotations

import pytest

pydantic = pytest.importorskip("pydantic")
datastructures = pytest.importorskip("starlette.datastructures")

from pydantic import BaseModel, Field, SecretStr  # noqa: E402

SECRET = "hunter2"  # noqa: S105


class SignUp(BaseModel):
    email: str = "ann@example.com"
    password: str


class Excluding(BaseModel):
    password: str = Field(exclude=True)


class Quiet(BaseModel):
    password: str = Field(repr=False)


class Masked(BaseModel):
    password: SecretStr


def test_the_text_of_a_model_shows_all_its_fields() -> None:
    body = SignUp(password=SECRET)
    assert all(SECRET in text for text in (f"{body}", repr(body), str(body.model_dump()), body.model_dump_json()))


def test_a_field_that_is_left_out_of_dumps_is_still_in_the_text() -> None:
    assert SECRET in f"{Excluding(password=SECRET)}"
    assert SECRET not in str(Excluding(password=SECRET).model_dump())


def test_a_field_without_repr_is_not_in_the_text() -> None:
    assert SECRET not in f"{Quiet(password=SECRET)}"


def test_a_masked_field_is_nowhere_unless_its_value_is_asked_for() -> None:
    body = Masked(password=SecretStr(SECRET))
    assert all(SECRET not in text for text in (f"{body}", str(body.model_dump()), body.model_dump_json()))
    assert body.password.get_secret_value() == SECRET
    assert len(body.password) == len(SECRET)


def test_the_text_of_headers_shows_the_authorization() -> None:
    headers = datastructures.Headers({"authorization": f"Bearer {SECRET}"})
    assert SECRET in repr(headers)
    assert SECRET in f"{dict(headers)}"
