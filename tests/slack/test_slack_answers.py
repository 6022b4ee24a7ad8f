"""Customers in Slack: who sees what where, each message once, and links by the ceremony alone."""

import json
import re
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from slack_bolt import BoltRequest
from slack_bolt.adapter.socket_mode import SocketModeHandler
from sqlalchemy import func, select, text

from supportbot.bot import Bot
from supportbot.channels.slack.blocks import escaped, mrkdwn, split
from supportbot.store.audit import broken_at
from supportbot.store.slack_links import Link
from supportbot.store.slack_queue import SlackQueue
from supportbot.store.tables import slack_events, slack_posts, turns
from tests.api import bearer
from tests.fault_server import closed, status
from tests.slack.place import BALANCE, FIGURE, LINKED, Place, opened
from tests.slack.server import (
    TEAM,
    FakeSlack,
    FakeSocket,
    action,
    command,
    event,
    signed,
)


def test_a_direct_message_is_answered_in_its_thread(linked: Place) -> None:
    assert linked.deliver(event(BALANCE)).status_code == 200
    linked.settle(1)

    (post,) = linked.fake.posts()
    assert post["thread_ts"] == "1795000001.000100"
    assert FIGURE in json.dumps(post["blocks"])
    assert FIGURE not in post["text"]
    assert post["unfurl_links"] is False
    assert post["metadata"]["event_type"] == "supportbot_answer"


def test_who_is_not_linked_hears_the_documentation(place: Place) -> None:
    place.deliver(event("do my credits expire?", user="U2"))
    place.settle(1)

    (post,) = place.fake.posts()
    assert "no expiration date" in json.dumps(post["blocks"])
    assert "$" not in json.dumps(post)


def test_in_a_channel_the_accounts_half_is_for_the_asker_alone(linked: Place) -> None:
    linked.deliver(event(f"<@UBOT1> {BALANCE}", kind="app_mention", channel="C1"))
    linked.settle(2)

    (public,) = linked.fake.posts()
    (private,) = linked.fake.called("chat.postEphemeral")
    assert FIGURE not in json.dumps(public)
    assert (private["user"], private["channel"]) == ("U1", "C1")
    assert FIGURE in json.dumps(private["blocks"])
    assert FIGURE not in private["text"]


SURFACES = {
    "channel": {"channel": "C1", "kind": "app_mention"},
    "private channel": {"channel": "G1", "kind": "app_mention", "channel_type": "group"},
    "group": {"channel": "G2", "kind": "app_mention", "channel_type": "mpim"},
}
QUESTIONS = (
    BALANCE,
    "is my card a prepaid card?",
    "why do my api calls fail?",
    "which invoices do I have?",
    "what is my balance limit?",
    "is auto-recharge on?",
)


@pytest.mark.parametrize("surface", SURFACES.values(), ids=SURFACES)
def test_no_figure_of_an_account_is_ever_where_others_can_read(
    linked: Place, surface: dict[str, str]
) -> None:
    linked.links.bind(Link(LINKED, "northwind", "user-1", role="owner"), "test")
    for number, question in enumerate(QUESTIONS, 1):
        linked.deliver(event(question, number=number, **surface))
    linked.settle(2 * len(QUESTIONS), within=3)

    canaries = ("$150.00", "$312.40", "INV-2041", "4242", "northwind", "Northwind")
    assert len(linked.fake.posts()) == len(QUESTIONS)
    for post in linked.fake.posts():
        assert not [each for each in canaries if each in json.dumps(post)]


@pytest.mark.parametrize(
    "about",
    [{"is_restricted": True}, {"is_ultra_restricted": True}, {"is_stranger": True},
     {"is_bot": True}, {"team_id": "T9"}],
)  # fmt: skip
def test_guests_strangers_and_bots_hear_of_no_account(linked: Place, about: dict[str, Any]) -> None:
    linked.fake.users["U1"] = about
    linked.deliver(event(BALANCE))
    linked.settle(1)

    assert len(linked.fake.posts()) == 1
    assert FIGURE not in linked.said()


def test_where_other_organisations_are_no_account_is_told(linked: Place) -> None:
    linked.deliver(event(BALANCE, kind="app_mention", channel="C1", is_ext_shared_channel=True))
    linked.settle(1)

    assert len(linked.fake.posts()) == 1
    assert linked.fake.called("chat.postEphemeral") == []
    assert FIGURE not in linked.said()


def test_an_event_that_comes_four_times_is_answered_once(linked: Place) -> None:
    body = event(BALANCE)
    statuses = [linked.deliver(body, **{"X-Slack-Retry-Num": str(n)}).status_code for n in range(4)]
    linked.settle(2, within=1)

    assert statuses == [200] * 4
    assert len(linked.fake.posts()) == 1


def test_deliveries_at_once_and_to_two_processes_are_one(
    linked: Place, demo_bot: Bot, tmp_path: Path
) -> None:
    _, other = opened(demo_bot, tmp_path, linked.fake)
    bodies = [event(BALANCE, number=n) for n in range(1, 6)]
    queue = SlackQueue(linked.api.engine)

    def take(number: int) -> None:
        body = bodies[number % 5]
        if number % 2:
            linked.deliver(body)
        else:
            sent = json.dumps(body)
            headers: dict[str, Any] = {k.lower(): [v] for k, v in signed(sent).items()}
            headers["content-type"] = ["application/json"]
            other.app.dispatch(BoltRequest(body=sent, headers=headers))

    with ThreadPoolExecutor(10) as senders:
        list(senders.map(take, range(20)))
    linked.settle(5)
    linked.settle(6, within=0.5)

    assert len(linked.fake.posts()) == 5
    assert queue.due() == ()


def test_a_mention_that_also_comes_as_a_message_is_one(linked: Place) -> None:
    first = event(BALANCE, kind="app_mention", channel="C1", number=1)
    second = event(BALANCE, kind="app_mention", channel="C1", number=1)
    second["event_id"] = "Ev999999"
    linked.deliver(first)
    linked.deliver(second)
    linked.settle(2)
    linked.settle(3, within=0.5)

    assert len(linked.fake.posts()) == 1


def test_a_message_whose_first_delivery_died_is_answered(
    linked: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue = SlackQueue(linked.api.engine)
    body = event(BALANCE)
    kept = {"team_id": TEAM, "event": body["event"]}
    assert queue.take_in("Ev000001", f"{TEAM}:D1:{body['event']['ts']}", kept)
    with linked.api.engine.begin() as connection:  # its process died, and its lease ran out
        connection.execute(text("UPDATE slack_events SET lease = '2020-01-01 00:00:00'"))

    linked.settle(1)

    assert len(linked.fake.posts()) == 1
    assert FIGURE in json.dumps(linked.fake.posts()[0]["blocks"])


def test_a_retry_after_the_death_of_the_first_is_taken_on(linked: Place) -> None:
    queue = SlackQueue(linked.api.engine)
    body = event(BALANCE)
    key = f"{TEAM}:D1:{body['event']['ts']}"
    queue.take_in("Ev000001", key, {"team_id": TEAM, "event": body["event"]})
    at_once = queue.take_in("Ev000001", key, {})
    with linked.api.engine.begin() as connection:
        connection.execute(text("UPDATE slack_events SET lease = '2020-01-01 00:00:00'"))
    linked.deliver(body)
    linked.settle(1)

    assert not at_once
    assert len(linked.fake.posts()) == 1


def test_a_thread_in_a_channel_that_was_answered_goes_on_without_a_mention(linked: Place) -> None:
    linked.deliver(event(f"<@UBOT1> {BALANCE}", kind="app_mention", channel="C1"))
    linked.settle(2)
    thread = {"channel": "C1", "thread_ts": "1795000001.000100"}
    linked.deliver(event("do they expire?", number=2, **thread))
    linked.deliver(event("do credits expire?", number=3, channel="C1"))
    linked.deliver(event("lunch?", number=4, channel="C1", thread_ts="1795000003.000100"))
    linked.settle(4, within=2)

    assert [each["thread_ts"] for each in linked.fake.posts()] == ["1795000001.000100"] * 2


def test_what_cannot_be_stored_is_not_acknowledged(linked: Place) -> None:
    with linked.api.engine.begin() as connection:
        connection.execute(text("ALTER TABLE slack_events RENAME TO away"))
    failed = linked.deliver(event(BALANCE))
    with linked.api.engine.begin() as connection:
        connection.execute(text("ALTER TABLE away RENAME TO slack_events"))
    again = linked.deliver(event(BALANCE))
    linked.settle(1)

    assert failed.status_code >= 500
    assert again.status_code == 200
    assert len(linked.fake.posts()) == 1


def test_a_post_of_which_the_reply_was_lost_is_not_made_twice(linked: Place) -> None:
    def lose_the_reply(handler: Any, request: Any, respond: Any) -> None:
        respond(request)  # Slack took it
        closed(handler, request, respond)

    linked.fake.faults["/api/chat.postMessage"] = lose_the_reply
    linked.deliver(event(BALANCE))
    linked.settle(1)
    linked.fake.faults.clear()
    with linked.api.engine.begin() as connection:
        connection.execute(text("UPDATE slack_posts SET due = '2020-01-01 00:00:00.000000'"))
    linked.settle(2, within=1)

    assert len(linked.fake.posts()) == 1
    with linked.api.engine.connect() as connection:
        assert connection.execute(select(slack_posts.c.state)).scalars().all() == ["sent"]


def test_a_post_is_found_in_a_thread_of_many_pages(linked: Place) -> None:
    linked.deliver(event(BALANCE))
    linked.settle(1)
    (own,) = linked.fake.posts()
    others = [{**own, "metadata": {"event_payload": {"id": f"o{n}"}}} for n in range(450)]
    linked.fake.calls[:0] = [("chat.postMessage", each) for each in others]
    long_ago = datetime(2020, 1, 1, tzinfo=UTC)
    with linked.api.engine.begin() as connection:
        connection.execute(slack_posts.update().values(state="unsure", body=own, due=long_ago))
    linked.settle(452, within=1)

    assert len(linked.fake.called("conversations.replies")) == 3
    assert len(linked.fake.posts()) == 451


def test_when_slack_says_wait_it_is_waited_and_nothing_is_lost(linked: Place) -> None:
    linked.fake.faults["/api/chat.postMessage"] = status(429, Retry_After="1")
    linked.deliver(event(BALANCE))
    linked.settle(1, within=0.5)
    linked.fake.faults.clear()
    too_soon = len(linked.fake.posts())
    linked.settle(1, within=3)

    assert too_soon == 0
    assert len(linked.fake.posts()) == 1


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Slack-Signature": "v0=0"},
        {"X-Slack-Signature": ""},
        {"X-Slack-Request-Timestamp": "1"},
        {"X-Slack-Request-Timestamp": "soon"},
        {"X-Slack-Request-Timestamp": b"\xb2"},
        {"X-Slack-Request-Timestamp": "9" * 5000},
    ],
)
def test_what_slack_did_not_sign_is_refused_and_not_stored(
    linked: Place, headers: dict[str, Any]
) -> None:
    reply = linked.deliver(event(BALANCE), **headers)

    assert reply.status_code == 401
    with linked.api.engine.connect() as connection:
        assert connection.execute(select(func.count()).select_from(slack_events)).scalar() == 0


def test_bytes_that_are_no_text_are_refused(linked: Place) -> None:
    reply = linked.api.client.post("/slack/events", content=b"\xff\xfe", headers=signed(""))

    assert reply.status_code == 401


def test_the_address_is_confirmed_to_slack(place: Place) -> None:
    reply = place.deliver({"type": "url_verification", "challenge": "abc", "token": "x"})

    assert reply.status_code == 200
    assert "abc" in reply.text


def test_other_bots_and_changed_messages_are_let_be(linked: Place) -> None:
    for number, about in enumerate(({"bot_id": "B2"}, {"subtype": "message_changed"}), 1):
        assert linked.deliver(event(BALANCE, number=number, **about)).status_code == 200
    linked.settle(1, within=0.5)

    assert linked.fake.posts() == []


def test_a_command_is_answered_to_its_asker_alone(linked: Place) -> None:
    reply = linked.deliver(command(BALANCE, linked.fake))
    told = linked.responded()

    assert reply.status_code == 200
    assert told["response_type"] == "ephemeral"
    assert FIGURE in json.dumps(told["blocks"])
    assert FIGURE not in told["text"]


def test_linking_takes_the_whole_ceremony(place: Place) -> None:
    place.deliver(command("link", place.fake))
    (nonce,) = re.findall(r"/slack/link/([\w-]+)", json.dumps(place.responded()))
    address = f"/v1/slack/links/{nonce}"
    page = place.api.client.get(f"/slack/link/{nonce}")
    before = place.links.of(LINKED)
    anonymous = place.api.client.post(address)
    looked = place.api.client.get(address, headers=bearer("meadow", "user-1"))
    bound = place.api.client.post(address, headers=bearer("meadow", "user-1", role="owner"))
    again = place.api.client.post(address, headers=bearer("northwind", "user-9"))

    assert page.status_code == 200
    assert "script-src 'self'" in page.headers["Content-Security-Policy"]
    assert before is None
    assert anonymous.status_code == 404
    assert looked.json() == {"team": TEAM, "user": "U1", "account": "meadow"}
    assert bound.status_code == 200
    assert again.status_code == 404
    link = place.links.of(LINKED)
    assert link is not None
    assert (link.account, link.host_user, link.role) == ("meadow", "user-1", "owner")


def test_a_link_runs_out_after_ten_minutes(place: Place) -> None:
    nonce = place.links.new_nonce(LINKED)
    with place.api.engine.begin() as connection:
        connection.execute(text("UPDATE slack_nonces SET until = '2020-01-01 00:00:00'"))

    reply = place.api.client.post(f"/v1/slack/links/{nonce}", headers=bearer("meadow", "u"))

    assert reply.status_code == 404
    assert place.links.of(LINKED) is None


def test_a_link_can_be_used_once_however_many_try(place: Place) -> None:
    nonce = place.links.new_nonce(LINKED)
    headers = [bearer("meadow", f"user-{n}") for n in range(8)]

    with ThreadPoolExecutor(8) as visitors:
        statuses = list(
            visitors.map(
                lambda who: (
                    place.api.client.post(f"/v1/slack/links/{nonce}", headers=who).status_code
                ),
                headers,
            )
        )

    assert sorted(statuses) == [200] + [404] * 7


def test_a_guest_cannot_begin_to_link(place: Place) -> None:
    place.fake.users["U1"] = {"is_restricted": True}
    place.deliver(command("link", place.fake))

    assert "/slack/link/" not in json.dumps(place.responded())


def test_unlinking_and_uninstalling_take_effect_at_once(linked: Place) -> None:
    linked.deliver(command("unlink", linked.fake))
    linked.responded()
    linked.deliver(event(BALANCE))
    linked.settle(1)
    gone = linked.links.of(LINKED)
    linked.links.bind(Link(LINKED, "meadow"), "test")
    removed = event("x", number=9)
    removed["event"] = {"type": "app_uninstalled"}
    linked.deliver(removed)
    end = time.monotonic() + 5
    while linked.links.of(LINKED) and time.monotonic() < end:
        time.sleep(0.02)

    assert gone is None
    assert FIGURE not in linked.said()
    assert linked.links.of(LINKED) is None


def test_links_are_audited_and_the_audit_cannot_be_changed_unnoticed(linked: Place) -> None:
    engine = linked.api.engine
    linked.links.unbind(LINKED, "test")
    well = broken_at(engine)
    with engine.begin() as connection:
        connection.execute(text("UPDATE audit SET actor = 'nobody' WHERE seq = 1"))

    assert well is None
    assert broken_at(engine) == 1


def test_a_person_is_brought_in_and_the_bot_stays_silent_in_that_thread(linked: Place) -> None:
    linked.deliver(event(BALANCE))
    linked.settle(1)
    told = linked.ask_for_person()
    linked.deliver(event("and now?", number=2, thread_ts="1795000001.000100"))
    linked.deliver(event(BALANCE, number=3))
    linked.settle(2)
    linked.settle(3, within=0.5)

    assert "H-" in told["text"]
    assert len(linked.fake.posts()) == 2
    assert linked.fake.posts()[1]["thread_ts"] == "1795000003.000100"


def test_a_wish_in_a_channel_is_one_ticket_on_what_all_see(linked: Place) -> None:
    linked.deliver(event("<@UBOT1> a human please", kind="app_mention", channel="C1"))
    linked.settle(1)

    (ticket,) = linked.api.site.handoffs.open_ones()
    assert (ticket.account, ticket.reason) == (None, "requested")


def test_the_button_says_why_the_person_is_needed(linked: Place) -> None:
    linked.deliver(event("can I get a refund?"))
    linked.settle(1)
    linked.ask_for_person()

    (ticket,) = linked.api.site.handoffs.open_ones()
    assert ticket.reason == "not_covered"


def test_the_last_thumb_counts_and_a_bad_one_asks_why(linked: Place) -> None:
    linked.deliver(event(BALANCE))
    linked.settle(1)
    answer = linked.fake.posts()[0]["metadata"]["event_payload"]["answer"]
    for word in ("good", "bad"):
        linked.deliver(action(linked.fake, "feedback", f"{word} {answer}"))
    end = time.monotonic() + 5
    while not linked.fake.called("views.open") and time.monotonic() < end:
        time.sleep(0.02)

    kept = linked.api.site.handoffs.feedback_on(answer)
    assert kept is not None
    assert not kept.helpful
    view = linked.fake.called("views.open")[0]["view"]
    assert (json.loads(view) if isinstance(view, str) else view)["private_metadata"] == answer


def test_the_home_tab_and_the_prompts_are_shown(linked: Place) -> None:
    for number, tab in ((1, "home"), (2, "messages")):
        body = event("", number=number)
        body["event"] = {"type": "app_home_opened", "user": "U1", "channel": "D1", "tab": tab}
        linked.deliver(body)
    end = time.monotonic() + 5
    while time.monotonic() < end and not (
        linked.fake.called("views.publish")
        and linked.fake.called("assistant.threads.setSuggestedPrompts")
    ):
        time.sleep(0.02)

    home = json.dumps(linked.fake.called("views.publish"))
    prompts = linked.fake.called("assistant.threads.setSuggestedPrompts")[0]
    assert "meadow" in home
    assert len(prompts["prompts"]) == 4
    assert "thread_ts" not in prompts


def test_many_messages_at_once_are_each_answered_once(linked: Place) -> None:
    bodies = [event("do credits expire?", number=n, user=f"U{n}") for n in range(1, 121)]
    with ThreadPoolExecutor(8) as senders:
        statuses = list(senders.map(lambda b: linked.deliver(b).status_code, bodies * 2))
    linked.settle(len(bodies), within=60)
    linked.settle(len(bodies) + 1, within=0.5)

    assert set(statuses) == {200}
    ids = [each["metadata"]["event_payload"]["id"] for each in linked.fake.posts()]
    assert len(ids) == len(set(ids)) == len(bodies)
    with linked.api.engine.connect() as connection:
        assert connection.execute(select(func.count()).select_from(turns)).scalar() == len(bodies)


def test_over_a_socket_it_is_the_same(demo_bot: Bot, tmp_path: Path, fake: FakeSlack) -> None:
    socket = FakeSocket(fake)
    slack, running = opened(demo_bot, tmp_path, fake)
    slack.links.bind(Link(LINKED, "meadow", "user-1", role="owner"), "test")
    running.sender.start()
    handler: Any = SocketModeHandler(running.app, "xapp-1")
    handler.connect()
    try:
        for n in range(3):
            socket.send(f"env-{n}", event(BALANCE), retry_attempt=n)
        end = time.monotonic() + 15
        while time.monotonic() < end and (len(socket.acknowledged) < 3 or not fake.posts()):
            time.sleep(0.05)
        time.sleep(0.5)
    finally:
        handler.close()
        running.sender.stop()
        socket.close()

    assert sorted(socket.acknowledged) == ["env-0", "env-1", "env-2"]
    assert len(fake.posts()) == 1


def test_nothing_that_people_write_can_call_or_lead_anywhere() -> None:
    nasty = "<!channel> <@U9> <https://evil.example|billing> & *x*"

    assert "<" not in escaped(nasty)
    assert "<!channel>" not in mrkdwn(nasty)
    assert mrkdwn("[docs](https://docs.example.com/a)") == "<https://docs.example.com/a|docs>"
    assert "<javascript" not in mrkdwn("[x](javascript:alert(1))")


def test_long_answers_are_cut_at_words() -> None:
    pieces = list(split("word " * 2000, 3000))

    assert max(map(len, pieces)) <= 3000
    assert " ".join(pieces).split() == ["word"] * 2000
