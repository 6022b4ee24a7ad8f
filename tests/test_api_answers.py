"""Questions over HTTP: who asks decides what is told, and a retry is the same answer."""

import json
import re
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx2
import pytest
from jsonschema import Draft202012Validator
from sqlalchemy import func, select, text

from supportbot.bot import Bot
from supportbot.errors import SourceUnavailable
from supportbot.snapshot import EVERY_PART
from supportbot.store.handoffs import PersonsReply
from supportbot.store.sending import Sending
from supportbot.store.tables import feedback, receipts, turns
from tests.api import ORIGIN, PUBLIC, QUESTION, Api, Bearer, api_of, bearer
from tests.records import NOW

OTHER = Bearer("northwind", "user-9")
COLLEAGUE = Bearer("meadow", "user-2")
OWNER = Bearer("meadow", "user-1", role="owner")
PROBLEM = "application/problem+json"


def count(api: Api, table: Any = turns) -> int:
    with api.engine.connect() as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()


def test_an_anonymous_visitor_hears_what_is_public(api: Api) -> None:
    answer = api.ask(QUESTION).json()

    assert answer["outcome"] == "answered"
    assert "signed in" in answer["text"]
    assert not [each for each in answer["citations"] if each["kind"] != "doc"]


def test_a_proven_visitor_hears_of_the_own_account(api: Api, answer_schema: Any) -> None:
    answer = api.ask(QUESTION, headers=OWNER).json()

    assert [each["id"] for each in answer["citations"] if each["kind"] == "account"]
    assert {e["id"] for e in answer["citations"] if e["kind"] == "account"} == {"meadow"}
    assert re.fullmatch(r"ans_[0-9a-f]{32}", answer["id"])
    assert re.fullmatch(r"cnv_[0-9a-f]{32}", answer["conversation"])
    Draft202012Validator(answer_schema).validate(answer)


def test_no_text_and_no_field_of_the_body_chooses_an_account(api: Api) -> None:
    body = {"text": "I am account northwind, what is my balance?", "account": "northwind"}

    anonymous = api.ask(body).json()
    signed_in = api.ask(body, headers=OWNER).json()

    assert not [each for each in anonymous["citations"] if each["kind"] == "account"]
    assert {e["id"] for e in signed_in["citations"] if e["kind"] == "account"} == {"meadow"}


def test_cards_and_pay_links_are_for_billing_roles(api: Api) -> None:
    question = {"text": "is my card a prepaid card? which card is it?"}
    by_role = {
        role: api.ask(question, headers=bearer("northwind", "u", role=role)).text
        for role in ("owner", "admin", "billing", "member", "superuser")
    }
    unknown = api.ask(question, headers=bearer("northwind", "u")).text
    by_email = api.ask(
        question, headers=bearer("northwind", "u", email="bea@northwind.example")
    ).text
    by_sub = api.ask(question, headers=bearer("northwind", "OLGA@northwind.example")).text

    for told in (by_role["owner"], by_role["admin"], by_role["billing"], by_email, by_sub):
        assert "card ending" in told
    for told in (by_role["member"], by_role["superuser"], unknown):
        assert "card ending" not in told


def test_a_conversation_goes_on_for_its_owner_alone(api: Api) -> None:
    first = api.ask(QUESTION, headers=OWNER).json()
    further = {"text": "why?", "conversation": first["conversation"]}

    again = api.ask(further, headers=OWNER)
    others: tuple[Mapping[str, str], ...] = (COLLEAGUE, OTHER, {})
    refusals = [api.ask(further, headers=who) for who in others]
    missing = api.ask({**further, "conversation": "cnv_0"}, headers=OWNER)

    assert again.json()["conversation"] == first["conversation"]
    assert {each.status_code for each in refusals} == {404}
    assert {each.content for each in refusals} == {missing.content}


def test_an_answer_can_be_looked_up_as_it_was(api: Api) -> None:
    given = api.ask(QUESTION, headers=OWNER).json()

    assert api.client.get(f"/v1/answers/{given['id']}", headers=OWNER).json() == given


def test_the_last_word_on_an_answer_counts(api: Api) -> None:
    given = api.ask(QUESTION, headers=OWNER).json()
    path = f"/v1/answers/{given['id']}/feedback"

    for helpful in (False, True):
        body = {"helpful": helpful, "reason": "wrong", "comment": "card 4111 1111 1111 1111"}
        assert api.client.post(path, json=body, headers=OWNER).status_code == 204

    kept = api.site.handoffs.feedback_on(given["id"])
    assert kept is not None
    assert kept.helpful
    assert kept.comment == "card [card number removed]"
    assert count(api, feedback) == 1


def test_asking_for_a_person_gives_one_reference(api: Api) -> None:
    conversation = api.ask(QUESTION, headers=OWNER).json()["conversation"]
    path = f"/v1/conversations/{conversation}/handoff"

    first = api.client.post(path, json={}, headers=OWNER)
    second = api.client.post(path, json={"contact": "olga@x.example"}, headers=OWNER)
    kept = api.site.handoffs.handoff_of(conversation)

    assert (first.status_code, second.status_code) == (202, 202)
    assert first.json() == second.json()
    assert kept is not None
    assert (kept.reference, kept.contact) == (first.json()["reference"], "olga@x.example")


def test_a_hand_off_that_an_answer_promises_is_kept(api: Api) -> None:
    answer = api.ask({"text": "I want to talk to a human please"}, headers=OWNER).json()
    kept = api.site.handoffs.handoff_of(answer["conversation"])

    assert answer["outcome"] == "handoff"
    assert kept is not None
    assert (kept.reason, kept.account, kept.state) == ("requested", "meadow", "open")


def test_a_conversation_shows_what_a_person_replied_in_its_place(api: Api) -> None:
    conversation = api.ask(QUESTION, headers=OWNER).json()["conversation"]
    path = f"/v1/conversations/{conversation}"
    before = api.client.get(path, headers=OWNER)
    unchanged = api.client.get(path, headers={**OWNER, "If-None-Match": before.headers["ETag"]})
    api.client.post(f"{path}/handoff", json={}, headers=OWNER)
    sending = Sending(api.engine)
    reply = PersonsReply(conversation, "agent@x.example", "Hello Olga", NOW)
    sending.send(reply, str(sending.version(conversation)))
    after = api.client.get(path, headers={**OWNER, "If-None-Match": before.headers["ETag"]})

    assert unchanged.status_code == 304
    assert after.status_code == 200
    assert {each["kind"] for each in after.json()["turns"]} == {"answer", "reply"}
    assert "agent@x.example" not in after.text


def test_a_retry_with_its_key_gets_the_first_answer(api: Api) -> None:
    keyed = {**OWNER, "Idempotency-Key": "k-1"}

    first, second = (api.ask(QUESTION, headers=keyed) for _ in range(2))
    other = api.ask(PUBLIC, headers=keyed)
    colleague = api.ask(QUESTION, headers={**COLLEAGUE, "Idempotency-Key": "k-1"})

    assert first.content == second.content
    assert second.headers["Idempotent-Replayed"] == "true"
    assert other.status_code == 422
    assert colleague.json()["id"] != first.json()["id"]
    assert count(api) == 2


def test_twenty_equal_requests_at_once_are_one_answer(api: Api) -> None:
    keyed = {**OWNER, "Idempotency-Key": "at-once"}

    with ThreadPoolExecutor(20) as senders:
        results = list(senders.map(lambda _: api.ask(QUESTION, headers=keyed), range(20)))

    assert {each.status_code for each in results} == {200}
    assert len({each.json()["id"] for each in results}) == 1
    assert count(api) == 1


def test_keys_count_for_feedback_and_hand_offs_too(api: Api) -> None:
    given = api.ask(QUESTION, headers=OWNER).json()
    paths = {
        f"/v1/answers/{given['id']}/feedback": ({"helpful": True}, {"helpful": False}),
        f"/v1/conversations/{given['conversation']}/handoff": ({}, {"note": "other"}),
    }

    for number, (path, (body, other)) in enumerate(paths.items()):
        keyed = {**OWNER, "Idempotency-Key": f"key-{number}"}
        first, second = (api.client.post(path, json=body, headers=keyed) for _ in range(2))
        assert (first.status_code, first.content) == (second.status_code, second.content)
        assert api.client.post(path, json=other, headers=keyed).status_code == 422
    assert count(api, receipts) == 2


def test_a_receipt_is_forgotten_after_thirty_days(api: Api) -> None:
    api.ask(QUESTION, headers={**OWNER, "Idempotency-Key": "old"})
    with api.engine.begin() as connection:
        connection.execute(text("UPDATE receipts SET at = '2026-01-01 00:00:00'"))

    api.ask(QUESTION, headers={**OWNER, "Idempotency-Key": "new"})

    assert count(api, receipts) == 1


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"text": "x" * 4001}, 422),
        ({"text": 3}, 422),
        ({}, 422),
        ({"text": "x", "conversation": 3}, 422),
        ({"text": "x" * 70_000}, 413),
    ],
)
def test_a_body_that_breaks_the_rules_is_a_problem(
    api: Api, body: dict[str, Any], status: int
) -> None:
    reply = api.ask(body)

    assert reply.status_code == status
    assert reply.headers["Content-Type"] == PROBLEM
    assert set(reply.json()) >= {"type", "title", "status", "detail"}
    assert count(api) == 0


def test_an_endless_body_is_cut_off(api: Api) -> None:
    def endless() -> Any:
        for _ in range(1000):
            yield b" " * 1024

    reply = api.client.post("/v1/answers", content=endless())

    assert reply.status_code == 413


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b"[]", b'"text"', b'{"text": NaN}'])
def test_what_is_no_question_is_a_problem(api: Api, content: bytes) -> None:
    reply = api.client.post(
        "/v1/answers", content=content, headers={"Content-Type": "application/json"}
    )

    assert reply.status_code == 422
    assert reply.headers["Content-Type"] == PROBLEM


def test_half_a_character_is_refused_and_a_nul_does_no_harm(api: Api) -> None:
    def sent(text: bytes) -> httpx2.Response:
        headers = {"Content-Type": "application/json"}
        body = b'{"text": "do credits expire? ' + text + b'"}'
        return api.client.post("/v1/answers", content=body, headers=headers)

    assert sent(rb"\u0000").json()["outcome"] == "answered"
    assert sent(rb"\ud800").status_code == 422


def test_an_empty_text_asks_for_a_question(api: Api) -> None:
    assert api.ask({"text": "  "}).json()["outcome"] == "empty"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/v1/answers", 405), ("GET", "/nothing", 404), ("DELETE", "/v1/answers/x", 405)],
)
def test_what_is_not_there_is_a_problem_too(api: Api, method: str, path: str, status: int) -> None:
    reply = api.client.request(method, path)

    assert (reply.status_code, reply.headers["Content-Type"]) == (status, PROBLEM)


class Broken:
    """A source that is down."""

    def load(self, account_id: str, parts: frozenset[str] = EVERY_PART) -> Any:
        raise SourceUnavailable("10.0.0.7 refused")


def test_when_accounts_cannot_be_read_the_rest_is_answered(demo_bot: Bot, tmp_path: Path) -> None:
    with api_of(replace(demo_bot, accounts=Broken()), tmp_path) as api:
        reply = api.ask(PUBLIC, headers=OWNER)

    assert reply.status_code == 200
    assert reply.json()["degraded"] == ["account"]
    assert "10.0.0.7" not in reply.text


def test_what_cannot_be_stored_is_not_answered(api: Api) -> None:
    given = api.ask(QUESTION, headers=OWNER).json()
    with api.engine.begin() as connection:
        connection.execute(text("ALTER TABLE turns RENAME TO away"))
    reply = api.ask(QUESTION, headers={**OWNER, "Idempotency-Key": "kept-not"})
    with api.engine.begin() as connection:
        connection.execute(text("ALTER TABLE away RENAME TO turns"))
    again = api.ask(QUESTION, headers={**OWNER, "Idempotency-Key": "kept-not"})

    assert reply.status_code == 503
    assert reply.headers["Retry-After"]
    assert reply.headers["Content-Type"] == PROBLEM
    assert again.status_code == 200
    assert "Idempotent-Replayed" not in again.headers
    assert api.client.get(f"/v1/answers/{given['id']}", headers=OWNER).status_code == 200


def test_only_listed_origins_may_read(api: Api) -> None:
    preflight = {
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization, idempotency-key, content-type",
    }
    listed = api.client.options("/v1/answers", headers={**preflight, "Origin": ORIGIN})
    strange = api.client.options(
        "/v1/answers", headers={**preflight, "Origin": f"{ORIGIN}.evil.example"}
    )
    asked = api.ask(PUBLIC, headers={"Origin": ORIGIN})

    assert listed.headers["Access-Control-Allow-Origin"] == ORIGIN
    assert listed.headers["Access-Control-Max-Age"] == "7200"
    assert "Access-Control-Allow-Credentials" not in listed.headers
    assert "Access-Control-Allow-Origin" not in strange.headers
    assert "Retry-After" in asked.headers["Access-Control-Expose-Headers"]
    assert "Origin" in asked.headers["Vary"]


def test_nothing_told_is_kept_by_browsers(api: Api) -> None:
    headers = api.ask(QUESTION, headers=OWNER).headers

    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"


def test_questions_are_offered_those_of_the_page_first(api: Api) -> None:
    usual = api.client.get("/v1/suggestions").json()["suggestions"]
    page = api.client.get("/v1/suggestions", params={"page": "Auto-recharge"}).json()

    assert 1 < len(usual) <= 4
    assert "auto-recharge" in page["suggestions"][0].lower()


def test_the_description_has_examples(api: Api) -> None:
    described = api.client.get("/openapi.json").json()

    ask = described["paths"]["/v1/answers"]["post"]
    assert "example" in ask["responses"]["200"]["content"]["application/json"]
    assert set(ask["responses"]) >= {"200", "401", "404", "413", "422", "429", "503"}
    assert "identity" in described["components"]["securitySchemes"]
    assert "Idempotency-Key" in json.dumps(ask["parameters"])
