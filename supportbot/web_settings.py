"""What an operator can set of the HTTP API: who may ask, from where, and how often."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from supportbot.errors import ConfigError

RATE_LIMIT: Final = 20
ORIGIN: Final = re.compile(
    r"https?://[A-Za-z0-9.-]+(:\d{1,5})?|https?://\[[0-9a-fA-F:]+\](:\d{1,5})?"
)
PAIR: Final = re.compile(r"[A-Za-z0-9_.-]{1,64}:\S+")


OIDC: Final = ("OIDC_ISSUER", "OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET")


@dataclass(frozen=True, slots=True)
class OidcSettings:
    """The provider by which agents sign in, and our client there."""

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class WebSettings:
    """
    Settings of ``supportbot serve``.

    ``identity_keys``: secrets, or paths of public keys, by key id.  ``trusted_proxies``:
    addresses whose X-Forwarded-For is believed; empty: nobody's.
    """

    identity_keys: Mapping[str, str] = field(default_factory=dict, repr=False)
    allowed_origins: tuple[str, ...] = ()
    rate_limit_per_minute: int = RATE_LIMIT
    trusted_proxies: tuple[str, ...] = ()
    oidc: OidcSettings | None = None  # None: agents sign in with passwords


def read_web_settings(given: Mapping[str, str]) -> WebSettings:
    """
    Read them from settings by name, without the prefix.

    Raises:
        ConfigError: one makes no sense; names it and the mend, and never a secret.
    """
    return WebSettings(
        identity_keys=_keys(given.get("IDENTITY_KEYS", "")),
        allowed_origins=_origins(given.get("ALLOWED_ORIGINS", "")),
        rate_limit_per_minute=_count(given.get("RATE_LIMIT_PER_MINUTE")),
        trusted_proxies=_words(given.get("TRUSTED_PROXIES", "")),
        oidc=_oidc(given),
    )


def _oidc(given: Mapping[str, str]) -> OidcSettings | None:
    values = [given.get(name, "") for name in OIDC]
    if not any(values):
        return None
    for name, value in zip(OIDC, values, strict=True):
        if not value:
            raise ConfigError(f"SUPPORTBOT_{name} is missing; OpenID Connect needs all of {OIDC}.")
    issuer = values[0]
    if not re.match(r"https://|http://(localhost|127\.0\.0\.1)([:/]|$)", issuer):
        raise ConfigError("SUPPORTBOT_OIDC_ISSUER is no https address; give the provider's own.")
    return OidcSettings(*values)


def _words(value: str) -> tuple[str, ...]:
    return tuple(value.replace(",", " ").split())


def _keys(value: str) -> Mapping[str, str]:
    pairs = _words(value)
    for number, pair in enumerate(pairs, 1):
        if not PAIR.fullmatch(pair):
            raise ConfigError(
                f"SUPPORTBOT_IDENTITY_KEYS: pair {number} is not of the form kid:secret; give "
                "pairs like docs-2026:SECRET, separated by commas."
            )
    keys = dict(pair.split(":", 1) for pair in pairs)
    if len(keys) < len(pairs):
        raise ConfigError("SUPPORTBOT_IDENTITY_KEYS names a kid twice; give each once.")
    return MappingProxyType(keys)


def _origins(value: str) -> tuple[str, ...]:
    origins = _words(value)
    for origin in origins:
        if not ORIGIN.fullmatch(origin):
            raise ConfigError(
                f"SUPPORTBOT_ALLOWED_ORIGINS names {origin!r}; give whole origins like "
                "https://docs.example.com, without a path and without *."
            )
    return origins


def _count(value: str | None) -> int:
    if value is None:
        return RATE_LIMIT
    if not re.fullmatch(r"\d{1,6}", value):
        raise ConfigError(
            f"SUPPORTBOT_RATE_LIMIT_PER_MINUTE is {value!r}; give a whole number, 0 for no limit."
        )
    return int(value)


WEB_ROWS: Final[Mapping[str, Callable[[WebSettings], str]]] = MappingProxyType(
    {
        "IDENTITY_KEYS": lambda own: ", ".join(f"{kid}:***" for kid in own.identity_keys) or "none",
        "ALLOWED_ORIGINS": lambda own: " ".join(own.allowed_origins) or "none",
        "RATE_LIMIT_PER_MINUTE": lambda own: str(own.rate_limit_per_minute or "no limit"),
        "TRUSTED_PROXIES": lambda own: " ".join(own.trusted_proxies) or "none",
        "OIDC_ISSUER": lambda own: own.oidc.issuer if own.oidc else "not set",
        "OIDC_CLIENT_ID": lambda own: own.oidc.client_id if own.oidc else "not set",
        "OIDC_CLIENT_SECRET": lambda own: "***" if own.oidc else "not set",
    }
)
"""By name without prefix: how to show it, without secrets."""
