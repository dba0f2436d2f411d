"""What `weak-password-hash` says about hashes, seen in the libraries themselves."""

from __future__ import annotations

import base64
import hashlib
import importlib

import pytest

from fastidious_rules.semantics.secrets.passwords import (
    argon2_minima,
    hash_functions,
    hashers,
    minimum_rounds,
    weak_schemes,
)

PASSWORD = "correct horse battery staple"  # noqa: S105  the one from the comic


def found(qualified: str) -> object:
    module, _, name = qualified.removesuffix("()").rpartition(".")
    try:
        return getattr(importlib.import_module(module), name)
    except ModuleNotFoundError:
        return getattr(found(module), name)


def test_every_function_of_the_tables_exists() -> None:
    for name in hash_functions():
        if not name.startswith("crypt."):  # gone since Python 3.13
            assert callable(found(name)), name


def test_a_fast_hash_needs_no_secret_to_be_made_again() -> None:
    assert hashlib.sha256(PASSWORD.encode()).digest() == hashlib.sha256(PASSWORD.encode()).digest()


def test_base64_is_turned_back_by_anybody() -> None:
    assert base64.b64decode(base64.b64encode(PASSWORD.encode())).decode() == PASSWORD


def test_every_hasher_that_messages_name_exists() -> None:
    for library, name in hashers().items():
        pytest.importorskip(library)
        assert callable(found(name)), name


def test_the_defaults_of_argon2_are_those_of_the_table_and_above_the_minima() -> None:
    argon2 = pytest.importorskip("argon2")
    known = argon2_minima()
    hasher = argon2.PasswordHasher()
    assert {"time_cost": hasher.time_cost, "memory_cost": hasher.memory_cost} == known.defaults
    assert any(hasher.memory_cost >= memory and hasher.time_cost >= time for memory, time in known.minima)


def test_bcrypt_says_in_its_hash_how_often_it_was_repeated() -> None:
    bcrypt = pytest.importorskip("bcrypt")
    assert bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(4)).startswith(b"$2b$04$")
    assert bcrypt.gensalt().startswith(b"$2b$12$")
    assert {name.partition(".")[0] for name in minimum_rounds()} == {"bcrypt", "pwdlib", "passlib"}


def test_bcrypt_takes_no_more_than_72_bytes() -> None:
    bcrypt = pytest.importorskip("bcrypt", minversion="5")
    with pytest.raises(ValueError, match="72 bytes"):
        bcrypt.hashpw(b"x" * 73, bcrypt.gensalt(4))


def test_pwdlib_verifies_an_old_hash_and_gives_a_new_one() -> None:
    pwdlib = pytest.importorskip("pwdlib")
    argon2 = pytest.importorskip("pwdlib.hashers.argon2").Argon2Hasher
    old, new = argon2(time_cost=1, memory_cost=64), argon2(time_cost=2, memory_cost=64)
    valid, updated = pwdlib.PasswordHash((new,)).verify_and_update(PASSWORD, old.hash(PASSWORD))
    assert valid
    assert updated is not None
    assert "t=2" in updated


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_passlib_hashes_with_the_first_of_its_schemes() -> None:
    context = pytest.importorskip("passlib.context").CryptContext(schemes=["plaintext", "hex_md5"])
    assert context.hash(PASSWORD) == PASSWORD
    assert context.default_scheme() == "plaintext"


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_passlib_has_every_scheme_of_the_table() -> None:
    registry = pytest.importorskip("passlib.registry")
    assert weak_schemes() <= set(registry.list_crypt_handlers())
