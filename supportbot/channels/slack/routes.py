"""Routes for Slack: its signed events, and the page on which a link is confirmed."""

from collections.abc import Mapping
from importlib.resources import files
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse, PlainTextResponse, Response
from slack_bolt.adapter.starlette.handler import to_bolt_request, to_starlette_response
from slack_bolt.oauth.oauth_flow import OAuthFlow
from starlette.concurrency import run_in_threadpool

from supportbot.channels.identity import IdentityKeys, Visitor
from supportbot.channels.problems import problem, responses
from supportbot.channels.proving import IdentityToken, not_here
from supportbot.channels.slack.app import Running
from supportbot.channels.slack.installing import NotInstalled
from supportbot.store.slack_links import Link, SlackLinks

PAGE_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
LONGEST_STAMP: Final = 12  # more digits are no time, and may be more than Python converts
TYPES: Final[Mapping[str, str]] = {"css": "text/css", "js": "text/javascript"}


def slack_routes(running: Running) -> APIRouter:
    """Return the route that Slack calls, and those by which workspaces install the app."""
    router = APIRouter(prefix="/slack", tags=["slack"])

    @router.post("/events", include_in_schema=False)
    async def post_events(request: Request) -> Response:
        body = await request.body()
        stamp = request.headers.get("x-slack-request-timestamp", "")
        try:
            body.decode("utf-8")
        except UnicodeDecodeError:
            return problem(401)
        if not (stamp.isascii() and stamp.isdigit() and len(stamp) <= LONGEST_STAMP):
            return problem(401)
        reply = await run_in_threadpool(running.app.dispatch, to_bolt_request(request, body))
        return to_starlette_response(reply)

    if running.flow is not None:
        _add_installation(router, running.flow)
    return router


def _add_installation(router: APIRouter, flow: OAuthFlow) -> None:
    @router.get("/install", include_in_schema=False)
    async def get_install(request: Request) -> Response:
        asked = to_bolt_request(request, b"")
        return to_starlette_response(await run_in_threadpool(flow.handle_installation, asked))

    @router.get("/oauth_redirect", include_in_schema=False)
    async def get_redirect(request: Request) -> Response:
        asked = to_bolt_request(request, b"")
        try:
            return to_starlette_response(await run_in_threadpool(flow.handle_callback, asked))
        except NotInstalled as error:
            return PlainTextResponse(str(error), status_code=400)


def link_routes(links: SlackLinks, keys: IdentityKeys) -> APIRouter:
    """Return the page that asks a signed-in visitor to confirm a link, and what it calls."""
    router = APIRouter(tags=["slack"])
    Proven = Annotated[Visitor, Depends(IdentityToken(keys))]

    @router.get("/slack/link/{nonce}", include_in_schema=False)
    def get_page(nonce: str) -> Response:
        """Show the page; nothing is bound by looking, as previews look, too."""
        headers = {"Content-Security-Policy": PAGE_POLICY, "Cache-Control": "no-store"}
        return Response(_read("link.html"), media_type="text/html", headers=headers)

    @router.get("/slack/link.{kind}", include_in_schema=False)
    def get_file(kind: str) -> Response:
        return (
            Response(_read(f"link.{kind}"), media_type=TYPES[kind]) if kind in TYPES else not_here()
        )

    @router.get("/v1/slack/links/{nonce}", responses=responses(401, 404, 422))
    def get_link(nonce: str, visitor: Proven) -> Response:
        """Say which Slack user a one-time link is for; it is not used by that."""
        who = links.waiting(nonce) if visitor.account else None
        if who is None:
            return not_here()
        told: dict[str, Any] = {"team": who.team, "user": who.user, "account": visitor.account}
        return JSONResponse(told)

    @router.post("/v1/slack/links/{nonce}", responses=responses(401, 404, 422))
    def post_link(nonce: str, visitor: Proven) -> Response:
        """Bind the Slack user to the account of the token; the link is used by that."""
        account = visitor.account
        if account is None:
            return not_here()
        who = links.redeem(
            nonce, lambda who: Link(who, account, visitor.user, visitor.email, visitor.role)
        )
        if who is None:
            return not_here()
        return JSONResponse({"team": who.team, "user": who.user, "account": account})

    return router


def _read(name: str) -> bytes:
    return files("supportbot.channels.slack").joinpath("static", name).read_bytes()
