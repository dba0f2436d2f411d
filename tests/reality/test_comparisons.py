"""What `timing-unsafe-comparison` says about `compare_digest`, seen in it."""

from __future__ import annotations

import hmac
import secrets

import pytest


def test_both_names_are_of_one_function() -> None:
    assert secrets.compare_digest is hmac.compare_digest


def test_it_compares_bytes_and_ascii_text() -> None:
    assert secrets.compare_digest("abc", "abc")
    assert secrets.compare_digest(b"abc", b"abc")
    assert not secrets.compare_digest("abc", "abcd")


@pytest.mark.parametrize(("one", "other"), [("abc", None), ("abc", b"abc"), ("é", "é")])
def test_it_refuses_everything_else(one: object, other: object) -> None:
    with pytest.raises(TypeError):
        secrets.compare_digest(one, other)  # type: ignore[call-overload,type-var]


def test_encoded_text_may_have_any_characters() -> None:
    assert secrets.compare_digest("é".encode(), "é".encode())
