"""Routes: the widget's script, and in a demo the page that shows it."""

import base64
import hashlib
import time
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Annotated, Final

from fastapi import APIRouter, Header, Query
from fastapi.responses import JSONResponse, PlainTextResponse, Response
from joserfc import jwt
from joserfc.jwk import OctKey

from supportbot.channels.identity import AUDIENCE
from supportbot.channels.problems import responses
from supportbot.channels.proving import not_here
from supportbot.channels.site import DEMO_KEY, Site

SCRIPT: Final = "v1.js"
KEPT_SECONDS: Final = 300
"""How long a browser may keep the script that has no hash in its name: an update comes soon."""

YEAR: Final = 31_536_000
TOKEN_SECONDS: Final = 600
DEMO_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
TYPES: Final[Mapping[str, str]] = {
    "html": "text/html; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
}


def widget_routes(site: Site) -> APIRouter:
    """Return the routes under /widget."""
    router = APIRouter(prefix="/widget", tags=["widget"])

    @router.get("/v1.js", response_class=Response)
    def get_script(if_none_match: Annotated[str | None, Header()] = None) -> Response:
        """Return the widget's script."""
        return _script(KEPT_SECONDS, if_none_match)

    @router.get("/v1-{digest}.js", response_class=Response, responses=responses(404))
    def get_pinned_script(digest: str) -> Response:
        """Return the script under its own hash, for pages that pin it (SRI)."""
        return _script(YEAR, None) if digest == script_hash() else not_here()

    @router.get("/v1.json")
    def get_pin() -> dict[str, str]:
        """Return the address and the hash with which a page pins the script (SRI)."""
        return {"src": f"/widget/v1-{script_hash()}.js", "integrity": integrity()}

    if site.demo:
        _add_demo(router, site)
    return router


def _add_demo(router: APIRouter, site: Site) -> None:
    @router.get("/demo", include_in_schema=False)
    def get_demo() -> Response:
        headers = {"Content-Security-Policy": DEMO_POLICY}
        return Response(_read("demo.html"), media_type=TYPES["html"], headers=headers)

    @router.get("/demo.{kind}", include_in_schema=False)
    def get_demo_file(kind: str) -> Response:
        if kind not in ("css", "js"):
            return not_here()
        return Response(_read(f"demo.{kind}"), media_type=TYPES[kind])

    @router.get("/demo/accounts", include_in_schema=False)
    def get_demo_accounts() -> Response:
        listing = getattr(site.serving().bot.accounts, "list", tuple)
        return JSONResponse([{"id": each.id, "name": each.name} for each in listing()])

    @router.get("/demo/token", include_in_schema=False)
    def get_demo_token(account: Annotated[str, Query(max_length=64)]) -> Response:
        token = demo_token(site, account)
        return PlainTextResponse(token, headers={"Cache-Control": "no-store"})


def demo_token(site: Site, account: str) -> str:
    """Mint a token of the owner of a sample account, as a host's backend would."""
    now = int(time.time())
    claims = {
        "iss": "demo",
        "aud": AUDIENCE,
        "sub": f"visitor of {account}",
        "account": account,
        "role": "owner",
        "iat": now,
        "exp": now + TOKEN_SECONDS,
    }
    key = site.keys.by_id[DEMO_KEY][1]
    if not isinstance(key, OctKey):
        raise TypeError("the demo signs with a secret")
    return jwt.encode({"alg": "HS256", "kid": DEMO_KEY}, claims, key)


@cache
def _read(name: str) -> bytes:
    return files("supportbot.channels.widget").joinpath("static", name).read_bytes()


@cache
def script_hash() -> str:
    """Return the hash by which a page can pin the script."""
    return hashlib.sha256(_read(SCRIPT)).hexdigest()[:16]


def integrity() -> str:
    """Return the value of the attribute ``integrity`` for the script."""
    digest = base64.b64encode(hashlib.sha384(_read(SCRIPT)).digest()).decode()
    return f"sha384-{digest}"


def _script(seconds: int, known: str | None) -> Response:
    tag = f'"{script_hash()}"'
    headers = {
        "ETag": tag,
        "Cache-Control": f"public, max-age={seconds}",
        "Access-Control-Allow-Origin": "*",  # a script with SRI is fetched so
        "Cross-Origin-Resource-Policy": "cross-origin",
    }
    if known and tag in known:
        return Response(status_code=304, headers=headers)
    return Response(_read(SCRIPT), media_type=TYPES["js"], headers=headers)
