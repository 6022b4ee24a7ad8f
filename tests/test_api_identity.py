"""No forged, stale or broken token makes anybody anybody; nobody sees what is another's."""

import base64
import json
import shutil
import socket
import subprocess
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, RSAKey

from supportbot.channels.identity import (
    NOBODY,
    NotProven,
    Visitor,
    identify,
    open_keys,
)
from supportbot.errors import ConfigError
from tests.api import KEYS, QUESTION, SECRET, Api, bearer, token

NOW = int(time.time())
CLAIMS: dict[str, Any] = {
    "iss": "docs",
    "aud": "supportbot",
    "sub": "user-1",
    "account": "meadow",
    "iat": NOW,
    "exp": NOW + 600,
}
HEADER = {"alg": "HS256", "kid": "docs-1"}


def part(value: Any) -> str:
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def signed(
    header: Mapping[str, Any] = HEADER, secret: str = SECRET, drop: str = "", **changes: Any
) -> str:
    claims = {name: value for name, value in {**CLAIMS, **changes}.items() if name != drop}
    return jwt.encode(dict(header), claims, OctKey.import_key(secret))


def unsigned(header: Mapping[str, Any], signature: str = "") -> str:
    return f"{part(dict(header))}.{part(CLAIMS)}.{signature}"


def by_rsa() -> str:
    key = RSAKey.generate_key(2048)
    return jwt.encode({"alg": "RS256", "kid": "docs-1"}, CLAIMS, key, algorithms=["RS256"])


def by_another_curve() -> str:
    return jwt.encode({"alg": "ES256", "kid": "docs-1"}, CLAIMS, ECKey.generate_key("P-256"))


def tampered() -> str:
    head, _, signature = signed().split(".")
    return f"{head}.{part({**CLAIMS, 'account': 'northwind'})}.{signature}"


GOOD = signed()
FORGED: dict[str, str] = {
    "nothing": "",
    "a word": "x",
    "two parts": "a.b",
    "four parts": f"{GOOD}.x",
    "dots": "..",
    "no base64": "!!!.???.***",
    "a JSON object": json.dumps(CLAIMS),
    "alg none": unsigned({"alg": "none", "kid": "docs-1"}),
    "alg None": unsigned({"alg": "None", "kid": "docs-1"}),
    "alg none, signed": unsigned({"alg": "none", "kid": "docs-1"}, part(b"x")),
    "no alg": unsigned({"kid": "docs-1"}, part(b"x")),
    "alg is a number": unsigned({"alg": 1, "kid": "docs-1"}, part(b"x")),
    "HS384": unsigned({"alg": "HS384", "kid": "docs-1"}, part(b"x")),
    "HS512": unsigned({"alg": "HS512", "kid": "docs-1"}, part(b"x")),
    "RS256": by_rsa(),
    "ES256 with the kid of a secret": by_another_curve(),
    "no signature": GOOD.rpartition(".")[0] + ".",
    "another signature": f"{GOOD.rpartition('.')[0]}.{part(b'0' * 32)}",
    "a changed account": tampered(),
    "another secret": signed(secret=SECRET[::-1]),
    "the secret of the other kid": signed(secret=KEYS["docs-2"]),
    "no kid": signed({"alg": "HS256"}),
    "an unknown kid": signed({"alg": "HS256", "kid": "docs-9"}),
    "a kid that is a path": signed({"alg": "HS256", "kid": "../../etc/passwd"}),
    "a kid that is a query": signed({"alg": "HS256", "kid": "' OR '1'='1"}),
    "a kid that is a number": unsigned({"alg": "HS256", "kid": 1}, part(b"x")),
    "a kid that is a list": unsigned({"alg": "HS256", "kid": ["docs-1"]}, part(b"x")),
    "jku without a kid": unsigned({"alg": "HS256", "jku": "https://evil.example/keys"}, part(b"x")),
    "jwk inside": unsigned(
        {"alg": "HS256", "jwk": {"kty": "oct", "k": part(b"k" * 32)}}, part(b"x")
    ),
    "x5u": unsigned({"alg": "RS256", "x5u": "https://evil.example/c", "kid": "docs-1"}, part(b"x")),
    "an unknown crit": unsigned(
        {"alg": "HS256", "kid": "docs-1", "crit": ["exp2"], "exp2": 1}, part(b"x")
    ),
    "no iss": signed(drop="iss"),
    "no aud": signed(drop="aud"),
    "no sub": signed(drop="sub"),
    "no account": signed(drop="account"),
    "no iat": signed(drop="iat"),
    "no exp": signed(drop="exp"),
    "another aud": signed(aud="console"),
    "aud in a list of others": signed(aud=["a", "b"]),
    "expired": signed(iat=NOW - 900, exp=NOW - 31),
    "sixteen minutes": signed(exp=NOW + 16 * 60),
    "exp before iat": signed(exp=NOW - 1),
    "from the future": signed(iat=NOW + 120, exp=NOW + 300),
    "not before later": signed(nbf=NOW + 120),
    "exp as text": signed(exp=str(NOW + 600)),
    "exp as true": signed(exp=True),
    "exp without end": unsigned(HEADER, part(b"x")).replace("600", "1e999"),
    "an empty account": signed(account=""),
    "an account of dots": signed(account=".."),
    "an account with a slash": signed(account="a/b"),
    "an account that is a list": signed(account=["meadow"]),
    "an account that is null": signed(account=None),
    "a sub of blanks": signed(sub="  "),
    "a sub with a line end": signed(sub="user\n1"),
    "a sub that is a number": signed(sub=1),
    "a role that is a list": signed(role=["owner"]),
    "a very long sub": signed(sub="u" * 300),
    "a huge token": signed(junk="x" * 20_000),
}


def test_the_table_is_long_enough() -> None:
    assert len(FORGED) >= 40


@pytest.mark.parametrize("forged", FORGED.values(), ids=FORGED)
def test_a_token_that_is_not_good_proves_nothing_and_asks_nobody(
    api: Api, forged: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("somebody was asked")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    reply = api.ask(QUESTION, headers={"Authorization": f"Bearer {forged}"})

    assert reply.status_code == 401
    assert reply.headers["Content-Type"] == "application/problem+json"
    assert "invalid_token" in reply.headers["WWW-Authenticate"]
    assert SECRET not in reply.text


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer ", "Basic dXNlcjpwYXNz", f"Token {GOOD}", GOOD]
)
def test_a_header_that_is_no_bearer_token_is_refused(api: Api, header: str) -> None:
    assert api.ask(QUESTION, headers={"Authorization": header}).status_code == 401


def test_two_tokens_at_once_are_refused(api: Api) -> None:
    both = [("Authorization", f"Bearer {GOOD}"), ("Authorization", f"Bearer {token('northwind')}")]

    assert api.client.post("/v1/answers", json=QUESTION, headers=both).status_code == 401


def test_a_good_token_is_good_with_either_key_and_in_any_case_of_the_scheme(api: Api) -> None:
    second = signed({"alg": "HS256", "kid": "docs-2"}, KEYS["docs-2"])

    for header in (f"Bearer {GOOD}", f"bearer {second}"):
        assert api.ask(QUESTION, headers={"Authorization": header}).status_code == 200


def test_clocks_may_differ_by_half_a_minute() -> None:
    keys, now = open_keys(KEYS), datetime.fromtimestamp(NOW, UTC)
    late = signed(iat=NOW - 600, exp=NOW - 29)
    early = signed(iat=NOW + 29, exp=NOW + 600)

    assert identify(late, keys, now).account == "meadow"
    assert identify(early, keys, now) == Visitor("meadow", "user-1")
    with pytest.raises(NotProven, match="expired"):
        identify(signed(iat=NOW - 600, exp=NOW - 30), keys, now)


def test_without_keys_nobody_can_be_proven() -> None:
    with pytest.raises(NotProven):
        identify(GOOD, open_keys({}), datetime.fromtimestamp(NOW, UTC))
    assert NOBODY.key == ""


def test_a_public_key_proves_what_its_private_key_signed(tmp_path: Path) -> None:
    private = ec.generate_private_key(ec.SECP256R1())
    pem = private.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    (tmp_path / "host.pem").write_bytes(pem)
    keys = open_keys({"host": str(tmp_path / "host.pem")})
    now = datetime.fromtimestamp(NOW, UTC)
    header = {"alg": "ES256", "kid": "host"}
    good = jwt.encode(header, CLAIMS, ECKey.import_key(_pem(private)))
    confused = unsigned({"alg": "HS256", "kid": "host"}, part(b"x"))

    assert identify(good, keys, now).account == "meadow"
    with pytest.raises(NotProven, match="another algorithm"):
        identify(confused, keys, now)


def _pem(private: ec.EllipticCurvePrivateKey) -> bytes:
    return private.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def test_a_key_file_that_is_none_is_named(tmp_path: Path) -> None:
    (tmp_path / "bad.pem").write_text("nothing")
    for path in (tmp_path / "bad.pem", tmp_path / "missing.pem"):
        with pytest.raises(ConfigError, match=path.name):
            open_keys({"host": str(path)})


def test_a_weak_secret_is_noticed() -> None:
    assert open_keys({"a": "short", "b": SECRET}).weak == ("a",)


OWNER = bearer("meadow", "user-1")
WHO: dict[str, dict[str, str]] = {
    "nobody": {},
    "another account": bearer("northwind", "user-1"),
    "another user": bearer("meadow", "user-2"),
}


def routes(answer: str, conversation: str) -> list[tuple[str, str, Any]]:
    return [
        ("GET", f"/v1/answers/{answer}", None),
        ("POST", f"/v1/answers/{answer}/feedback", {"helpful": True}),
        ("GET", f"/v1/conversations/{conversation}", None),
        ("POST", f"/v1/conversations/{conversation}/handoff", {}),
        ("POST", "/v1/answers", {**QUESTION, "conversation": conversation}),
    ]


@pytest.mark.parametrize("who", WHO.values(), ids=WHO)
def test_what_is_anothers_looks_as_if_it_were_not_there(api: Api, who: dict[str, str]) -> None:
    given = api.ask(QUESTION, headers=OWNER).json()
    foreign = routes(given["id"], given["conversation"])
    missing = routes("ans_" + "0" * 32, "cnv_" + "0" * 32)

    for (method, path, body), (_, nowhere, nothing) in zip(foreign, missing, strict=True):
        there = api.client.request(method, path, json=body, headers=who)
        not_there = api.client.request(method, nowhere, json=nothing, headers=who)
        assert there.status_code == not_there.status_code == 404
        assert there.content == not_there.content
    for method, path, body in foreign:
        assert api.client.request(method, path, json=body, headers=OWNER).status_code < 300


def test_what_an_anonymous_visitor_asked_belongs_to_who_knows_its_name(api: Api) -> None:
    given = api.ask(QUESTION).json()

    for method, path, body in routes(given["id"], given["conversation"]):
        assert api.client.request(method, path, json=body).status_code < 300
        assert api.client.request(method, path, json=body, headers=OWNER).status_code == 404


def test_the_readme_mints_tokens_that_are_good(api: Api, tmp_path: Path) -> None:
    readme = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")
    block = readme.split("<!-- mint: python -->")[1].split("```python\n")[1].split("```")[0]
    space: dict[str, Any] = {"SECRET": SECRET, "KID": "docs-1"}
    exec(block, space)  # noqa: S102 -- our own README

    minted = space["mint"]("meadow", "user-1")

    assert api.ask(QUESTION, headers={"Authorization": f"Bearer {minted}"}).status_code == 200


def test_the_readme_mints_good_tokens_in_node_too(api: Api, tmp_path: Path) -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed")
    readme = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")
    block = readme.split("<!-- mint: node -->")[1].split("```js\n")[1].split("```")[0]
    script = tmp_path / "mint.mjs"
    script.write_text(
        f"{block}\nprocess.stdout.write(mint('meadow', 'user-1', '{SECRET}', 'docs-1'));"
    )
    minted = subprocess.run([node, script], capture_output=True, text=True, check=True).stdout

    assert api.ask(QUESTION, headers={"Authorization": f"Bearer {minted}"}).status_code == 200
