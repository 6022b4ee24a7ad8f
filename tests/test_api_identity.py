"""No forged, stale or broken token makes anybody anybody; nobody sees what is another's."""

import base64
import json
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Mapping
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


def claims() -> dict[str, Any]:
    return {
        "iss": "docs",
        "aud": "supportbot",
        "sub": "user-1",
        "account": "meadow",
        "iat": now(),
        "exp": now() + 600,
    }


def now() -> int:
    return int(time.time())


HEADER = {"alg": "HS256", "kid": "docs-1"}


def part(value: Any) -> str:
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def signed(
    header: Mapping[str, Any] = HEADER, secret: str = SECRET, drop: str = "", **changes: Any
) -> str:
    told = {name: value for name, value in {**claims(), **changes}.items() if name != drop}
    return jwt.encode(dict(header), told, OctKey.import_key(secret))


def unsigned(header: Mapping[str, Any], signature: str = "") -> str:
    return f"{part(dict(header))}.{part(claims())}.{signature}"


def by_rsa() -> str:
    key = RSAKey.generate_key(2048)
    return jwt.encode({"alg": "RS256", "kid": "docs-1"}, claims(), key, algorithms=["RS256"])


def by_another_curve() -> str:
    return jwt.encode({"alg": "ES256", "kid": "docs-1"}, claims(), ECKey.generate_key("P-256"))


def tampered() -> str:
    head, _, signature = signed().split(".")
    return f"{head}.{part({**claims(), 'account': 'northwind'})}.{signature}"


FORGED: dict[str, Callable[[], str]] = {
    "nothing": lambda: "",
    "a word": lambda: "x",
    "two parts": lambda: "a.b",
    "four parts": lambda: f"{signed()}.x",
    "dots": lambda: "..",
    "no base64": lambda: "!!!.???.***",
    "a JSON object": lambda: json.dumps(claims()),
    "alg none": lambda: unsigned({"alg": "none", "kid": "docs-1"}),
    "alg None": lambda: unsigned({"alg": "None", "kid": "docs-1"}),
    "alg none, signed": lambda: unsigned({"alg": "none", "kid": "docs-1"}, part(b"x")),
    "no alg": lambda: unsigned({"kid": "docs-1"}, part(b"x")),
    "alg is a number": lambda: unsigned({"alg": 1, "kid": "docs-1"}, part(b"x")),
    "HS384": lambda: unsigned({"alg": "HS384", "kid": "docs-1"}, part(b"x")),
    "HS512": lambda: unsigned({"alg": "HS512", "kid": "docs-1"}, part(b"x")),
    "RS256": lambda: by_rsa(),
    "ES256 with the kid of a secret": lambda: by_another_curve(),
    "no signature": lambda: signed().rpartition(".")[0] + ".",
    "another signature": lambda: f"{signed().rpartition('.')[0]}.{part(b'0' * 32)}",
    "a changed account": lambda: tampered(),
    "another secret": lambda: signed(secret=SECRET[::-1]),
    "the secret of the other kid": lambda: signed(secret=KEYS["docs-2"]),
    "no kid": lambda: signed({"alg": "HS256"}),
    "an unknown kid": lambda: signed({"alg": "HS256", "kid": "docs-9"}),
    "a kid that is a path": lambda: signed({"alg": "HS256", "kid": "../../etc/passwd"}),
    "a kid that is a query": lambda: signed({"alg": "HS256", "kid": "' OR '1'='1"}),
    "a kid that is a number": lambda: unsigned({"alg": "HS256", "kid": 1}, part(b"x")),
    "a kid that is a list": lambda: unsigned({"alg": "HS256", "kid": ["docs-1"]}, part(b"x")),
    "jku without a kid": lambda: unsigned(
        {"alg": "HS256", "jku": "https://evil.example/keys"}, part(b"x")
    ),
    "jwk inside": lambda: unsigned(
        {"alg": "HS256", "jwk": {"kty": "oct", "k": part(b"k" * 32)}}, part(b"x")
    ),
    "x5u": lambda: unsigned(
        {"alg": "RS256", "x5u": "https://evil.example/c", "kid": "docs-1"}, part(b"x")
    ),
    "an unknown crit": lambda: unsigned(
        {"alg": "HS256", "kid": "docs-1", "crit": ["exp2"], "exp2": 1}, part(b"x")
    ),
    "no iss": lambda: signed(drop="iss"),
    "no aud": lambda: signed(drop="aud"),
    "no sub": lambda: signed(drop="sub"),
    "no account": lambda: signed(drop="account"),
    "no iat": lambda: signed(drop="iat"),
    "no exp": lambda: signed(drop="exp"),
    "another aud": lambda: signed(aud="console"),
    "aud in a list of others": lambda: signed(aud=["a", "b"]),
    "expired": lambda: signed(iat=now() - 900, exp=now() - 31),
    "sixteen minutes": lambda: signed(exp=now() + 16 * 60),
    "exp before iat": lambda: signed(exp=now() - 1),
    "from the future": lambda: signed(iat=now() + 120, exp=now() + 300),
    "not before later": lambda: signed(nbf=now() + 120),
    "exp as text": lambda: signed(exp=str(now() + 600)),
    "exp as true": lambda: signed(exp=True),
    "exp without end": lambda: unsigned(HEADER, part(b"x")).replace("600", "1e999"),
    "an empty account": lambda: signed(account=""),
    "an account of dots": lambda: signed(account=".."),
    "an account with a slash": lambda: signed(account="a/b"),
    "an account that is a list": lambda: signed(account=["meadow"]),
    "an account that is null": lambda: signed(account=None),
    "a sub of blanks": lambda: signed(sub="  "),
    "a sub with a line end": lambda: signed(sub="user\n1"),
    "a sub that is a number": lambda: signed(sub=1),
    "a role that is a list": lambda: signed(role=["owner"]),
    "a very long sub": lambda: signed(sub="u" * 300),
    "a huge token": lambda: signed(junk="x" * 20_000),
}


def test_the_table_is_long_enough() -> None:
    assert len(FORGED) >= 40


@pytest.mark.parametrize("forged", FORGED.values(), ids=FORGED)
def test_a_token_that_is_not_good_proves_nothing_and_asks_nobody(
    api: Api, forged: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("somebody was asked")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    reply = api.ask(QUESTION, headers={"Authorization": f"Bearer {forged()}"})

    assert reply.status_code == 401
    assert reply.headers["Content-Type"] == "application/problem+json"
    assert "invalid_token" in reply.headers["WWW-Authenticate"]
    assert SECRET not in reply.text


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer ", "Basic dXNlcjpwYXNz", "Token {}", "{}"]
)
def test_a_header_that_is_no_bearer_token_is_refused(api: Api, header: str) -> None:
    headers = {"Authorization": header.format(signed())}

    assert api.ask(QUESTION, headers=headers).status_code == 401


def test_two_tokens_at_once_are_refused(api: Api) -> None:
    both = [
        ("Authorization", f"Bearer {signed()}"),
        ("Authorization", f"Bearer {token('northwind')}"),
    ]

    assert api.client.post("/v1/answers", json=QUESTION, headers=both).status_code == 401


def test_a_good_token_is_good_with_either_key_and_in_any_case_of_the_scheme(api: Api) -> None:
    second = signed({"alg": "HS256", "kid": "docs-2"}, KEYS["docs-2"])

    for header in (f"Bearer {signed()}", f"bearer {second}"):
        assert api.ask(QUESTION, headers={"Authorization": header}).status_code == 200


def test_clocks_may_differ_by_half_a_minute() -> None:
    keys, at = open_keys(KEYS), datetime.fromtimestamp(now(), UTC)
    late = signed(iat=now() - 600, exp=now() - 29)
    early = signed(iat=now() + 29, exp=now() + 600)

    assert identify(late, keys, at).account == "meadow"
    assert identify(early, keys, at) == Visitor("meadow", "user-1")
    with pytest.raises(NotProven, match="expired"):
        identify(signed(iat=now() - 600, exp=now() - 30), keys, at)


def test_without_keys_nobody_can_be_proven() -> None:
    with pytest.raises(NotProven):
        identify(signed(), open_keys({}), datetime.fromtimestamp(now(), UTC))
    assert NOBODY.key == ""


def test_a_public_key_proves_what_its_private_key_signed(tmp_path: Path) -> None:
    private = ec.generate_private_key(ec.SECP256R1())
    pem = private.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    (tmp_path / "host.pem").write_bytes(pem)
    keys = open_keys({"host": str(tmp_path / "host.pem")})
    at = datetime.fromtimestamp(now(), UTC)
    header = {"alg": "ES256", "kid": "host"}
    good = jwt.encode(header, claims(), ECKey.import_key(_pem(private)))
    confused = unsigned({"alg": "HS256", "kid": "host"}, part(b"x"))

    assert identify(good, keys, at).account == "meadow"
    with pytest.raises(NotProven, match="another algorithm"):
        identify(confused, keys, at)


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


WHO: dict[str, tuple[str, str] | None] = {
    "nobody": None,
    "another account": ("northwind", "user-1"),
    "another user": ("meadow", "user-2"),
}


@pytest.fixture
def owner() -> dict[str, str]:
    return bearer("meadow", "user-1")


def routes(answer: str, conversation: str) -> list[tuple[str, str, Any]]:
    return [
        ("GET", f"/v1/answers/{answer}", None),
        ("POST", f"/v1/answers/{answer}/feedback", {"helpful": True}),
        ("GET", f"/v1/conversations/{conversation}", None),
        ("POST", f"/v1/conversations/{conversation}/handoff", {}),
        ("POST", "/v1/answers", {**QUESTION, "conversation": conversation}),
    ]


@pytest.mark.parametrize("who", WHO.values(), ids=WHO)
def test_what_is_anothers_looks_as_if_it_were_not_there(
    api: Api, owner: dict[str, str], who: tuple[str, str] | None
) -> None:
    headers = bearer(*who) if who else {}
    given = api.ask(QUESTION, headers=owner).json()
    foreign = routes(given["id"], given["conversation"])
    missing = routes("ans_" + "0" * 32, "cnv_" + "0" * 32)

    for (method, path, body), (_, nowhere, nothing) in zip(foreign, missing, strict=True):
        there = api.client.request(method, path, json=body, headers=headers)
        not_there = api.client.request(method, nowhere, json=nothing, headers=headers)
        assert there.status_code == not_there.status_code == 404
        assert there.content == not_there.content
    for method, path, body in foreign:
        assert api.client.request(method, path, json=body, headers=owner).status_code < 300


def test_what_an_anonymous_visitor_asked_belongs_to_who_knows_its_name(
    api: Api, owner: dict[str, str]
) -> None:
    given = api.ask(QUESTION).json()

    for method, path, body in routes(given["id"], given["conversation"]):
        assert api.client.request(method, path, json=body).status_code < 300
        assert api.client.request(method, path, json=body, headers=owner).status_code == 404


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
