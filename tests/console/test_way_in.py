"""Agents in the console: only the signed in, nothing sent but by a person, to the customer."""

import re
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text

from supportbot.store.agents import Agent, AgentStore
from supportbot.store.audit import broken_at
from supportbot.store.tables import audit
from tests.api import Api
from tests.console.helping import OWNER, PASSWORD, QUESTION, form, handed_over
from tests.running import supportbot

ROUTES = (
    ("GET", "/console"),
    ("GET", "/console/tickets/H-0"),
    ("POST", "/console/tickets/H-0/reply"),
    ("POST", "/console/tickets/H-0/close"),
    ("POST", "/console/sign-out"),
    ("POST", "/v1/drafts"),
)


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_nobody_gets_in_without_signing_in(api: Api, method: str, path: str) -> None:
    conversation, reference = handed_over(api)
    data = {"csrf": "x", "text": "x", "version": "x"}
    options: dict[str, Any] = {"json": QUESTION} if path == "/v1/drafts" else {"data": data}
    if method == "GET":
        options = {}
    reply = api.client.request(
        method, path.replace("H-0", reference), follow_redirects=False, **options
    )

    assert reply.status_code in (303, 401)
    assert conversation not in reply.text
    assert "INV-2041" not in reply.text


def test_an_agent_is_made_by_a_link_that_works_once(api: Api, agents: AgentStore) -> None:
    key = agents.add(Agent("bob@example.com"))
    short = api.client.post(f"/console/set-up/{key}", data={"password": "short"})
    first = api.client.post(
        f"/console/set-up/{key}", data={"password": PASSWORD}, follow_redirects=False
    )
    again = api.client.post(f"/console/set-up/{key}", data={"password": "another-password"})

    assert (short.status_code, first.status_code, again.status_code) == (422, 303, 404)
    assert agents.sign_in("bob@example.com", PASSWORD)
    assert agents.sign_in("bob@example.com", "another-password") is None


def test_before_the_link_is_used_no_password_is_good(agents: AgentStore) -> None:
    agents.add(Agent("new@example.com"))

    for password in ("", "None", "new@example.com", "nobody has this password"):
        assert agents.sign_in("new@example.com", password) is None
        assert agents.sign_in("nobody@example.com", password) is None


def test_attempts_to_sign_in_are_limited(api: Api) -> None:
    data = {"email": "ann@example.com", "password": "wrong"}

    statuses = [api.client.post("/console/sign-in", data=data).status_code for _ in range(7)]

    assert statuses == [401] * 5 + [429] * 2


def test_the_session_is_kept_from_scripts_and_ends(signed_in: Api) -> None:
    page = signed_in.client.get("/console")
    signed_in.client.post("/console/sign-out", data=form(page.text))
    after = signed_in.client.get("/console", follow_redirects=False)

    assert page.headers["Content-Security-Policy"].startswith("default-src 'self'")
    assert page.headers["Cache-Control"] == "no-store"
    assert after.status_code == 303


def test_the_cookie_is_for_this_host_and_http_alone(api: Api, agents: AgentStore) -> None:
    key = agents.add(Agent("cat@example.com"))
    agents.set_up(key, PASSWORD)
    reply = api.client.post(
        "/console/sign-in",
        data={"email": "cat@example.com", "password": PASSWORD},
        follow_redirects=False,
    )
    cookie = reply.headers["Set-Cookie"].lower()

    assert "httponly" in cookie
    assert "samesite=lax" in cookie


def test_a_hand_off_waits_in_the_queue_with_its_draft_and_evidence(signed_in: Api) -> None:
    _, reference = handed_over(signed_in)

    queue = signed_in.client.get("/console").text
    page = signed_in.client.get(f"/console/tickets/{reference}").text

    assert reference in queue
    assert "$312.40" in page
    assert "past due invoice (certain)" in page
    assert "<blockquote>" in page
    assert "it is &lt;b&gt;urgent&lt;/b&gt;" in page
    assert "olga@northwind.example" in page


def test_a_reply_goes_back_to_where_the_customer_is(signed_in: Api) -> None:
    conversation, reference = handed_over(signed_in)
    address = f"/console/tickets/{reference}"
    page = signed_in.client.get(address).text
    sent = signed_in.client.post(f"{address}/reply", data={**form(page), "text": "Hello Olga"})
    signed_in.client.cookies.clear()
    told = signed_in.client.get(f"/v1/conversations/{conversation}", headers=OWNER).json()

    assert sent.status_code == 200
    assert [each["text"] for each in told["turns"] if each["kind"] == "reply"] == ["Hello Olga"]


def test_a_reply_to_slack_is_queued_for_its_thread(signed_in: Api) -> None:
    conversation, reference = handed_over(signed_in)
    with signed_in.engine.begin() as connection:
        connection.execute(
            text("INSERT INTO slack_threads VALUES (:c, 'T1', 'C1', '1.2')"), {"c": conversation}
        )
    address = f"/console/tickets/{reference}"
    page = signed_in.client.get(address).text
    signed_in.client.post(f"{address}/reply", data={**form(page), "text": "see <!channel>"})
    with signed_in.engine.connect() as connection:
        (body,) = connection.execute(text("SELECT body FROM slack_posts")).scalars().all()

    assert '"thread_ts": "1.2"' in body
    assert "<!channel>" not in body


def test_a_second_agent_does_not_answer_what_was_answered(signed_in: Api) -> None:
    conversation, reference = handed_over(signed_in)
    address = f"/console/tickets/{reference}"
    seen = form(signed_in.client.get(address).text)
    signed_in.client.post(f"{address}/reply", data={**seen, "text": "first"})
    late = signed_in.client.post(f"{address}/reply", data={**seen, "text": "second"})
    replies = signed_in.site.handoffs.replies_in(conversation)

    assert "has changed since you opened it" in late.text
    assert [each.text for each in replies] == ["first"]


@pytest.mark.parametrize("what", ["csrf", "origin"])
def test_a_form_of_another_site_is_refused(signed_in: Api, what: str) -> None:
    conversation, reference = handed_over(signed_in)
    address = f"/console/tickets/{reference}"
    data = {**form(signed_in.client.get(address).text), "text": "forged"}
    headers = {}
    if what == "csrf":
        data["csrf"] = "0" * 64
    else:
        headers["Origin"] = "https://evil.example"

    refused = signed_in.client.post(f"{address}/reply", data=data, headers=headers)

    assert refused.status_code == 403
    assert signed_in.site.handoffs.replies_in(conversation) == ()


def test_a_conversation_is_given_back_to_the_bot_and_can_be_handed_over_again(
    signed_in: Api,
) -> None:
    conversation, reference = handed_over(signed_in)
    address = f"/console/tickets/{reference}"
    signed_in.client.post(f"{address}/close", data=form(signed_in.client.get(address).text))
    closed = signed_in.site.handoffs.handoff_of(conversation)
    signed_in.client.cookies.clear()
    path = f"/v1/conversations/{conversation}/handoff"
    again = signed_in.client.post(path, json={}, headers=OWNER).json()["reference"]
    reopened = signed_in.site.handoffs.handoff_of(conversation)

    assert closed is not None
    assert closed.state == "closed"
    assert again == reference
    assert reopened is not None
    assert reopened.state == "open"


def test_a_draft_is_made_for_an_agent_and_nothing_is_sent(signed_in: Api) -> None:
    body = {"text": "what is my balance?", "account": "northwind", "ticket": "42"}
    made = signed_in.client.post("/v1/drafts", json=body).json()

    assert made["support"] == "partly supported" or made["support"] == "supported"
    assert "$150.00" in made["text"]
    assert made["citations"]
    assert signed_in.site.handoffs.open_ones() == ()


def test_every_look_and_every_reply_is_audited(signed_in: Api) -> None:
    _, reference = handed_over(signed_in)
    address = f"/console/tickets/{reference}"
    page = signed_in.client.get(address).text
    signed_in.client.post(f"{address}/reply", data={**form(page), "text": "Hello"})
    with signed_in.engine.connect() as connection:
        actions = connection.execute(select(audit.c.action, audit.c.actor)).all()

    assert ("look", "ann@example.com") in [tuple(each) for each in actions]
    assert ("reply", "ann@example.com") in [tuple(each) for each in actions]
    assert broken_at(signed_in.engine) is None


def test_the_command_prints_a_link(tmp_path: Path) -> None:
    settings = {
        "DATABASE_URL": f"sqlite:///{tmp_path / 'agents.db'}",
        "PUBLIC_URL": "https://bot.example.com",
    }

    made = supportbot("agents", "add", "ann@example.com", "--admin", **settings)
    wrong = supportbot("agents", "add", "ann", **settings)

    assert re.fullmatch(r"https://bot\.example\.com/console/set-up/[\w-]{43}\n", made.out)
    assert (wrong.code, "e-mail address" in wrong.err) == (2, True)
