"""Slack in many workspaces: installed by OAuth, each with its own token, gone at once."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import select, text

from supportbot.bot import Bot
from supportbot.channels.slack.manifest import EVENTS, manifest
from supportbot.channels.slack.names import SHORTCUT
from supportbot.store.slack_links import Link, SlackUser
from supportbot.store.slack_workspaces import SlackWorkspaces, Workspace
from supportbot.store.tables import slack_posts
from tests.api import api_of
from tests.records import record
from tests.running import supportbot
from tests.slack.place import BALANCE, FIGURE, LINKED, Place, opened
from tests.slack.server import FakeSlack, event

KEY = Fernet.generate_key().decode()


@pytest.fixture
def many(demo_bot: Bot, tmp_path: Path, fake: FakeSlack) -> Iterator[Place]:
    slack, running = opened(demo_bot, tmp_path, fake, (KEY,))
    with api_of(demo_bot, tmp_path, slack=running, slack_links=slack.links) as api:
        yield Place(api, slack, running, fake)


def begun(place: Place) -> str:
    """Begin an installation as a browser does, and return its state."""
    page = place.api.client.get("/slack/install", follow_redirects=False)
    (address,) = re.findall(r'href="(https://slack\.com/oauth/v2/authorize[^"]+)"', page.text)
    return parse_qs(urlsplit(str(address).replace("&amp;", "&")).query)["state"][0]


def finished(place: Place, state: str, code: str) -> int:
    reply = place.api.client.get(
        "/slack/oauth_redirect",
        params={"state": state, "code": code},
        headers={"Cookie": f"slack-app-oauth-state={state}"},
    )
    assert "Traceback" not in reply.text
    return reply.status_code


def installed(place: Place, team: str) -> int:
    return finished(place, begun(place), f"code-of-{team}")


def workspaces(place: Place) -> SlackWorkspaces:
    assert place.slack.clients.workspaces is not None
    return place.slack.clients.workspaces


def test_each_workspace_is_answered_by_its_own_token(many: Place) -> None:
    assert [installed(many, team) for team in ("T1", "T2")] == [200, 200]
    many.deliver(event("do credits expire?", team="T1"))
    many.deliver(event("do credits expire?", team="T2", number=2))
    many.settle(2)

    posts = [token for method, token in many.fake.tokens if method == "chat.postMessage"]
    assert sorted(posts) == ["xoxb-of-T1", "xoxb-of-T2"]


def test_a_link_in_one_workspace_is_none_in_another(many: Place) -> None:
    for team in ("T1", "T2"):
        installed(many, team)
    many.links.bind(Link(SlackUser("T1", "U1"), "meadow", "user-1", role="owner"), "test")
    many.deliver(event(BALANCE, team="T2"))
    many.deliver(event(BALANCE, team="T1", number=2))
    many.settle(2)

    figures = {
        token: FIGURE in json.dumps(post)
        for post, (_, token) in zip(
            many.fake.posts(),
            [each for each in many.fake.tokens if each[0] == "chat.postMessage"],
            strict=True,
        )
    }
    assert figures == {"xoxb-of-T1": True, "xoxb-of-T2": False}


def test_a_link_made_in_one_enterprise_does_not_count_in_another(linked: Place) -> None:
    linked.links.bind(Link(replace(LINKED, enterprise="E1"), "meadow", "u", role="owner"), "test")
    for number, enterprise in enumerate(("E1", "E2", None), 1):
        linked.deliver(event(BALANCE, enterprise=enterprise, number=number))
        linked.settle(number)

    assert [FIGURE in json.dumps(post) for post in linked.fake.posts()] == [True, False, False]


def test_a_state_works_once_and_only_in_its_browser(many: Place) -> None:
    state = begun(many)
    stolen = many.api.client.get(
        "/slack/oauth_redirect", params={"state": state, "code": "code-of-T1"}
    )
    first = finished(many, state, "code-of-T1")
    again = finished(many, state, "code-of-T1")
    invented = finished(many, "invented", "code-of-T1")
    refused = finished(many, begun(many), "stolen-code")

    assert (stolen.status_code, first) == (400, 200)
    assert (again, invented, refused) == (401, 401, 401)


def test_a_whole_organisation_is_refused_in_plain_words(many: Place) -> None:
    state = begun(many)
    reply = many.api.client.get(
        "/slack/oauth_redirect",
        params={"state": state, "code": "code-of-E1"},
        headers={"Cookie": f"slack-app-oauth-state={state}"},
    )

    assert reply.status_code == 400
    assert reply.text == "Install the app in one workspace, not in a whole organisation."


def test_tokens_are_encrypted_at_rest_and_their_key_can_change(many: Place) -> None:
    installed(many, "T1")
    with many.api.engine.connect() as connection:
        kept = str(connection.execute(text("SELECT * FROM slack_workspaces")).all())
    newer = Fernet.generate_key().decode()
    both = SlackWorkspaces(many.api.engine, (newer, KEY)).of("T1")
    other = SlackWorkspaces(many.api.engine, (newer,)).of("T1")

    assert "xoxb" not in kept
    assert both is not None
    assert both.token == "xoxb-of-T1"  # noqa: S105 -- of nothing real
    assert "xoxb" not in repr(both)
    assert other is None


@pytest.mark.parametrize(
    "about",
    [
        {"type": "app_uninstalled"},
        {"type": "tokens_revoked", "tokens": {"oauth": [], "bot": ["UBOT1"]}},
    ],
)
def test_a_workspace_that_removes_the_app_is_forgotten_at_once(
    many: Place, about: dict[str, object]
) -> None:
    installed(many, "T1")
    many.links.bind(Link(SlackUser("T1", "U1"), "meadow"), "test")
    many.deliver(event(BALANCE, team="T1"))  # stored; what it leads to is not posted yet
    removed = event("x", number=9, team="T1")
    removed["event"] = about
    many.deliver(removed)
    many.until(lambda: workspaces(many).of("T1") is None)
    many.until(lambda: many.links.of(SlackUser("T1", "U1")) is None)
    later = many.deliver(event(BALANCE, team="T1", number=10))
    many.settle(5, within=0.5)

    assert later.status_code < 500
    assert len(many.fake.posts()) <= 1
    with many.api.engine.connect() as connection:
        states = set(connection.execute(select(slack_posts.c.state)).scalars())
    assert states <= {"given_up", "sent"}


def test_a_users_own_token_that_is_revoked_ends_nothing(many: Place) -> None:
    installed(many, "T1")
    revoked = event("x", number=9, team="T1")
    revoked["event"] = {"type": "tokens_revoked", "tokens": {"oauth": ["U7"], "bot": []}}
    many.deliver(revoked)
    many.deliver(event("do credits expire?", team="T1"))
    many.settle(1)

    assert workspaces(many).of("T1") is not None
    assert len(many.fake.posts()) == 1


def test_an_event_of_a_workspace_that_never_installed_leads_to_no_call(many: Place) -> None:
    many.deliver(event(BALANCE, team="T9"))
    many.settle(1, within=0.5)

    assert many.fake.calls == []


def test_installing_again_takes_the_newer_token(many: Place) -> None:
    installed(many, "T1")
    workspaces(many).save(Workspace("T1", "xoxb-newer"))

    found = workspaces(many).of("T1")
    assert found is not None
    assert found.token == "xoxb-newer"  # noqa: S105 -- of nothing real


def test_the_manifest_asks_for_what_the_listeners_hear() -> None:
    made = manifest("https://bot.example.com")
    wanted = made["settings"]["event_subscriptions"]["bot_events"]

    assert wanted == list(EVENTS)
    assert made["settings"]["event_subscriptions"]["request_url"].endswith("/slack/events")
    assert made["features"]["shortcuts"][0]["callback_id"] == SHORTCUT
    assert made["oauth_config"]["redirect_urls"] == ["https://bot.example.com/slack/oauth_redirect"]
    assert made["settings"]["org_deploy_enabled"] is False
    assert made["features"]["agent_view"]["suggested_prompts"]
    assert len(made["features"]["agent_view"]["agent_description"]) <= 300
    assert manifest(None)["settings"]["socket_mode_enabled"] is True


def test_an_operator_links_and_unlinks_by_hand(tmp_path: Path) -> None:
    settings = {"DATABASE_URL": f"sqlite:///{tmp_path / 'links.db'}"}
    (tmp_path / "a.json").write_text(json.dumps([record()]), encoding="utf-8")
    supportbot("accounts", "import", str(tmp_path / "a.json"), **settings)
    made = supportbot("slack", "link", "T1", "U1", "northwind", **settings)
    missing = supportbot("slack", "link", "T1", "U1", "nobody", **settings)
    wrong = supportbot("slack", "link", "t!", "U1", "northwind", **settings)
    gone = supportbot("slack", "unlink", "T1", "U1", **settings)
    again = supportbot("slack", "unlink", "T1", "U1", **settings)
    bare = supportbot("slack", **settings)

    assert (made.code, missing.code, wrong.code, gone.code, again.code) == (0, 1, 2, 0, 1)
    assert "linked to the account northwind" in made.out
    assert (bare.code, "SUPPORTBOT_SLACK_BOT_TOKEN" in bare.err) == (2, True)


def test_an_operator_makes_agents_of_slack_users(tmp_path: Path) -> None:
    settings = {"DATABASE_URL": f"sqlite:///{tmp_path / 'agents.db'}"}
    unknown = supportbot("slack", "agent", "T1", "UA", "ann@example.com", **settings)
    supportbot("agents", "add", "ann@example.com", **settings)
    made = supportbot("slack", "agent", "T1", "UA", "ann@example.com", **settings)
    nobody = supportbot("slack", "agent", "T1", "UA", **settings)
    gone = supportbot("slack", "agent", "T1", "UA", "--remove", **settings)

    assert (unknown.code, made.code, nobody.code, gone.code) == (2, 0, 2, 0)
    assert "agents add" in unknown.err
    assert "drafts replies as ann@example.com" in made.out
    assert "no longer" in gone.out


def test_settings_for_many_workspaces_are_all_needed_and_checked() -> None:
    key = supportbot("slack", "key").out.strip()
    whole = {"SLACK_CLIENT_ID": "1.2", "SLACK_CLIENT_SECRET": "s", "SLACK_TOKEN_KEY": key}
    well = supportbot("doctor", **whole)
    without = supportbot("doctor", **{**whole, "SLACK_TOKEN_KEY": ""})
    wrong = supportbot("doctor", **{**whole, "SLACK_TOKEN_KEY": "short"})
    both = supportbot("doctor", **whole, SLACK_BOT_TOKEN="xoxb-1")  # noqa: S106 -- of nothing real

    assert key not in well.out
    assert "SLACK_CLIENT_ID" in well.out
    assert [each.code for each in (without, wrong, both)] == [1, 1, 1]
    said = [" ".join((each.out + each.err).split()) for each in (without, wrong, both)]
    assert "needs SUPPORTBOT_SLACK_CLIENT_SECRET and SUPPORTBOT_SLACK_TOKEN_KEY" in said[0]
    assert "`supportbot slack key`" in said[1]
    assert "set only one of them" in said[2]
