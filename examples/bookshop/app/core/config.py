"""Settings, read from the environment."""

import secrets
from functools import lru_cache

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


def _random_secret() -> SecretStr:
    return SecretStr(secrets.token_urlsafe(32))


class Settings(BaseSettings):
    """Settings of one deployment."""

    model_config = SettingsConfigDict(env_prefix="BOOKSHOP_", env_file=".env")

    database_url: str = "sqlite+aiosqlite:///./bookshop.db"
    token_secret: SecretStr = Field(default_factory=_random_secret)
    token_minutes: int = 30
    payments_url: str = "https://payments.example.com"
    exchange_rates_url: str = "https://rates.example.com"
    request_timeout: float = 5.0


@lru_cache
def get_settings() -> Settings:
    """Return the settings, read once."""
    return Settings()
