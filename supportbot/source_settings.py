"""What an operator can set of the systems that account facts come from."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

from supportbot.errors import ConfigError

ACCOUNT_SOURCES: Final = ("database", "http", "stripe", "lago")
STRIPE_API_BASE: Final = "https://api.stripe.com"
LAGO_API_URL: Final = "https://api.getlago.com/api/v1"
CACHE_SECONDS: Final = 5.0
LONGEST_CACHE_SECONDS: Final = 60.0
SHOWN_ENDING: Final = 4
"""Characters of a key that ``doctor`` shows, so that two keys can be told apart."""


@dataclass(frozen=True, slots=True)
class SourceSettings:
    """Where account facts come from; the earlier of ``names`` wins, field by field."""

    names: tuple[str, ...] = ("database",)
    database_url: str | None = None  # None: the one of the conversations
    mapping: Path | None = None  # None: our own table
    url: str | None = None
    token: str | None = None
    private_hosts: tuple[str, ...] = ()
    cache_seconds: float = CACHE_SECONDS
    stripe_api_key: str | None = None
    stripe_api_base: str = STRIPE_API_BASE
    stripe_account_metadata: str = "account_id"
    lago_api_key: str | None = None
    lago_api_url: str = LAGO_API_URL


def read_source_settings(given: Mapping[str, str]) -> SourceSettings:
    """
    Read them from settings by name, without the prefix.

    Raises:
        ConfigError: one makes no sense; names it and the mend.
    """
    mapping = given.get("ACCOUNTS_MAPPING")
    return SourceSettings(
        names=_names(given.get("ACCOUNTS", "database")),
        database_url=given.get("ACCOUNTS_DATABASE_URL"),
        mapping=Path(mapping).expanduser() if mapping else None,
        url=given.get("ACCOUNTS_URL"),
        token=given.get("ACCOUNTS_TOKEN"),
        private_hosts=tuple(given.get("PRIVATE_HOSTS", "").replace(",", " ").split()),
        cache_seconds=_seconds(given.get("ACCOUNTS_CACHE_SECONDS")),
        stripe_api_key=given.get("STRIPE_API_KEY"),
        stripe_api_base=given.get("STRIPE_API_BASE", STRIPE_API_BASE),
        stripe_account_metadata=given.get("STRIPE_ACCOUNT_METADATA", "account_id"),
        lago_api_key=given.get("LAGO_API_KEY"),
        lago_api_url=given.get("LAGO_API_URL", LAGO_API_URL),
    )


def secret(value: str | None) -> str:
    """Show that a secret is set, and its end if it is long enough to spare it."""
    if not value:
        return "not set"
    return f"***{value[-SHOWN_ENDING:]}" if len(value) >= 4 * SHOWN_ENDING else "***"


def _names(value: str) -> tuple[str, ...]:
    names = tuple(name.strip().lower() for name in value.split("+"))
    for name in names:
        if name not in ACCOUNT_SOURCES:
            raise ConfigError(
                f"SUPPORTBOT_ACCOUNTS names {name!r}, which is no source of accounts; "
                f"give {' or '.join(ACCOUNT_SOURCES)}, several joined by +."
            )
    if len(set(names)) < len(names):
        raise ConfigError("SUPPORTBOT_ACCOUNTS names a source twice; name each once.")
    return names


def _seconds(value: str | None) -> float:
    if value is None:
        return CACHE_SECONDS
    try:
        seconds = float(value)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds <= LONGEST_CACHE_SECONDS:
        raise ConfigError(
            f"SUPPORTBOT_ACCOUNTS_CACHE_SECONDS is {value!r}; give a number of seconds from 0 to "
            f"{LONGEST_CACHE_SECONDS:g}."
        )
    return seconds


SOURCE_ROWS: Final[Mapping[str, Callable[[SourceSettings], str]]] = MappingProxyType(
    {
        "ACCOUNTS": lambda own: "+".join(own.names),
        "ACCOUNTS_DATABASE_URL": lambda own: own.database_url or "that of DATABASE_URL",
        "ACCOUNTS_MAPPING": lambda own: str(own.mapping or "our own table"),
        "ACCOUNTS_URL": lambda own: own.url or "not set",
        "ACCOUNTS_TOKEN": lambda own: secret(own.token),
        "ACCOUNTS_CACHE_SECONDS": lambda own: f"{own.cache_seconds:g}",
        "PRIVATE_HOSTS": lambda own: " ".join(own.private_hosts) or "none",
        "STRIPE_API_KEY": lambda own: secret(own.stripe_api_key),
        "STRIPE_API_BASE": lambda own: own.stripe_api_base,
        "STRIPE_ACCOUNT_METADATA": lambda own: own.stripe_account_metadata,
        "LAGO_API_KEY": lambda own: secret(own.lago_api_key),
        "LAGO_API_URL": lambda own: own.lago_api_url,
    }
)
"""By name without prefix: how to show it; addresses may hold passwords, which ``doctor`` masks."""
