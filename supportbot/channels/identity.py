"""
Who is asking: proved by a token that the host's backend signed, or nobody.

The account comes from here alone.  A token that is not good in every point is refused; it
never makes its bearer an anonymous visitor.
"""

import math
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, cast, get_args

from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OctKey

from supportbot.account import Role
from supportbot.accounts.source import ACCOUNT_ID
from supportbot.errors import ConfigError, SupportbotError

AUDIENCE: Final = "supportbot"
LONGEST_LIFE: Final = 15 * 60
LEEWAY: Final = 30
LONGEST_TOKEN: Final = 4096
LONGEST_CLAIM: Final = 256
STRONG_SECRET: Final = 32
"""Bytes: RFC 7518 asks for a key as long as the hash."""

ROLES: Final = frozenset(get_args(Role))


class NotProven(SupportbotError):
    """A token that proves nothing; ``str`` says why, for the host's developer."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """
    Who asks, as proved; ``account`` None: an anonymous visitor, and then nothing else is known.

    ``user`` is the token's ``sub``.  Without ``role`` it is looked up among the members.
    """

    account: str | None = None
    user: str | None = None
    email: str | None = None
    role: Role | None = None

    @property
    def key(self) -> str:
        """Name the identity, for what is kept by identity; empty for nobody."""
        return "" if self.account is None else f"{self.account}\n{self.user}"


NOBODY: Final = Visitor()
Key = OctKey | ECKey


@dataclass(frozen=True, slots=True)
class IdentityKeys:
    """The keys that hosts sign with, by their ids, each with the one algorithm it is for."""

    by_id: Mapping[str, tuple[str, Key]]
    weak: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Whether anybody can be identified at all."""
        return bool(self.by_id)


def open_keys(given: Mapping[str, str]) -> IdentityKeys:
    """
    Make keys of secrets (HS256), and of paths that end in ``.pem`` (public keys, ES256).

    Raises:
        ConfigError: a file cannot be read, or holds no P-256 public key.
    """
    keys = {kid: _key(kid, value) for kid, value in given.items()}
    weak = tuple(
        kid
        for kid, value in given.items()
        if keys[kid][0] == "HS256" and len(value.encode()) < STRONG_SECRET
    )
    return IdentityKeys(MappingProxyType(keys), weak)


def identify(token: str, keys: IdentityKeys, now: datetime) -> Visitor:
    """
    Return whom the token proves.

    Raises:
        NotProven: anything about it is not as it must be.
    """
    if len(token) > LONGEST_TOKEN:
        raise NotProven("The token is too long.")
    algorithm, key = _named_key(token, keys)
    try:
        claims = jwt.decode(token, key, algorithms=[algorithm]).claims
    except (JoseError, ValueError, TypeError, KeyError, RecursionError) as error:
        raise NotProven("The signature does not hold, or the token is none.") from error
    _in_time(claims, now.timestamp())
    return _visitor(claims)


def _key(kid: str, value: str) -> tuple[str, Key]:
    if not value.endswith(".pem"):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of short secrets `doctor` warns
            return "HS256", OctKey.import_key(value)
    try:
        key = ECKey.import_key(Path(value).expanduser().read_bytes())
    except (OSError, ValueError, JoseError) as error:
        raise ConfigError(
            f"SUPPORTBOT_IDENTITY_KEYS: {value}, the public key of {kid}, cannot be read: {error}."
        ) from error
    if key.curve_name != "P-256":
        raise ConfigError(
            f"SUPPORTBOT_IDENTITY_KEYS: {value} holds a key on {key.curve_name}; ES256 needs P-256."
        )
    return "ES256", key


def _named_key(token: str, keys: IdentityKeys) -> tuple[str, Key]:
    try:
        header = jws.extract_compact(token.encode("ascii")).headers()
    except (JoseError, ValueError, TypeError, KeyError, RecursionError) as error:
        raise NotProven("The token is none.") from error
    kid = header.get("kid")
    found = keys.by_id.get(kid) if isinstance(kid, str) else None
    if found is None:
        raise NotProven("The token names no key (kid) that is known here.")
    if header.get("alg") != found[0]:
        raise NotProven("The token names another algorithm than its key is for.")
    return found


def _in_time(claims: Mapping[str, Any], now: float) -> None:
    issued, expires = _number(claims, "iat"), _number(claims, "exp")
    if not 0 < expires - issued <= LONGEST_LIFE:
        raise NotProven("The token must live for at most 15 minutes after iat.")
    if expires + LEEWAY <= now:
        raise NotProven("The token has expired.")
    starts = max(issued, _number(claims, "nbf") if "nbf" in claims else issued)
    if starts > now + LEEWAY:
        raise NotProven("The token is from the future.")


def _number(claims: Mapping[str, Any], name: str) -> float:
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise NotProven(f"The token lacks {name}, as a number of seconds.")
    return float(value)


def _visitor(claims: Mapping[str, Any]) -> Visitor:
    audience = claims.get("aud")
    if AUDIENCE not in (audience if isinstance(audience, list) else [audience]):
        raise NotProven(f"The token is not for {AUDIENCE} (aud).")
    _text(claims, "iss")
    account = _text(claims, "account")
    if not ACCOUNT_ID.fullmatch(account) or account in {".", ".."}:
        raise NotProven("The token's account is no id of an account.")
    email = _text(claims, "email") if claims.get("email") is not None else None
    return Visitor(account, _text(claims, "sub"), email, _role(claims))


def _role(claims: Mapping[str, Any]) -> Role | None:
    """Take a role that is not known here for the least: what it may see cannot be guessed."""
    if claims.get("role") is None:
        return None
    role = _text(claims, "role")
    return cast(Role, role) if role in ROLES else "member"


def _text(claims: Mapping[str, Any], name: str) -> str:
    value = claims.get(name)
    if not isinstance(value, str) or not value.strip() or len(value) > LONGEST_CLAIM:
        raise NotProven(f"The token lacks {name}, as text of at most {LONGEST_CLAIM} characters.")
    if not value.isprintable():
        raise NotProven(f"The token's {name} holds what cannot be printed.")
    return value
