"""Passwords and access tokens."""

import asyncio
from datetime import UTC, datetime

import jwt
from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

from app.core.config import get_settings
from app.domain.errors import AuthenticationError

ALGORITHM = "HS256"

_hasher = PasswordHasher()


async def hash_password(password: str) -> str:
    """Return the Argon2 hash of a password, computed away from the event loop."""
    return await asyncio.to_thread(_hasher.hash, password)


async def verify_password(password: str, password_hash: str) -> bool:
    """Tell whether a password matches its hash."""
    try:
        return await asyncio.to_thread(_hasher.verify, password_hash, password)
    except VerifyMismatchError:
        return False


def create_access_token(customer_id: int) -> str:
    """Return a signed token that names a customer."""
    settings = get_settings()
    claims = {"sub": str(customer_id), "iat": datetime.now(UTC)}
    return jwt.encode(claims, settings.token_secret.get_secret_value(), algorithm=ALGORITHM)


def read_access_token(token: str) -> int:
    """Return the customer that a token names."""
    secret = get_settings().token_secret.get_secret_value()
    try:
        claims = jwt.decode(token, secret, algorithms=[ALGORITHM])
    except jwt.InvalidTokenError as error:
        raise AuthenticationError("The access token is not valid") from error
    return int(claims["sub"])
