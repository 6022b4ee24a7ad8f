"""The HTTP API for tests: the real app on the demo accounts and a database of its own."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import httpx2
from joserfc import jwt
from joserfc.jwk import OctKey
from sqlalchemy import Engine
from starlette.testclient import TestClient

from supportbot.bot import Bot
from supportbot.channels.app import create_app
from supportbot.channels.identity import open_keys
from supportbot.channels.limiting import RateLimits
from supportbot.channels.observing import Metrics, open_log
from supportbot.channels.reloading import Serving
from supportbot.channels.site import Site
from supportbot.settings import Settings
from supportbot.store.conversations import ConversationStore
from supportbot.store.engine import open_engine
from supportbot.store.handoffs import HandoffStore
from supportbot.store.schema import upgrade
from supportbot.store.slack_links import SlackLinks
from supportbot.web_settings import WebSettings
from tests.records import NOW

SECRET: Final = "a-secret-of-the-tests-that-is-long-enough-for-all"  # noqa: S105 -- of nothing real
KEYS: Final = {"docs-1": SECRET, "docs-2": f"{SECRET}-of-the-second-key"}
ORIGIN: Final = "https://docs.example.com"
QUESTION: Final = {"text": "what is my balance?"}
PUBLIC: Final = {"text": "do credits expire?"}


def token(account: str = "meadow", sub: str = "user-1", **claims: Any) -> str:
    """Mint a token as a host's backend does."""
    now = int(time.time())
    about = {
        "iss": "docs",
        "aud": "supportbot",
        "sub": sub,
        "account": account,
        "iat": now,
        "exp": now + 600,
        **claims,
    }
    header = {"alg": "HS256", "kid": "docs-1"}
    return jwt.encode(header, about, OctKey.import_key(SECRET))


def bearer(*args: Any, **claims: Any) -> dict[str, str]:
    return {"Authorization": f"Bearer {token(*args, **claims)}"}


def within_one_minute(seconds: float = 5) -> None:
    """Wait, if need be, until no minute ends for so long: messages are counted by the minute."""
    left = 60 - time.time() % 60
    if left < seconds:
        time.sleep(left)


class Bearer(Mapping[str, str]):
    """Headers of a visitor whose token is minted when they are read: it never runs out."""

    def __init__(self, *args: Any, **claims: Any) -> None:
        self._minted = (args, claims)

    def __getitem__(self, name: str) -> str:
        args, claims = self._minted
        return bearer(*args, **claims)[name]

    def __iter__(self) -> Iterator[str]:
        return iter(("Authorization",))

    def __len__(self) -> int:
        return 1


@dataclass(frozen=True)
class Api:
    """The app of a site, asked as a browser or a backend would."""

    site: Site
    client: TestClient
    engine: Engine

    def ask(self, body: Mapping[str, Any] = QUESTION, **options: Any) -> httpx2.Response:
        return self.client.post("/v1/answers", json=dict(body), **options)


@contextmanager
def api_of(bot: Bot, folder: Path, database: str = "", **changes: Any) -> Iterator[Api]:
    """Serve ``bot`` from a database, else one in ``folder``; ``changes`` are of the site."""
    engine = open_engine(database or f"sqlite:///{folder / 'api.db'}")
    upgrade(engine)
    web = WebSettings(KEYS, (ORIGIN,), rate_limit_per_minute=0)
    store = ConversationStore(engine)
    site = Site(
        settings=Settings("sqlite://", web=web),
        serving=lambda: Serving(replace(bot, store=store), NOW),
        turns=store,
        handoffs=HandoffStore(engine),
        keys=open_keys(KEYS),
        limits=RateLimits.of(0),
        metrics=Metrics(),
        log=open_log("json"),
        slack_links=SlackLinks(engine),
    )
    site = replace(site, **changes)
    with TestClient(create_app(site), raise_server_exceptions=False) as client:
        yield Api(site, client, engine)
    engine.dispose()
