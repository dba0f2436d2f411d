"""What libraries for JSON web tokens do with expiries, keys, algorithms and subjects."""

from __future__ import annotations

import inspect
import pydoc
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from fastidious_rules.knowledge import table

if TYPE_CHECKING:
    from collections.abc import Iterator

jwt: Any = pytest.importorskip("jwt")
jose: Any = pytest.importorskip("jose.jwt")

KEY = "k" * 32
QUARTER = timedelta(minutes=15)
HOURS_OF_TOKYO = 9


def signed(**claims: object) -> str:
    return jwt.encode(claims, KEY, algorithm="HS256")


def forged(**claims: object) -> str:
    return jwt.encode(claims, "o" * 32, algorithm="HS256")


# Expiry


def test_pyjwt_accepts_a_token_that_never_expires() -> None:
    assert jwt.decode(signed(sub="ada"), KEY, algorithms=["HS256"]) == {"sub": "ada"}


def test_pyjwt_refuses_it_where_exp_is_required() -> None:
    with pytest.raises(jwt.MissingRequiredClaimError):
        jwt.decode(signed(sub="ada"), KEY, algorithms=["HS256"], options={"require": ["exp"]})


def test_jose_accepts_a_token_that_never_expires_unless_exp_is_required() -> None:
    assert jose.decode(signed(sub="ada"), KEY, algorithms=["HS256"]) == {"sub": "ada"}
    with pytest.raises(jose.JWTError):
        jose.decode(signed(sub="ada"), KEY, algorithms=["HS256"], options={"require_exp": True})


@pytest.fixture
def in_tokyo(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def minutes_left(expiry: object) -> int:
    claims = jwt.decode(signed(exp=expiry), options={"verify_signature": False})
    return round((claims["exp"] - time.time()) / 60)


def naive_utc() -> datetime:
    """Return what the deprecated `datetime.utcnow()` returns."""
    return datetime.now(UTC).replace(tzinfo=None)


@pytest.mark.usefixtures("in_tokyo")
def test_a_naive_local_time_is_taken_for_utc() -> None:
    assert minutes_left(datetime.now(UTC) + QUARTER) == 15
    assert minutes_left(naive_utc() + QUARTER) == 15
    assert minutes_left(datetime.now() + QUARTER) == 15 + HOURS_OF_TOKYO * 60  # noqa: DTZ005  what is shown


@pytest.mark.usefixtures("in_tokyo")
def test_a_timestamp_of_utcnow_is_hours_off_and_one_of_now_is_right() -> None:
    assert minutes_left((naive_utc() + QUARTER).timestamp()) == 15 - HOURS_OF_TOKYO * 60
    assert minutes_left((datetime.now() + QUARTER).timestamp()) == 15  # noqa: DTZ005


@pytest.mark.usefixtures("in_tokyo")
def test_a_token_issued_at_a_naive_local_time_east_of_greenwich_is_refused() -> None:
    with pytest.raises(jwt.ImmatureSignatureError):
        jwt.decode(signed(iat=datetime.now()), KEY, algorithms=["HS256"])  # noqa: DTZ005  what is shown


# Signatures


def test_pyjwt_believes_a_forged_expired_token_where_it_verifies_no_signature() -> None:
    assert jwt.decode(forged(sub="admin", exp=1), options={"verify_signature": False})["sub"] == "admin"


def test_jose_believes_a_forged_token_where_it_verifies_no_signature() -> None:
    assert jose.decode(forged(sub="admin"), KEY, options={"verify_signature": False})["sub"] == "admin"
    assert jose.get_unverified_claims(forged(sub="admin", exp=1))["sub"] == "admin"


def test_pyjwt_ignores_the_argument_verify_and_says_so() -> None:
    with pytest.warns(DeprecationWarning, match="does nothing"), pytest.raises(jwt.InvalidSignatureError):
        jwt.decode(forged(sub="admin"), KEY, algorithms=["HS256"], verify=False)


# Algorithms


def test_pyjwt_verifies_nothing_without_algorithms() -> None:
    with pytest.raises(jwt.DecodeError, match="algorithms"):
        jwt.decode(signed(sub="ada"), KEY)


def test_jose_without_algorithms_takes_the_one_that_the_token_names() -> None:
    token = jose.encode({"sub": "ada"}, KEY * 2, algorithm="HS512")
    assert jose.decode(token, KEY * 2) == {"sub": "ada"}


UNSIGNED = "eyJhbGciOiAibm9uZSJ9.eyJzdWIiOiAiYWRtaW4ifQ."


@pytest.mark.filterwarnings("ignore:JWS algorithm")
def test_joserfc_accepts_unsigned_tokens_where_none_is_among_the_algorithms() -> None:
    joserfc: Any = pytest.importorskip("joserfc.jwt")
    jwk: Any = pytest.importorskip("joserfc.jwk")
    key = jwk.OctKey.import_key(KEY)
    assert joserfc.decode(UNSIGNED, key, algorithms=["HS256", "none"]).claims == {"sub": "admin"}


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_authlib_accepts_unsigned_tokens_where_none_is_among_the_algorithms() -> None:
    authlib: Any = pytest.importorskip("authlib.jose")
    assert authlib.JsonWebToken(["HS256", "none"]).decode(UNSIGNED, KEY) == {"sub": "admin"}


def test_pyjwt_and_jose_refuse_unsigned_tokens_whatever_the_algorithms() -> None:
    with pytest.raises(jwt.InvalidTokenError):
        jwt.decode(UNSIGNED, "", algorithms=["none"])
    with pytest.raises(pytest.importorskip("jose.exceptions").JOSEError):
        jose.decode(UNSIGNED, KEY, algorithms=["none"])


# Keys and subjects


def test_pyjwt_warns_of_a_short_key() -> None:
    with pytest.warns(jwt.InsecureKeyLengthWarning):
        jwt.encode({"sub": "ada"}, "secret", algorithm="HS256")


def test_a_subject_that_is_a_number_is_signed_and_refused_when_it_comes_back() -> None:
    with pytest.raises(jwt.exceptions.InvalidSubjectError):
        jwt.decode(signed(sub=1), KEY, algorithms=["HS256"])
    with pytest.raises(jose.JWTClaimsError):
        jose.decode(jose.encode({"sub": 1}, KEY), KEY, algorithms=["HS256"])


# Passwords


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_passlib_cannot_hash_a_password_with_bcrypt_5() -> None:
    pytest.importorskip("bcrypt", minversion="5")
    context: Any = pytest.importorskip("passlib.context")
    with pytest.raises(ValueError, match="72 bytes"):
        context.CryptContext(schemes=["bcrypt"]).hash("secret")


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_pwdlib_verifies_what_passlib_has_hashed() -> None:
    bcrypt: Any = pytest.importorskip("bcrypt")
    passlib: Any = pytest.importorskip("passlib.hash")
    pwdlib: Any = pytest.importorskip("pwdlib")
    hashers: Any = pytest.importorskip("pwdlib.hashers.argon2")
    others: Any = pytest.importorskip("pwdlib.hashers.bcrypt")
    passwords = pwdlib.PasswordHash((hashers.Argon2Hasher(), others.BcryptHasher()))
    assert passwords.verify("secret", passlib.argon2.using(rounds=1, memory_cost=8, parallelism=1).hash("secret"))
    assert passwords.verify("secret", bcrypt.hashpw(b"secret", bcrypt.gensalt(4)).decode())


def test_pyjwt_reads_the_tokens_of_python_jose() -> None:
    assert jwt.decode(jose.encode({"sub": "ada"}, KEY), KEY, algorithms=["HS256"]) == {"sub": "ada"}


def test_the_jose_of_authlib_says_that_it_goes_away() -> None:
    authlib: Any = pytest.importorskip("authlib.deprecate")
    assert issubclass(authlib.AuthlibDeprecationWarning, DeprecationWarning)


def test_pyjwt_takes_the_algorithm_of_a_key_that_brings_it() -> None:
    key = jwt.PyJWK({"kty": "oct", "k": "a2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2s", "alg": "HS256"})
    assert jwt.decode(jwt.encode({"sub": "ada"}, key.key, algorithm="HS256"), key) == {"sub": "ada"}


def test_a_public_key_is_no_shared_secret_for_pyjwt_and_jose() -> None:
    public = "-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE\n-----END PUBLIC KEY-----"
    with pytest.raises(jwt.InvalidKeyError):
        jwt.decode(signed(sub="ada"), public, algorithms=["HS256", "RS256"])
    with pytest.raises(pytest.importorskip("jose.exceptions").JWKError):
        jose.decode(signed(sub="ada"), public, algorithms=["HS256", "RS256"])


# What the tables say


def functions_known() -> list[tuple[str, str, tuple[int, str]]]:
    """Return each function of `jwt.toml` with each argument that it is said to take."""
    tables = {**table("jwt")["encode"], **table("jwt")["decode"]}
    return [
        (name, key, (value[0], value[1]))
        for name, entry in tables.items()
        for key, value in entry.items()
        if key != "library"
    ]


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize(("name", "key", "argument"), functions_known())
def test_functions_take_what_the_table_says(name: str, key: str, argument: tuple[int, str]) -> None:
    del key
    position, parameter = argument
    function: Any = pydoc.locate(name)
    assert list(inspect.signature(function).parameters)[position] == parameter


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_other_names_are_of_the_same_functions_and_those_that_verify_nothing_exist() -> None:
    for other, name in table("jwt")["aliases"].items():
        one, same = pydoc.locate(other), pydoc.locate(name)
        assert getattr(one, "__name__", other) == getattr(same, "__name__", name)
    for names in table("jwt")["unverified"].values():
        assert all(pydoc.locate(each) is not None for each in names)
