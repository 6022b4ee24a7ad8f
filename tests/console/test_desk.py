"""An agent's desk: who has a ticket, what a draft rests on, and what is told before it goes."""

import html
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import event, select, text

from supportbot.accounts.database import DatabaseAccounts
from supportbot.accounts.record import parse_record
from supportbot.bot import Bot
from supportbot.channels.console.tickets import shown_of
from supportbot.learning import core, distance, outcome_of, own_sentences
from supportbot.store.drafts import DraftStore
from supportbot.store.engine import open_engine
from supportbot.store.schema import upgrade
from supportbot.store.tables import audit
from supportbot.variants import friendlier, lines_of, shorter
from tests.api import Api, Bearer, api_of
from tests.console.helping import BALANCE, OWNER, Desk, ask_on, form, handed_over, sign_in
from tests.records import record
from tests.running import supportbot


def figures(text: str) -> set[str]:
    return set(re.findall(r"\d[\d,.]*", text))


def test_two_agents_never_both_answer(desk: Desk) -> None:
    other = replace(desk, cookie=sign_in(desk.api, "bob@example.com"))
    seen = form(desk.get().text)
    theirs = form(other.get().text)
    desk.post("take", seen)
    refused = other.post("reply", theirs, text="from Bob")
    taken = other.post("take", theirs)
    late = desk.post("reply", seen, text="from Ann")
    sent = other.post("reply", theirs, text="from Bob")

    assert "ann@example.com has this ticket" in other.get().text or taken.status_code == 303
    assert (refused.status_code, late.status_code, sent.status_code) == (409, 409, 303)
    assert "Another agent has this ticket. Nothing was sent." in refused.text
    assert "from Bob" in refused.text  # what was written is not lost
    assert desk.sent() == ["from Bob"]


def test_a_ticket_that_is_released_is_anybodys(desk: Desk) -> None:
    other = replace(desk, cookie=sign_in(desk.api, "bob@example.com"))
    desk.post("take")
    held = other.get().text
    desk.post("release")
    sent = other.post("reply", text="from Bob")

    assert "ann@example.com has this ticket" in held
    assert sent.status_code == 303
    assert desk.sent() == ["from Bob"]


def test_what_the_customer_wrote_meanwhile_is_read_before_anything_is_sent(desk: Desk) -> None:
    seen = form(desk.get().text)
    ask_on(desk.api, desk.conversation, "what is my balance?")
    news = desk.get(f"/console/news?waiting=1&reference={desk.reference}&version={seen['version']}")
    late = desk.post("reply", seen, text="too late")
    page = desk.get().text
    nothing = desk.get(
        f"/console/news?waiting=1&reference={desk.reference}&version={form(page)['version']}"
    )

    assert "Somebody wrote in" in news.text
    assert late.status_code == 409
    assert "too late" in late.text
    assert desk.sent() == []
    assert "$150.00" in page
    assert nothing.text.strip() == ""


def test_a_draft_is_made_once_for_what_was_written_and_withdrawn_when_it_is_answered(
    desk: Desk,
) -> None:
    first, again = form(desk.get().text), form(desk.get().text)
    desk.post("reply", again, text="Hello Olga")
    after = desk.get().text

    assert first["draft"] == again["draft"]
    assert "Nobody waits for a reply here." in after
    assert form(after)["draft"] == ""


def test_every_statement_of_a_draft_leads_to_its_evidence_and_back(desk: Desk) -> None:
    page = desk.get().text

    for number in range(1, 17):
        assert f'href="#source-{number}"' in page
        assert f'id="source-{number}"' in page
        assert f'href="#said-{number}"' in page
        assert f'id="said-{number}"' in page
    assert "from demo, as of" in page
    assert "raw 31240" in page


@pytest.mark.parametrize("make", ["shorter", "friendlier", "regenerate"])
def test_what_an_agent_wrote_stays_beside_another_draft(desk: Desk, make: str) -> None:
    page = desk.post("draft", make=make, text="My own words.").text

    assert "What stood here before" in page
    assert "My own words." in page


@pytest.mark.parametrize("question", ["why does my API fail?", "what is my balance?"])
def test_other_lengths_and_tones_bring_no_new_figure(desk: Desk, question: str) -> None:
    ask_on(desk.api, desk.conversation, question)
    kept = DraftStore(desk.api.engine).of(form(desk.get().text)["draft"])
    assert kept is not None
    shown = shown_of(kept)
    account = frozenset(e.number for e in shown.evidence if e.kind != "Documentation")
    brief, warm = shorter(shown.text, account), friendlier(shown.text)

    assert figures(brief) <= figures(shown.reply)
    assert figures(warm) == figures(shown.reply)
    assert len(brief) <= len(shown.reply) < len(warm)
    told = [e.text.rpartition(": ")[2] for e in shown.evidence if e.kind == "Account"]
    assert all(each in brief for each in told if each in shown.reply)


def test_a_snippet_answers_with_the_facts_of_the_tickets_account(desk: Desk) -> None:
    part = desk.get(
        f"{desk.place}/snippets?q=what%20is%20my%20balance", headers={"HX-Request": "true"}
    )
    page = desk.get(f"{desk.place}/snippets?q=what%20is%20my%20balance")
    empty = desk.get(f"{desk.place}/snippets?q=")

    assert "$150.00" in part.text
    assert "<html" not in part.text
    assert "data-insert" in part.text
    assert "Hello," not in part.text
    assert "<html" in page.text
    assert empty.status_code == 200


def test_a_dismissed_draft_is_not_put_into_the_reply_again(desk: Desk) -> None:
    seen = form(desk.get().text)
    done = desk.post("dismiss", seen, reason="incomplete")
    wrong = desk.post("dismiss", seen, reason="dull")
    page = desk.get().text
    desk.post("draft", make="regenerate")
    kept = DraftStore(desk.api.engine).of(seen["draft"])

    assert (done.status_code, wrong.status_code) == (303, 422)
    assert "You dismissed the draft (incomplete)." in page
    assert ">Hello," not in page
    assert kept is not None
    assert (kept.outcome, kept.reason, kept.settled_by) == (
        "dismissed",
        "incomplete",
        "ann@example.com",
    )
    assert form(desk.get().text)["draft"] != seen["draft"]


def test_nothing_is_sent_when_there_is_nothing_to_send(desk: Desk) -> None:
    assert desk.post("reply", text="  ").status_code == 422
    assert desk.sent() == []


@pytest.mark.parametrize(
    ("change", "outcome"),
    [(lambda reply: reply, "used"), (lambda reply: reply.replace("Certain.", ""), "edited"),
     (lambda reply: "Please call us.", "rewritten")],
)  # fmt: skip
def test_what_became_of_a_draft_is_kept_with_the_reply(
    desk: Desk, change: object, outcome: str
) -> None:
    assert callable(change)
    seen = form(desk.get().text)
    store = DraftStore(desk.api.engine)
    kept = store.of(seen["draft"])
    assert kept is not None
    desk.post("reply", seen, text=change(shown_of(kept).reply))
    settled = store.of(seen["draft"])

    assert settled is not None
    assert settled.outcome == outcome
    assert (settled.distance == 0) == (outcome == "used")
    assert settled.settled_by == "ann@example.com"
    assert settled.sent


def test_thumbs_are_kept_for_a_draft_and_for_each_source(desk: Desk) -> None:
    seen = form(desk.get().text)
    for source, helpful in (("0", "yes"), ("2", "yes"), ("2", "no")):
        desk.post(f"/console/drafts/{seen['draft']}/rate", seen, source=source, helpful=helpful)
    ratings = DraftStore(desk.api.engine).ratings()
    missing = desk.post("/console/drafts/drf_none/rate", seen, helpful="yes")

    assert sorted((each.source, each.helpful) for each in ratings) == [(0, True), (2, False)]
    assert missing.status_code == 404


@pytest.fixture
def changing(demo_bot: Bot, tmp_path: Path) -> Iterator[tuple[Desk, DatabaseAccounts]]:
    """A desk whose accounts stand in a database, where they can change."""
    engine = open_engine(f"sqlite:///{tmp_path / 'accounts.db'}")
    upgrade(engine)
    accounts = DatabaseAccounts(engine)
    accounts.replace_all_or_nothing([parse_record(record())])
    with api_of(replace(demo_bot, accounts=accounts), tmp_path) as api:
        yield Desk(api, sign_in(api), *handed_over(api, BALANCE)), accounts
    engine.dispose()


def set_balance(accounts: DatabaseAccounts, total: int) -> None:
    changed = record(balance={**record()["balance"], "total": total})
    accounts.replace_all_or_nothing([parse_record(changed)])


def test_a_fact_that_changes_is_shown_before_the_reply_can_go(
    changing: tuple[Desk, DatabaseAccounts],
) -> None:
    desk, accounts = changing
    seen = form(desk.get().text)
    reply = "Your balance is $120.00."
    accounts.replace_all_or_nothing(
        [parse_record(record(balance={**record()["balance"], "total": -310}))]
    )
    held = desk.post("reply", seen, text=reply)
    unseen = desk.post("reply", {**seen, "accepted": "0" * 32}, text=reply)
    before = desk.sent()
    accepted = form(held.text)
    again = desk.post("reply", accepted, text="Your balance is -$3.10.")

    assert (held.status_code, unseen.status_code, again.status_code) == (409, 409, 303)
    assert "was <strong>$120.00</strong>, now <strong>-$3.10</strong>" in held.text
    assert reply in held.text
    assert before == []
    assert desk.sent() == ["Your balance is -$3.10."]


def test_what_changes_again_after_it_was_accepted_is_shown_again(
    changing: tuple[Desk, DatabaseAccounts],
) -> None:
    desk, accounts = changing
    seen = form(desk.get().text)
    for total in (-310, -500):
        accounts.replace_all_or_nothing(
            [parse_record(record(balance={**record()["balance"], "total": total}))]
        )
        held = desk.post("reply", seen, text="Your balance is $120.00.")
        assert held.status_code == 409
        seen = form(held.text)
    assert desk.sent() == []


def test_facts_that_did_not_change_hold_nobody_up(changing: tuple[Desk, DatabaseAccounts]) -> None:
    desk, _ = changing

    assert desk.post("reply", text="Your balance is $120.00.").status_code == 303


def test_an_account_that_cannot_be_read_again_is_said(
    changing: tuple[Desk, DatabaseAccounts],
) -> None:
    desk, accounts = changing
    seen = form(desk.get().text)
    with accounts._engine.begin() as connection:
        connection.execute(text("DROP TABLE accounts"))
    held = desk.post("reply", seen, text="Your balance is $120.00.")

    assert held.status_code == 409
    assert "cannot be read now" in held.text


def test_everything_an_agent_does_with_a_ticket_is_audited(desk: Desk) -> None:
    desk.post("take")
    desk.post("release")
    desk.post("reply", text="Hello")
    desk.post("close")
    with desk.api.engine.connect() as connection:
        actions = list(connection.execute(select(audit.c.action)).scalars())

    assert [each for each in actions if each not in ("look", "sign-in", "agent added")] == [
        "take over",
        "release",
        "reply",
        "close",
    ]


def test_distance_leaves_greeting_signature_and_source_numbers_out() -> None:
    drafted = "Hello,\n\nYour balance is **$5.00**. [1][2]\n\nBest regards,\nYour support team"

    assert core(drafted) == "Your balance is $5.00."
    assert distance(drafted, "Hi Olga,\nYour balance is  $5.00.\n\nCheers\nAnn") == 0
    assert outcome_of(distance(drafted, "Your balance is $5.00 today.")) == "edited"
    assert outcome_of(distance(drafted, "Please write to sales, they know more.")) == "rewritten"


def test_sentences_that_an_agent_adds_are_theirs() -> None:
    drafted = (
        "Hello,\n\nYour balance is $5.00. [1] Pay soon. [2]\n\nBest regards,\nYour support team"
    )
    written = "Hello,\n\nYour balance is $5.00. I gave you a discount. Pay soon."

    assert own_sentences(drafted, written) == ("I gave you a discount.",)


def test_a_line_is_cut_at_its_source_numbers() -> None:
    (line,) = lines_of("- **Certain.** It is due. [1][2] Pay it. [3]")

    assert [(each.text, each.sources) for each in line] == [
        ("- Certain. It is due.", (1, 2)),
        (" Pay it.", (3,)),
    ]


def test_the_same_draft_is_made_by_the_api_and_told_what_became_of_it(desk: Desk) -> None:
    headers = {"Cookie": desk.cookie}
    post = desk.api.client.post
    body = {"text": "do credits expire?", "account": "northwind", "ticket": "42"}
    made = post("/v1/drafts", json=body, headers=headers).json()
    place = f"/v1/drafts/{made['id']}/outcome"
    nobody = post(place, json={"sent": "x"})
    neither = post(place, json={}, headers=headers)
    well = post(place, json={"sent": made["text"]}, headers=headers)
    again = post(place, json={"dismissed": "other"}, headers=headers)
    missing = post("/v1/drafts/drf_0/outcome", json={"sent": "x"}, headers=headers)
    kept = DraftStore(desk.api.engine).of(made["id"])

    assert [r.status_code for r in (nobody, neither, well, again, missing)] == [
        401,
        422,
        204,
        204,
        404,
    ]
    assert kept is not None
    assert (kept.kind, kept.subject, kept.outcome) == ("api", "42", "used")
    assert json.loads(kept.body)["text"] == made["text"]


def test_the_command_drafts_the_same(desk: Desk) -> None:
    question = "do my credits expire?"
    body = {"text": question, "account": "northwind"}
    made = desk.api.client.post("/v1/drafts", json=body, headers={"Cookie": desk.cookie}).json()
    told = supportbot(
        "draft", "-", "--account", "northwind", "--demo", "--json", stdin=question
    ).json

    for name in ("text", "support", "missing", "findings", "citations", "ruled_out", "unchecked"):
        assert made[name] == told[name], name


def test_a_form_that_names_no_draft_does_not_get_around_the_fuse(
    changing: tuple[Desk, DatabaseAccounts],
) -> None:
    desk, accounts = changing
    seen = form(desk.get().text)
    set_balance(accounts, -310)

    for named in ("", "drf_of_another"):
        held = desk.post("reply", {**seen, "draft": named}, text="Your balance is $120.00.")
        assert held.status_code == 409
    assert desk.sent() == []


def test_a_ticket_says_why_it_was_handed_over(api: Api) -> None:
    conversation = api.ask({"text": "I want to talk to a human"}, headers=OWNER).json()
    reference = api.site.handoffs.handoff_of(conversation["conversation"])
    assert reference is not None
    desk = Desk(api, sign_in(api), conversation["conversation"], reference.reference)

    assert conversation["handoff"]["summary"][:30] in html.unescape(desk.get().text)


@pytest.mark.parametrize(("role", "shown"), [("owner", True), ("member", False)])
def test_a_draft_shows_what_the_asker_may_see(api: Api, role: str, shown: bool) -> None:
    asker = Bearer("northwind", "user-4711", role=role)
    asked = api.ask({"text": "how do I pay my past due invoice?"}, headers=asker).json()
    path = f"/v1/conversations/{asked['conversation']}/handoff"
    reference = api.client.post(path, json={}, headers=asker).json()["reference"]
    desk = Desk(api, sign_in(api), asked["conversation"], reference)

    desk.get()
    (draft,) = DraftStore(api.engine).all_on("console", asked["conversation"])
    assert ("https://pay.example.com/i/2041" in draft.body) is shown


def test_the_queue_costs_the_same_reads_however_many_wait(api: Api) -> None:
    cookie = sign_in(api)
    conversation, reference = handed_over(api)
    desk = Desk(api, cookie, conversation, reference)

    def reads() -> int:
        seen: list[str] = []

        def note(*told: object) -> None:
            seen.append(str(told[2]))

        event.listen(api.engine, "before_cursor_execute", note)
        page = desk.get("/console").text
        event.remove(api.engine, "before_cursor_execute", note)
        assert page.count("/console/tickets/") == len(api.site.handoffs.open_ones())
        return len(seen)

    one = reads()
    for _ in range(5):
        handed_over(api, BALANCE)

    assert reads() == one


def test_the_queue_shows_what_was_asked_before_a_person_was(api: Api) -> None:
    asked = api.ask({"text": "can I get a refund?"}, headers=OWNER).json()["conversation"]
    for wish in ("yes please", "hello? a human please"):
        ask_on(api, asked, wish)

    page = Desk(api, sign_in(api), asked, "").get("/console").text
    assert "can I get a refund?" in page
    assert "yes please" not in page
