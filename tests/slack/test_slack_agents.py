"""Agents in Slack: drafts by the shortcut; Stop, status, the Home tab."""

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text

from supportbot.accounts.source import AccountSource
from supportbot.bot import Bot
from supportbot.channels.slack import words
from supportbot.snapshot import EVERY_PART, Snapshot
from supportbot.store.slack_links import Link, SlackUser
from supportbot.store.tables import audit
from tests.api import api_of
from tests.console.helping import Desk, sign_in
from tests.slack.place import BALANCE, FIGURE, LINKED, Place, opened
from tests.slack.server import TEAM, FakeSlack, event, message_shortcut, submission

AGENT = SlackUser(TEAM, "UA")
THREAD = "1795000001.000100"


@pytest.fixture
def agent(linked: Place) -> Place:
    linked.slack.agents.add(AGENT, "ann@example.com", "test")
    return linked


def view_of(place: Place) -> dict[str, Any]:
    """Return the modal with the draft, once it is there."""
    place.until(lambda: place.fake.called("views.update"))
    view = place.fake.called("views.update")[0]["view"]
    loaded: dict[str, Any] = json.loads(view) if isinstance(view, str) else view
    return loaded


def test_an_agent_gets_a_draft_that_all_may_read_and_the_account_beside_it(agent: Place) -> None:
    agent.deliver(message_shortcut(BALANCE))
    view = view_of(agent)

    reply = view["blocks"][0]["element"]["initial_value"]
    beside = json.dumps(view["blocks"][1:])
    assert "Hello," in reply
    assert FIGURE not in reply
    assert "[1]" not in reply
    assert FIGURE in beside
    assert "meadow" in beside
    with agent.api.engine.connect() as connection:
        looks = connection.execute(select(audit.c.subject).where(audit.c.action == "look")).all()
    assert [each.subject for each in looks] == ["account meadow in C1"]


def test_what_an_agent_sends_is_posted_once_under_their_name(agent: Place) -> None:
    agent.deliver(message_shortcut(BALANCE))
    view = view_of(agent)
    filled = submission(view, {"reply": {"reply": {"value": "Look at <!channel> billing."}}})
    agent.deliver(filled)
    agent.settle(1)
    agent.deliver(filled)
    agent.settle(2, within=0.7)

    (post,) = agent.fake.posts()
    assert (post["channel"], post["thread_ts"]) == ("C1", THREAD)
    assert post["blocks"][0]["text"]["type"] == "plain_text"
    assert "<@UA>" in json.dumps(post["blocks"])
    assert "<!channel>" not in post["text"]


def test_who_is_no_agent_gets_no_draft_and_can_send_none(linked: Place) -> None:
    linked.deliver(message_shortcut(BALANCE, user="U9"))
    linked.until(lambda: linked.fake.called("views.open"))
    place = json.dumps({"channel": "C1", "thread": THREAD})
    view = {"callback_id": "draft_reply", "private_metadata": place}
    linked.deliver(submission(view, {"reply": {"reply": {"value": "hi"}}}, user="U9"))
    linked.settle(1, within=0.7)

    assert linked.fake.called("views.update") == []
    assert linked.fake.posts() == []
    assert FIGURE not in linked.said()


def test_a_draft_that_cannot_be_made_is_said(agent: Place) -> None:
    with agent.api.engine.begin() as connection:
        connection.execute(text("ALTER TABLE slack_links RENAME TO away"))
    agent.deliver(message_shortcut(BALANCE))

    assert words.BUSY in json.dumps(view_of(agent))


def test_the_draft_is_of_the_account_of_who_wrote_not_of_who_is_named(agent: Place) -> None:
    agent.deliver(message_shortcut(f"account northwind: {BALANCE}", author="U2"))
    view = json.dumps(view_of(agent))

    assert "$150.00" not in view
    assert "$312.40" not in view


@dataclass(frozen=True)
class Slow:
    """A source that takes its time."""

    source: AccountSource
    seconds: float

    def load(self, account_id: str, parts: frozenset[str] = EVERY_PART) -> Snapshot:
        time.sleep(self.seconds)
        return self.source.load(account_id, parts)


@pytest.fixture
def slow(demo_bot: Bot, tmp_path: Path, fake: FakeSlack) -> Iterator[Place]:
    bot = replace(demo_bot, accounts=Slow(demo_bot.accounts, 0.8))
    slack, running = opened(bot, tmp_path, fake)
    slack.links.bind(Link(LINKED, "meadow", "user-1", role="owner"), "test")
    with api_of(bot, tmp_path, slack=running, slack_links=slack.links) as api:
        yield Place(api, slack, running, fake)


def statuses(place: Place) -> list[str]:
    return [each["status"] for each in place.fake.called("agents.sessions.setStatus")]


def test_progress_is_shown_only_while_a_look_up_takes_its_time(slow: Place) -> None:
    slow.deliver(event("do credits expire?", user="U2"))
    slow.settle(1)
    quick = statuses(slow)
    slow.deliver(event(BALANCE, number=2))
    slow.settle(2)
    slow.until(lambda: len(statuses(slow)) == 2)

    assert quick == []
    assert statuses(slow) == ["processing", "active"]
    shown = slow.fake.called("agents.sessions.setStatus")[0]
    assert (shown["channel_id"], shown["thread_ts"]) == ("D1", "1795000002.000100")
    assert shown["title"] == BALANCE


def test_stop_gives_up_the_answer_and_says_so(slow: Place) -> None:
    slow.deliver(event(BALANCE))
    slow.until(lambda: statuses(slow))
    stop = event("", number=7)
    stop["event"] = {"type": "agent_session_stopped", "channel": "D1", "thread_ts": THREAD,
                     "user": "U1"}  # fmt: skip
    slow.deliver(stop)
    slow.settle(1)
    slow.settle(2, within=1.2)

    (post,) = slow.fake.posts()
    assert "Stopped" in post["text"]
    assert FIGURE not in slow.said()
    assert statuses(slow)[-1] == "active"


def test_where_nothing_is_under_way_stop_says_nothing(linked: Place) -> None:
    linked.deliver(event(BALANCE))
    linked.settle(1)
    stop = event("", number=7)
    stop["event"] = {"type": "agent_session_stopped", "channel": "D1", "thread_ts": THREAD,
                     "user": "U1"}  # fmt: skip
    linked.deliver(stop)
    linked.until(lambda: statuses(linked))
    linked.settle(2, within=0.3)

    assert len(linked.fake.posts()) == 1


def test_the_home_tab_shows_what_one_asked_directly_and_nobody_elses(linked: Place) -> None:
    linked.deliver(event("do credits <b>expire</b>?"))
    linked.deliver(event("what is a prepaid card?", user="U2", channel="D2", number=2))
    linked.deliver(event("<@UBOT1> which tier?", kind="app_mention", channel="C1", number=3))
    linked.until(lambda: {e["channel"] for e in linked.fake.posts()} == {"C1", "D1", "D2"})
    home = event("", number=9)
    home["event"] = {"type": "app_home_opened", "user": "U1", "channel": "D1", "tab": "home"}
    linked.deliver(home)
    linked.until(lambda: linked.fake.called("views.publish"))

    shown = json.dumps(linked.fake.called("views.publish")[0])
    assert "&lt;b&gt;expire" in shown
    assert "which tier" not in shown
    assert linked.fake.called("views.publish")[0]["user_id"] == "U1"
    asked = shown[shown.index("lately") :]
    assert "prepaid" not in asked


def test_from_slack_to_an_agent_and_back_until_the_bot_has_it_again(linked: Place) -> None:
    linked.deliver(event(BALANCE))
    linked.settle(1)
    linked.ask_for_person()
    (handoff,) = linked.api.site.handoffs.open_ones()
    desk = Desk(linked.api, sign_in(linked.api), handoff.conversation, handoff.reference)
    page = desk.get().text
    sent = desk.post("reply", text="Hello, I am <Ann> & a person.")
    linked.settle(2)
    linked.deliver(event("thanks, and my tier?", number=2, thread_ts=THREAD))
    linked.settle(3, within=0.5)
    silent = len(linked.fake.posts())
    waits = desk.get().text
    desk.post("close")
    linked.deliver(event("do my credits expire?", number=3, thread_ts=THREAD))
    linked.settle(3)

    reply, answer = linked.fake.posts()[1:]
    assert FIGURE in page
    assert sent.status_code == 303
    assert (reply["thread_ts"], reply["text"]) == (
        THREAD,
        "Hello, I am &lt;Ann&gt; &amp; a person.",
    )
    assert silent == 2
    assert "thanks, and my tier?" in waits
    assert answer["thread_ts"] == THREAD
