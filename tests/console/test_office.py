"""Who may see which page, and what the pages over many conversations tell."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from supportbot.channels.console.figures import days, totals, unanswered, wait_in_words
from supportbot.conversation import Context, Turn
from supportbot.store.agents import AgentStore
from supportbot.store.audit import broken_at
from supportbot.store.conversations import ConversationStore
from supportbot.store.engine import open_engine
from supportbot.store.reports import DayCount, FoundTurn, Reports, Wanted
from supportbot.store.schema import upgrade
from supportbot.store.tables import audit, turns
from tests.api import PUBLIC, Api
from tests.console.helping import OWNER, Desk, form, sign_in
from tests.postgres import Postgres
from tests.running import supportbot

GETS = (
    "/console",
    "/console/news?waiting=0",
    "/console/ask",
    "/console/conversations",
    "/console/conversations/{conversation}",
    "/console/feedback",
    "/console/knowledge",
    "/console/dashboard",
    "/console/tickets/{reference}",
    "/console/tickets/{reference}/snippets?q=balance",
)
ADMIN_GETS = ("/console/agents", "/console/audit")
POSTS: dict[str, dict[str, str]] = {
    "/console/ask": {"text": "what is my balance?", "account": "northwind"},
    "/console/sign-out": {},
    "/console/tickets/{reference}/take": {},
    "/console/tickets/{reference}/release": {},
    "/console/tickets/{reference}/close": {},
    "/console/tickets/{reference}/draft": {"make": "shorter"},
    "/console/tickets/{reference}/dismiss": {"draft": "drf_0", "reason": "other"},
    "/console/tickets/{reference}/reply": {"text": "Hi", "version": "0-0"},
    "/console/drafts/drf_0/rate": {"helpful": "yes"},
}
ADMIN_POSTS = {
    "/console/agents": {"email": "new@example.com"},
    "/console/agents/remove": {"email": "new@example.com"},
}
FOREIGN = {"reference": "H-NOTTHERE", "conversation": "cnv_not_there"}


def own(desk: Desk) -> dict[str, str]:
    return {"reference": desk.reference, "conversation": desk.conversation}


@pytest.mark.parametrize("path", GETS + ADMIN_GETS)
def test_nobody_sees_a_page_and_only_admins_theirs(desk: Desk, path: str) -> None:
    admin = sign_in(desk.api, "eve@example.com", admin=True)
    wanted = path.format(**own(desk))
    get = desk.api.client.get
    nobody = get(wanted, follow_redirects=False)
    stranger = get(wanted, headers={"Cookie": "supportbot-session=guessed"}, follow_redirects=False)
    agent = get(wanted, headers={"Cookie": desk.cookie})
    chief = get(wanted, headers={"Cookie": admin})

    for refused in (nobody, stranger):
        assert (refused.status_code, refused.headers["Location"]) == (303, "/console/sign-in")
        assert "northwind" not in refused.text
    assert agent.status_code == (404 if path in ADMIN_GETS else 200)
    assert chief.status_code == 200


@pytest.mark.parametrize("path", [each for each in GETS if "{" in each])
def test_what_is_not_there_is_not_found(desk: Desk, path: str) -> None:
    assert desk.get(path.format(**FOREIGN)).status_code == 404


@pytest.mark.parametrize("path", [*POSTS, *ADMIN_POSTS])
def test_no_form_is_taken_from_nobody_or_without_its_pages_token(desk: Desk, path: str) -> None:
    wanted, data = path.format(**own(desk)), {**POSTS, **ADMIN_POSTS}[path]
    cookie = sign_in(desk.api, "eve@example.com", admin=True)
    csrf = form(desk.get("/console", headers={"Cookie": cookie}).text)["csrf"]
    post = desk.api.client.post

    def sent(told: dict[str, str], **headers: str) -> int:
        status: int = post(
            wanted, data={**data, **told}, headers=headers, follow_redirects=False
        ).status_code
        return status

    assert sent({"csrf": csrf}) == 303
    assert sent({"csrf": "0" * 64}, Cookie=cookie) == 403
    assert sent({}, Cookie=cookie) == 422
    assert sent({"csrf": csrf}, Cookie=cookie, Origin="https://evil.example") == 403
    assert sent({"csrf": csrf}, Cookie=cookie, Origin="null") == 403
    assert sent({"csrf": csrf}, Cookie=cookie) != 403
    assert desk.sent() == []


@pytest.mark.parametrize("path", ADMIN_POSTS)
def test_an_agent_cannot_do_what_admins_do(desk: Desk, path: str) -> None:
    assert desk.post(path, **ADMIN_POSTS[path]).status_code == 404
    assert AgentStore(desk.api.engine).agent("new@example.com") is None


@pytest.mark.parametrize("path", [each for each in POSTS if "{" in each])
def test_forms_of_tickets_that_are_not_there_are_not_found(desk: Desk, path: str) -> None:
    assert desk.post(path.format(**FOREIGN), **POSTS[path]).status_code == 404


def test_an_admin_adds_and_removes_agents_whose_sessions_end(desk: Desk) -> None:
    chief = replace(desk, cookie=sign_in(desk.api, "eve@example.com", admin=True))
    added = chief.post("/console/agents", email="New@example.com")
    wrong = chief.post("/console/agents", email="new")
    oneself = chief.post("/console/agents/remove", email="eve@example.com")
    before = desk.get("/console", follow_redirects=False).status_code
    chief.post("/console/agents/remove", email="ann@example.com")
    after = desk.get("/console", follow_redirects=False).status_code

    assert "/console/set-up/" in added.text
    assert "/console/set-up/" not in chief.get("/console/agents").text
    assert (wrong.status_code, oneself.status_code) == (422, 422)
    assert (before, after) == (200, 303)
    with desk.api.engine.connect() as connection:
        rows = connection.execute(select(audit.c.actor, audit.c.action, audit.c.subject)).all()
    told = [tuple(row) for row in rows]
    assert ("eve@example.com", "agent added", "new@example.com") in told
    assert ("eve@example.com", "agent removed", "ann@example.com") in told
    assert broken_at(desk.api.engine) is None


def test_the_audit_is_searched_and_says_when_it_was_changed(desk: Desk) -> None:
    chief = replace(desk, cookie=sign_in(desk.api, "eve@example.com", admin=True))
    desk.get()
    found = chief.get("/console/audit?action=look").text
    with desk.api.engine.begin() as connection:
        connection.execute(audit.update().where(audit.c.action == "look").values(actor="nobody"))
    changed = chief.get("/console/audit").text

    assert "account northwind in H-" in found
    assert "The chain of rows is whole." in found
    assert "was changed" in changed


def test_conversations_are_found_by_text_account_and_outcome(desk: Desk) -> None:
    desk.api.ask(PUBLIC)
    every = desk.get("/console/conversations").text
    said = desk.get("/console/conversations?q=EXPIRE").text
    wild = desk.get("/console/conversations?q=%25").text
    of_account = desk.get("/console/conversations?account=northwind").text
    one = desk.get(f"/console/conversations/{desk.conversation}").text

    assert "do credits expire?" in every
    assert "although I have credits" in every
    assert "although I have credits" not in said
    assert "Nothing was found." in wild
    assert "do credits expire?" not in of_account
    assert "$312.40" in one
    with desk.api.engine.connect() as connection:
        looks = set(
            connection.execute(select(audit.c.subject).where(audit.c.action == "look")).scalars()
        )
    assert "conversations of account northwind" in looks
    assert f"account northwind in {desk.conversation}" in looks


def test_feedback_is_shown_with_its_question(desk: Desk) -> None:
    answer = desk.api.ask(PUBLIC).json()
    body = {"helpful": False, "reason": "incorrect", "comment": "no <b>way</b>"}
    told = desk.api.client.post(f"/v1/answers/{answer['id']}/feedback", json=body)
    page = desk.get("/console/feedback").text

    assert told.status_code < 300
    assert "not helpful" in page
    assert "do credits expire?" in page
    assert "<b>way</b>" not in page


def test_the_knowledge_page_says_where_each_article_was_used(desk: Desk) -> None:
    found = desk.get("/console/knowledge?q=prepaid").text

    assert "billing/payment-methods" in found
    assert "does not support prepaid cards" in found


def test_the_dashboard_counts_what_happened(desk: Desk) -> None:
    for text in ("how do I bake bread?", "how do I bake bread please?", "do credits expire?"):
        desk.api.ask({"text": text})
    desk.post("reply", text="Hello")
    page = desk.get("/console/dashboard").text
    narrow = desk.get("/console/dashboard?start=2020-01-01&end=2019-12-01").text
    wrong = desk.get("/console/dashboard?start=soon")

    assert "how do I bake bread" in page
    assert "(2)" in page
    assert "<rect" in page
    assert "0 min" in page
    assert "<rect" not in narrow
    assert wrong.status_code == 422


def test_asking_about_any_account_is_answered_and_audited(desk: Desk) -> None:
    page = desk.post("/console/ask", text="what is my balance?", account="meadow").text
    nobody = desk.post("/console/ask", text="what is my balance?", account="none").text

    assert "$120.00" in page
    assert "$" not in nobody.split("<h2>Answer</h2>")[1].split("<h2>")[0]
    with desk.api.engine.connect() as connection:
        subjects = list(connection.execute(select(audit.c.subject)).scalars())
    assert "account meadow, asked at will" in subjects


def found_turn(text: str, outcome: str = "not_covered") -> FoundTurn:
    at = datetime(2026, 11, 23, tzinfo=UTC)
    return FoundTurn("c", at, None, text, outcome, "a", '{"intents":[]}', None, None, None)


def test_questions_that_are_alike_are_one_group() -> None:
    asked = ("can I pay with bitcoin?", "can i pay with Bitcoin", "what about taxes?")
    groups = unanswered([*map(found_turn, asked), found_turn("hi", "answered")])

    assert [(each.text, each.count) for each in groups] == [
        ("can I pay with bitcoin?", 2),
        ("what about taxes?", 1),
    ]


def test_days_on_which_nobody_asked_are_there_with_nothing() -> None:
    first, last = date(2026, 11, 1), date(2026, 11, 3)
    counted = (DayCount(date(2026, 11, 2), "answered", 3), DayCount(last, "not_covered", 1),
               DayCount(last, "smalltalk", 9))  # fmt: skip
    shown = days(counted, first, last)

    assert [day.counts for day in shown] == [(0, 0, 0, 0), (3, 0, 0, 0), (0, 0, 1, 0)]
    assert dict(totals(shown)) == {"answered": 3, "clarified": 0, "refused": 1, "handed over": 0}


def test_waits_are_told_by_their_median() -> None:
    assert [wait_in_words(each) for each in ((), (60.0,), (60.0, 180.0, 999.0), (9000.0,))] == [
        "–",
        "1 min",
        "3 min",
        "2.5 h",
    ]


def test_reports_read_the_same_from_postgresql(postgres: Postgres) -> None:
    engine = open_engine(postgres.url)
    upgrade(engine)
    now = datetime.now(UTC)
    turn = Turn("cnv_reports", "k", now, None, None, "do credits expire?", "ans_reports",
                '{"intents":[]}', "answered", Context())  # fmt: skip
    ConversationStore(engine).append(turn)
    reports = Reports(engine)
    start, end = now - timedelta(days=1), now + timedelta(days=1)
    counted = [each.count for each in reports.by_day(start, end)]
    found = reports.turns(Wanted(text="EXPIRE", start=start, end=end))
    with engine.begin() as connection:
        connection.execute(turns.delete())
    engine.dispose()

    assert counted == [1]
    assert [each.answer_id for each in found] == ["ans_reports"]


def test_agents_are_listed_and_removed_by_the_command(tmp_path: Path) -> None:
    settings = {"DATABASE_URL": f"sqlite:///{tmp_path / 'agents.db'}"}
    nobody = supportbot("agents", "list", **settings)
    supportbot("agents", "add", "ann@example.com", "--admin", **settings)
    listed = supportbot("agents", "list", **settings)
    gone = supportbot("agents", "remove", "ann@example.com", **settings)
    again = supportbot("agents", "remove", "ann@example.com", **settings)

    assert "no agents yet" in nobody.out
    assert "ann@example.com  admin" in listed.out
    assert "no password yet" in listed.out
    assert (gone.code, again.code) == (0, 1)


def test_an_owner_of_an_account_is_no_agent(api: Api) -> None:
    refused = api.client.get("/console", headers=OWNER, follow_redirects=False)

    assert refused.status_code == 303
