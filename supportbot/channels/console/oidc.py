"""Signing in with the company's own accounts: OpenID Connect, code flow with PKCE."""

import hmac
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Any, Final, cast
from urllib.parse import quote, unquote

from authlib.common.errors import AuthlibBaseError
from authlib.common.security import generate_token
from authlib.integrations.requests_client import OAuth2Session
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, KeySetSerialization
from requests import RequestException, Session

from supportbot.errors import SupportbotError
from supportbot.web_settings import OidcSettings

TIMEOUT: Final = (2, 5)  # seconds to connect, and for each read
KEPT_SECONDS: Final = 600.0
ALGORITHMS: Final = ["RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA"]
LEEWAY_SECONDS: Final = 30
PENDING_SECONDS: Final = 600
SCOPE: Final = "openid email"


class OidcRefused(SupportbotError):
    """What came back proves nobody."""


class OidcUnavailable(SupportbotError):
    """The provider cannot be reached, or is none."""


@dataclass(frozen=True, slots=True)
class Pending:
    """A sign-in that is under way; it stays with the browser in which it began."""

    state: str
    nonce: str
    verifier: str

    def __str__(self) -> str:
        """Write it as a cookie's value."""
        return quote(json.dumps([self.state, self.nonce, self.verifier]), safe="")


def read_pending(value: str | None) -> Pending | None:
    """Read a cookie's value; None: it is none of ours."""
    try:
        state, nonce, verifier = json.loads(unquote(value or ""))
    except (ValueError, TypeError):
        return None
    parts = (state, nonce, verifier)
    return Pending(*parts) if all(isinstance(each, str) for each in parts) else None


class Oidc:
    """One provider; its addresses and keys are asked for and kept for ten minutes."""

    def __init__(self, settings: OidcSettings) -> None:
        """Nothing is asked yet."""
        self._settings = settings
        self._known: dict[str, tuple[float, Any]] = {}
        self._lock = Lock()

    def begin(self, redirect_uri: str) -> tuple[str, Pending]:
        """
        Return where the browser goes, and what it keeps meanwhile.

        Raises:
            OidcUnavailable: the provider does not tell.
        """
        endpoint = str(self._about()["authorization_endpoint"])
        pending = Pending(generate_token(32), generate_token(32), generate_token(48))
        with self._session(redirect_uri) as session:
            url, _ = session.create_authorization_url(
                endpoint,
                state=pending.state,
                nonce=pending.nonce,
                code_verifier=pending.verifier,
            )
        return url, pending

    def check(self) -> None:
        """
        Ask the provider for its addresses and keys.

        Raises:
            OidcUnavailable: it does not tell, or is none.
        """
        self._get(str(self._about()["jwks_uri"]))

    def finish(self, pending: Pending | None, state: str, code: str, redirect_uri: str) -> str:
        """
        Return the verified e-mail address of who signed in.

        Raises:
            OidcRefused: it is another browser's sign-in, or the token is not good.
            OidcUnavailable: the provider does not tell.
        """
        if pending is None or not hmac.compare_digest(pending.state.encode(), state.encode()):
            raise OidcRefused("This sign-in began elsewhere or too long ago; begin again.")
        token = self._token(code, pending.verifier, redirect_uri)
        claims = self._claims(str(token.get("id_token") or ""), pending.nonce)
        email = claims.get("email")
        if claims.get("email_verified") is not True or not isinstance(email, str):
            raise OidcRefused("The provider has not verified your e-mail address.")
        return email.strip().lower()

    def _token(self, code: str, verifier: str, redirect_uri: str) -> Mapping[str, Any]:
        endpoint = str(self._about()["token_endpoint"])
        try:
            with self._session(redirect_uri) as session:
                token: Mapping[str, Any] = session.fetch_token(
                    endpoint, code=code, code_verifier=verifier, timeout=TIMEOUT
                )
        except AuthlibBaseError as error:
            raise OidcRefused("The provider did not take the sign-in; begin again.") from error
        except (RequestException, ValueError) as error:
            raise OidcUnavailable("The sign-in service cannot be reached now.") from error
        return token

    def _claims(self, id_token: str, nonce: str) -> Mapping[str, Any]:
        own = self._settings
        registry = jwt.JWTClaimsRegistry(
            leeway=LEEWAY_SECONDS,
            iss={"essential": True, "value": own.issuer},
            aud={"essential": True, "value": own.client_id},
            exp={"essential": True},
            iat={"essential": True},
            nonce={"essential": True, "value": nonce},
        )
        try:
            token = self._decoded(id_token)
            registry.validate(token.claims)
        except (JoseError, ValueError) as error:
            raise OidcRefused("The provider's token is not good; begin again.") from error
        others = token.claims.get("azp", own.client_id)
        if others != own.client_id:
            raise OidcRefused("The provider's token is for another; begin again.")
        return token.claims

    def _decoded(self, id_token: str) -> jwt.Token:
        uri = str(self._about()["jwks_uri"])
        keys = self._keys(uri)
        try:
            return jwt.decode(id_token, keys, algorithms=ALGORITHMS)
        except (JoseError, ValueError):  # its keys may have been changed since
            self._forget(uri)
            newer = self._keys(uri)
            return jwt.decode(id_token, newer, algorithms=ALGORITHMS)

    def _keys(self, uri: str) -> KeySet:
        return KeySet.import_key_set(cast(KeySetSerialization, self._get(uri)))

    def _about(self) -> Mapping[str, Any]:
        issuer = self._settings.issuer
        about = self._get(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
        if about.get("issuer") != issuer:
            raise OidcUnavailable("SUPPORTBOT_OIDC_ISSUER is not what its provider says it is.")
        for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
            if not isinstance(about.get(name), str):
                raise OidcUnavailable(f"The sign-in service names no {name}.")
        return about

    def _get(self, url: str) -> dict[str, Any]:
        return self._kept(url, lambda: self._asked(url))

    def _asked(self, url: str) -> dict[str, Any]:
        try:
            with Session() as session:
                session.trust_env = False
                reply = session.get(url, timeout=TIMEOUT)
            reply.raise_for_status()
            told = reply.json()
        except (RequestException, ValueError) as error:
            raise OidcUnavailable("The sign-in service cannot be reached now.") from error
        if not isinstance(told, dict):
            raise OidcUnavailable("The sign-in service answers with what is none.")
        return told

    def _kept(self, url: str, ask: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        with self._lock:
            at, found = self._known.get(url, (0.0, None))
        if found is None or time.monotonic() - at > KEPT_SECONDS:
            found = ask()
            with self._lock:
                self._known[url] = time.monotonic(), found
        told: dict[str, Any] = found
        return told

    def _forget(self, url: str) -> None:
        with self._lock:
            self._known.pop(url, None)

    def _session(self, redirect_uri: str) -> OAuth2Session:
        own = self._settings
        session = OAuth2Session(
            own.client_id,
            own.client_secret,
            scope=SCOPE,
            redirect_uri=redirect_uri,
            code_challenge_method="S256",
        )
        session.trust_env = False
        return session
