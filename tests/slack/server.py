"""
A Slack that is not: its Web API over HTTP, its signed events, its sockets.

``FakeSlack`` keeps every call of the Web API with its arguments, and the messages that were
posted, so that ``conversations.replies`` shows them.  Events go to whatever ``deliver`` is given:
the served route, signed as Slack signs, or a websocket.
"""

import base64
import json
import threading
import time
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode

from slack_sdk.signature import SignatureVerifier
from websockets.sync.server import Server, ServerConnection, serve

from tests.fault_server import FaultServer, Request, Response

TEAM: Final = "T0001"
BOT: Final = "UBOT1"
SECRET: Final = "slack-test-secret"  # noqa: S105 -- of nothing real
CLIENT_ID: Final = "1.2"
CLIENT_SECRET: Final = "client-test-secret"  # noqa: S105 -- of nothing real
KNOWN: Final = frozenset(
    {
        "agents.sessions.setStatus",
        "apps.connections.open",
        "assistant.threads.setSuggestedPrompts",
        "auth.test",
        "chat.postEphemeral",
        "chat.postMessage",
        "conversations.replies",
        "oauth.v2.access",
        "users.info",
        "views.open",
        "views.publish",
        "views.update",
    }
)


class FakeSlack(FaultServer):
    """See the module."""

    def __init__(self) -> None:
        super().__init__(self._answer)
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.responses: list[dict[str, Any]] = []
        self.tokens: list[tuple[str, str]] = []
        self.users: dict[str, dict[str, Any]] = {}
        self.socket_url = ""
        self.scopes = ""
        self._lock = threading.Lock()
        self._stamp = 1_795_000_000

    @property
    def api_url(self) -> str:
        return f"{self.url}/api/"

    def called(self, method: str) -> list[dict[str, Any]]:
        """Return the arguments of each call of a method."""
        return [arguments for name, arguments in self.calls if name == method]

    def posts(self) -> list[dict[str, Any]]:
        return self.called("chat.postMessage")

    def _answer(self, request: Request) -> Response:
        arguments = _arguments(request)
        if request.path.startswith("/response/"):
            with self._lock:
                self.responses.append(arguments)
            return Response("ok")
        method = request.path.removeprefix("/api/")
        if method not in KNOWN:
            return Response({"ok": False, "error": "unknown_method"})
        said = request.headers.get("Authorization", "")
        if method == "oauth.v2.access":
            return Response(_installed(said, arguments))
        if not said.startswith("Bearer x"):
            return Response({"ok": False, "error": "not_authed"})
        token = said.removeprefix("Bearer ")
        with self._lock:
            self.calls.append((method, arguments))
            self.tokens.append((method, token))
        told = {"ok": True, **self._result(method, arguments, team_of(token))}
        return Response(told, headers={"x-oauth-scopes": self.scopes})

    def _result(self, method: str, arguments: Mapping[str, Any], team: str) -> dict[str, Any]:
        if method == "auth.test":
            return {"url": "https://x.slack.com/", "team": "X", "user": "billing",
                    "team_id": team, "user_id": BOT, "bot_id": "B0001"}  # fmt: skip
        if method == "users.info":
            user = str(arguments.get("user"))
            about = {"id": user, "team_id": team, "is_bot": False, "is_restricted": False}
            return {"user": {**about, **self.users.get(user, {})}}
        if method == "apps.connections.open":
            return {"url": self.socket_url}
        if method == "conversations.replies":
            thread = arguments.get("ts")
            found = [each for each in self.posts() if each.get("thread_ts") == thread]
            begin, limit = int(arguments.get("cursor") or 0), int(arguments.get("limit") or 1000)
            more = str(begin + limit) if len(found) > begin + limit else ""
            return {"messages": found[begin : begin + limit], "has_more": bool(more),
                    "response_metadata": {"next_cursor": more}}  # fmt: skip
        if method in ("chat.postMessage", "chat.postEphemeral"):
            self._stamp += 1
            return {"channel": arguments.get("channel"), "ts": f"{self._stamp}.000100"}
        if method == "views.open":
            return {"view": {"id": f"V{len(self.calls)}"}}
        return {}


def team_of(token: str) -> str:
    """Return the workspace of a bot's token; one of no other is of ``TEAM``."""
    return token.removeprefix("xoxb-of-") if token.startswith("xoxb-of-") else TEAM


def _installed(authorization: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Exchange a code ``code-of-TEAM`` for the token of that workspace."""
    client = base64.b64decode(authorization.removeprefix("Basic ")).decode()
    code = str(arguments.get("code"))
    if client != f"{CLIENT_ID}:{CLIENT_SECRET}" or not code.startswith("code-of-"):
        return {"ok": False, "error": "invalid_code"}
    team = code.removeprefix("code-of-")
    whole = team.startswith("E")
    return {
        "ok": True,
        "access_token": f"xoxb-of-{team}",
        "token_type": "bot",
        "scope": "chat:write,im:history",
        "bot_user_id": BOT,
        "app_id": "A1",
        "team": None if whole else {"id": team, "name": "Team"},
        "enterprise": {"id": team, "name": "Whole"} if whole else None,
        "is_enterprise_install": whole,
        "authed_user": {"id": "U7"},
    }


def _arguments(request: Request) -> dict[str, Any]:
    if "json" in request.headers.get("Content-Type", ""):
        loaded: dict[str, Any] = json.loads(request.body or b"{}")
        return loaded
    return dict(parse_qsl(request.body.decode() or "&".join(f"{k}={v}" for k, v in request.query)))


def signed(body: str, stamp: int | None = None, secret: str = SECRET) -> dict[str, str]:
    """Return the headers with which Slack signs a body."""
    at = str(int(time.time()) if stamp is None else stamp)
    signature = SignatureVerifier(secret).generate_signature(timestamp=at, body=body)
    return {"X-Slack-Request-Timestamp": at, "X-Slack-Signature": signature or ""}


def event(
    text: str, *, kind: str = "message", user: str = "U1", channel: str = "D1", number: int = 1,
    team: str = TEAM, enterprise: str | None = None, **about: Any,
) -> dict[str, Any]:  # fmt: skip
    """Return an event as Slack delivers it."""
    direct = channel.startswith("D")
    return {
        "type": "event_callback",
        "team_id": team,
        **({"enterprise_id": enterprise} if enterprise else {}),
        "api_app_id": "A1",
        "event_id": f"Ev{number:06d}",
        "event_time": 1_795_000_000 + number,
        "authorizations": [{"team_id": team, "user_id": BOT, "is_bot": True}],
        "event": {
            "type": kind,
            "user": user,
            "text": text,
            "channel": channel,
            "channel_type": "im" if direct else "channel",
            "ts": f"{1_795_000_000 + number}.000100",
            **about,
        },
    }


def command(text: str, fake: FakeSlack, user: str = "U1") -> str:
    """Return the form that Slack sends for /billing."""
    return urlencode(
        {
            "command": "/billing",
            "text": text,
            "team_id": TEAM,
            "user_id": user,
            "channel_id": "C1",
            "api_app_id": "A1",
            "trigger_id": "1.2",
            "response_url": f"{fake.url}/response/1",
        }
    )


def action(fake: FakeSlack, action_id: str, value: str, user: str = "U1") -> str:
    """Return the form that Slack sends for a button."""
    payload = {
        "type": "block_actions",
        "team": {"id": TEAM},
        "user": {"id": user, "team_id": TEAM},
        "api_app_id": "A1",
        "trigger_id": "1.2",
        "response_url": f"{fake.url}/response/2",
        "actions": [{"action_id": action_id, "block_id": "b", "type": "button", "value": value}],
    }
    return urlencode({"payload": json.dumps(payload)})


def message_shortcut(text: str, *, user: str = "UA", author: str = "U1", **about: Any) -> str:
    """Return the form that Slack sends for the shortcut on a message in a channel."""
    payload = {
        "type": "message_action",
        "callback_id": "draft_reply",
        "trigger_id": "1.2",
        "team": {"id": TEAM},
        "user": {"id": user, "team_id": TEAM},
        "channel": {"id": "C1", "name": "help"},
        "message": {"type": "message", "user": author, "text": text, "ts": "1795000001.000100"},
        **about,
    }
    return urlencode({"payload": json.dumps(payload)})


def submission(view: Mapping[str, Any], values: Mapping[str, Any], user: str = "UA") -> str:
    """Return the form that Slack sends for a modal that was filled and sent."""
    payload = {
        "type": "view_submission",
        "team": {"id": TEAM},
        "user": {"id": user, "team_id": TEAM},
        "view": {"id": "V1", "type": "modal", **view, "state": {"values": values}},
    }
    return urlencode({"payload": json.dumps(payload)})


class FakeSocket:
    """Slack's side of Socket Mode: says hello, sends envelopes, and keeps what is acknowledged."""

    def __init__(self, fake: FakeSlack) -> None:
        self.acknowledged: list[str] = []
        self._connections: list[ServerConnection] = []
        self._connected = threading.Event()
        self._server: Server = serve(self._serve, "127.0.0.1", 0)
        fake.socket_url = f"ws://127.0.0.1:{self._server.socket.getsockname()[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def _serve(self, connection: ServerConnection) -> None:
        connection.send(json.dumps({"type": "hello", "num_connections": 1}))
        self._connections.append(connection)
        self._connected.set()
        for message in connection:
            told = json.loads(message)
            if "envelope_id" in told:
                self.acknowledged.append(told["envelope_id"])

    def send(self, envelope_id: str, body: Mapping[str, Any], **about: Any) -> None:
        """Send an event in an envelope to the newest connection."""
        assert self._connected.wait(15), "nobody connected"
        envelope = {
            "type": "events_api",
            "envelope_id": envelope_id,
            "payload": body,
            "accepts_response_payload": False,
            **about,
        }
        self._connections[-1].send(json.dumps(envelope))

    def close(self) -> None:
        self._server.shutdown()
