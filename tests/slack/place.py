"""An app with Slack over HTTP, on a database of its own."""

import json
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from supportbot.bot import Bot
from supportbot.channels.slack.app import Running, open_slack
from supportbot.channels.slack.clients import Clients
from supportbot.channels.slack.parts import Slack
from supportbot.slack_settings import SlackSettings
from supportbot.store.conversations import ConversationStore
from supportbot.store.engine import open_engine
from supportbot.store.handoffs import HandoffStore
from supportbot.store.schema import upgrade
from supportbot.store.slack_agents import SlackAgents
from supportbot.store.slack_links import SlackLinks, SlackUser
from supportbot.store.slack_queue import SlackQueue
from supportbot.store.slack_workspaces import SlackWorkspaces
from tests.api import Api
from tests.slack.server import CLIENT_ID, CLIENT_SECRET, SECRET, TEAM, FakeSlack, action, signed

BALANCE: Final = "what is my balance?"
FIGURE: Final = "$120.00"
LINKED: Final = SlackUser(TEAM, "U1")
PUBLIC_URL: Final = "https://bot.example.com"


class Place:
    """An app with Slack over HTTP, on a database of its own."""

    def __init__(self, api: Api, slack: Slack, running: Running, fake: FakeSlack) -> None:
        self.api, self.slack, self.running, self.fake = api, slack, running, fake
        self.links = slack.links

    def deliver(self, body: dict[str, Any] | str, **headers: str) -> Any:
        sent = body if isinstance(body, str) else json.dumps(body)
        form = isinstance(body, str)
        kind = "application/x-www-form-urlencoded" if form else "application/json"
        return self.api.client.post(
            "/slack/events",
            content=sent,
            headers={"Content-Type": kind, **signed(sent), **headers},
        )

    def settle(self, posts: int, within: float = 8) -> None:
        """Work until so many messages were posted, as the sender's thread would."""
        end = time.monotonic() + within
        while time.monotonic() < end:
            self.running.sender.work()
            made = self.fake.posts() + self.fake.called("chat.postEphemeral")
            if len(made) >= posts:
                return
            time.sleep(0.02)

    def until(self, holds: Callable[[], object], within: float = 8) -> None:
        """Work until something holds that another thread brings about."""
        end = time.monotonic() + within
        while not holds():
            assert time.monotonic() < end, "it did not come about"
            self.running.sender.work()
            time.sleep(0.02)

    def said(self) -> str:
        return json.dumps(self.fake.calls + [("response", each) for each in self.fake.responses])

    def responded(self) -> dict[str, Any]:
        end = time.monotonic() + 5
        while not self.fake.responses and time.monotonic() < end:
            time.sleep(0.02)
        return self.fake.responses[-1]

    def ask_for_person(self) -> dict[str, Any]:
        """Press the button under the first post, and return what comes back."""
        found = [e for b in self.fake.posts()[0]["blocks"] for e in b.get("elements", ())]
        (button,) = [each for each in found if each.get("action_id") == "person"]
        self.deliver(action(self.fake, "person", button["value"]))
        return self.responded()


def opened(
    bot: Bot, folder: Path, fake: FakeSlack, token_keys: tuple[str, ...] = ()
) -> tuple[Slack, Running]:
    """Put Slack together; with ``token_keys`` for many workspaces, else for one."""
    engine = open_engine(f"sqlite:///{folder / 'api.db'}")
    upgrade(engine)
    store = ConversationStore(engine)
    settings = SlackSettings("xoxb-1", "xapp-1", SECRET, fake.api_url)
    if token_keys:
        settings = SlackSettings(
            None, None, SECRET, fake.api_url, None, CLIENT_ID, CLIENT_SECRET, token_keys
        )
    workspaces = SlackWorkspaces(engine, token_keys) if token_keys else None
    slack = Slack(
        settings,
        Clients(fake.api_url, settings.bot_token, workspaces),
        lambda: replace(bot, store=store),
        store,
        HandoffStore(engine),
        SlackLinks(engine),
        SlackAgents(engine),
        SlackQueue(engine),
        lambda nonce: f"{PUBLIC_URL}/slack/link/{nonce}",
        lambda method, problem: None,
        public_url=PUBLIC_URL,
    )
    return slack, open_slack(slack)
