"""Signing in by OpenID Connect: whom the provider vouches for, and nobody else."""

import base64
import hashlib
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey

from supportbot.bot import Bot
from supportbot.errors import ConfigError
from supportbot.settings import Settings
from supportbot.store.agents import Agent, AgentStore
from supportbot.web_settings import OidcSettings, WebSettings, read_web_settings
from tests.api import Api, api_of
from tests.fault_server import FaultServer, Request, Response, closed, status

CLIENT, SECRET = "support", "client-secret"
KEY = RSAKey.generate_key(2048, {"kid": "k1"})
OTHER_KEY = RSAKey.generate_key(2048, {"kid": "k1"})


class Provider:
    """An OpenID provider: one code at a time, PKCE and the client's secret checked."""

    def __init__(self) -> None:
        self.url = ""
        self.asked: dict[str, str] = {}
        self.claims: dict[str, Any] = {}
        self.key, self.published, self.algorithm = KEY, KEY, "RS256"

    def __call__(self, request: Request) -> Response:
        if request.path == "/.well-known/openid-configuration":
            ends = {"authorization": "auth", "token": "token"}
            about = {f"{k}_endpoint": f"{self.url}/{v}" for k, v in ends.items()}
            return Response({"issuer": self.url, "jwks_uri": f"{self.url}/keys", **about})
        if request.path == "/keys":
            return Response({"keys": [self.published.as_dict(private=False)]})
        given = {k: v[0] for k, v in parse_qs(request.body.decode()).items()}
        expected = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        digest = hashlib.sha256(given.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        if (
            request.headers.get("Authorization") != f"Basic {expected}"
            or given.get("code") != "the-code"
            or challenge != self.asked["code_challenge"]
            or given.get("redirect_uri") != self.asked["redirect_uri"]
        ):
            return Response({"error": "invalid_grant"}, 400)
        return Response({"access_token": "a", "token_type": "Bearer", "id_token": self.token()})

    def token(self) -> str:
        now = int(time.time())
        claims = {"iss": self.url, "aud": CLIENT, "sub": "7", "iat": now, "exp": now + 300,
                  "nonce": self.asked["nonce"], "email": "Ann@example.com",
                  "email_verified": True, **self.claims}  # fmt: skip
        told = {name: value for name, value in claims.items() if value is not None}
        header = {"alg": self.algorithm, "kid": "k1"}
        if self.algorithm == "none":
            parts = (json.dumps(each).encode() for each in (header, told))
            return ".".join(base64.urlsafe_b64encode(p).decode().rstrip("=") for p in parts) + "."
        return jwt.encode(header, told, self.key)


class Way:
    """A browser that signs in."""

    def __init__(self, api: Api, provider: Provider, server: FaultServer) -> None:
        self.api, self.provider, self.server = api, provider, server

    def begin(self) -> dict[str, str]:
        went = self.api.client.get("/console/oidc/begin", follow_redirects=False)
        assert went.status_code == 303, went.text
        query = parse_qs(urlsplit(went.headers["Location"]).query)
        self.provider.asked = {name: values[0] for name, values in query.items()}
        return self.provider.asked

    def back(self, state: str, code: str = "the-code") -> Any:
        return self.api.client.get(
            "/console/oidc/back", params={"state": state, "code": code}, follow_redirects=False
        )

    def whole(self) -> Any:
        return self.back(self.begin()["state"])

    def is_in(self) -> bool:
        return bool(self.api.client.get("/console", follow_redirects=False).status_code == 200)


@pytest.fixture
def way(demo_bot: Bot, tmp_path: Path) -> Iterator[Way]:
    provider = Provider()
    server = FaultServer(provider)
    provider.url = server.url
    own = Settings("sqlite://", web=WebSettings(oidc=OidcSettings(server.url, CLIENT, SECRET)))
    with api_of(demo_bot, tmp_path, settings=own) as api:
        AgentStore(api.engine).add(Agent("ann@example.com"))
        yield Way(api, provider, server)
    server.close()


def test_an_agent_whom_the_provider_vouches_for_gets_in(way: Way) -> None:
    page = way.api.client.get("/console/sign-in").text
    asked = way.begin()
    went = way.back(asked["state"])

    assert "company" in page
    assert "password" not in page
    assert asked["code_challenge_method"] == "S256"
    assert asked["scope"] == "openid email"
    assert (went.status_code, went.headers["Location"]) == (303, "/console")
    assert way.is_in()


def test_passwords_are_of_no_use_then(way: Way) -> None:
    data = {"email": "ann@example.com", "password": "correct horse battery"}

    assert way.api.client.post("/console/sign-in", data=data).status_code == 405
    assert way.api.client.get("/console/set-up/key").status_code == 404


def test_whom_no_admin_has_added_stays_out(way: Way) -> None:
    way.provider.claims = {"email": "mallory@example.com"}
    went = way.whole()

    assert went.status_code == 403
    assert "no agent here" in went.text
    assert not way.is_in()


FORGED: dict[str, Callable[[Provider], object]] = {
    "unverified e-mail": lambda p: p.claims.update(email_verified=False),
    "e-mail verified in words": lambda p: p.claims.update(email_verified="true"),
    "no word on the e-mail": lambda p: p.claims.update(email_verified=None),
    "no e-mail": lambda p: p.claims.update(email=None),
    "another nonce": lambda p: p.claims.update(nonce="other"),
    "no nonce": lambda p: p.claims.update(nonce=None),
    "another audience": lambda p: p.claims.update(aud="other"),
    "for another too": lambda p: p.claims.update(aud=[CLIENT, "other"], azp="other"),
    "another issuer": lambda p: p.claims.update(iss="https://evil.example"),
    "old": lambda p: p.claims.update(exp=int(time.time()) - 60),
    "no end": lambda p: p.claims.update(exp=None),
    "signed by another": lambda p: setattr(p, "key", OTHER_KEY),
    "not signed": lambda p: setattr(p, "algorithm", "none"),
}


@pytest.mark.parametrize("forge", FORGED.values(), ids=FORGED)
def test_a_token_that_is_not_good_lets_nobody_in(
    way: Way, forge: Callable[[Provider], object]
) -> None:
    forge(way.provider)
    went = way.whole()

    assert went.status_code == 401
    assert "Traceback" not in went.text
    assert not way.is_in()


def test_a_sign_in_that_began_in_another_browser_is_refused(way: Way) -> None:
    stolen = way.begin()["state"]
    cookies = dict(way.api.client.cookies)
    way.api.client.cookies.clear()
    without = way.back(stolen)
    way.api.client.cookies.set("supportbot-oidc", "%5B1%5D", path="/console/oidc/back")
    odd = way.back(stolen)
    way.api.client.cookies.clear()
    way.api.client.cookies.update(cookies)
    another = way.back("another-state")
    wrong_code = way.back(stolen, "other-code")

    assert [each.status_code for each in (without, odd, another, wrong_code)] == [401] * 4
    assert not way.is_in()


def test_keys_that_the_provider_changed_are_asked_for_again(way: Way) -> None:
    first = way.whole().status_code
    way.provider.key = way.provider.published = OTHER_KEY

    assert (first, way.whole().status_code) == (303, 303)


@pytest.mark.parametrize("fault", [status(500), closed])
def test_a_provider_that_cannot_be_reached_is_said_plainly(way: Way, fault: Any) -> None:
    way.server.faults["/.well-known/openid-configuration"] = fault
    went = way.api.client.get("/console/oidc/begin", follow_redirects=False)

    assert went.status_code == 502
    assert "cannot be reached now" in went.text


def test_a_provider_that_says_it_is_another_is_not_believed(way: Way) -> None:
    way.provider.url = "https://evil.example"
    went = way.api.client.get("/console/oidc/begin", follow_redirects=False)

    assert went.status_code == 502


def test_the_settings_are_all_needed_and_the_address_is_https() -> None:
    whole = {"OIDC_ISSUER": "https://id.example", "OIDC_CLIENT_ID": "a", "OIDC_CLIENT_SECRET": "s"}

    assert read_web_settings(whole).oidc == OidcSettings("https://id.example", "a", "s")
    with pytest.raises(ConfigError, match="OIDC_CLIENT_SECRET is missing"):
        read_web_settings({**whole, "OIDC_CLIENT_SECRET": ""})
    with pytest.raises(ConfigError, match="no https address"):
        read_web_settings({**whole, "OIDC_ISSUER": "http://id.example"})
    assert "s'" not in repr(replace(WebSettings(), oidc=OidcSettings("https://i", "a", "s")))
