"""Helpdesks get one private note for each message of a customer, and never anything public."""

import base64
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text

from supportbot.bot import Bot
from supportbot.channels.helpdesks import Notes, draft_id_of, open_desks
from supportbot.drafting import without_marks
from supportbot.errors import ConfigError
from supportbot.helpdesk import chatwoot, signing, zendesk
from supportbot.helpdesk.desk import BadSignature, CustomerWrote, Superseded
from supportbot.helpdesk_settings import HelpdeskSettings
from supportbot.store.desk_queue import DeskQueue
from supportbot.store.drafts import DraftStore
from supportbot.store.engine import open_engine
from supportbot.store.schema import upgrade
from supportbot.store.tables import desk_events
from tests.api import Api, api_of
from tests.fault_server import FaultServer, Request, Response, closed, status

SECRET = "webhook-secret"  # noqa: S105 -- of nothing real
BALANCE = "what is my balance?"
FIGURE = "$150.00"


class FakeZendesk:
    """Keeps one ticket; a comment is public unless it says otherwise, as at Zendesk."""

    def __init__(self) -> None:
        self.user = {
            "email": "olga@northwind.example",
            "external_id": "northwind",
            "verified": True,
        }
        self.comments: list[dict[str, Any]] = []
        self.comments.append(self.from_customer(BALANCE))
        self.updated = 1

    def from_customer(self, words: str) -> dict[str, Any]:
        number = 900 + len(self.comments)
        return {"id": number, "author_id": 7, "public": True, "plain_body": words}

    def is_ours(self, comment: dict[str, Any]) -> bool:
        return bool(comment["author_id"] == 5)

    def __call__(self, request: Request) -> Response:
        expected = base64.b64encode(b"bot@x.example/token:t0ken").decode()
        if request.headers.get("Authorization") != f"Basic {expected}":
            return Response({}, 401)
        if request.method == "PUT":
            return self._put(json.loads(request.body)["ticket"])
        ticket = {"id": 42, "requester_id": 7, "updated_at": f"2026-11-25T09:00:{self.updated:02}Z"}
        found = {
            "/api/v2/tickets/42.json": {"ticket": ticket},
            "/api/v2/tickets/42/comments.json": self._page(request.asked("sort_order") == "desc"),
            "/api/v2/users/7.json": {"user": self.user},
        }
        return Response(found[request.path]) if request.path in found else Response({}, 404)

    def _page(self, newest_first: bool) -> dict[str, Any]:
        """Return the first page; the oldest come first unless asked otherwise, as at Zendesk."""
        ordered = self.comments[::-1] if newest_first else self.comments
        more = "https://x.zendesk.com/next" if len(ordered) > 100 else None
        return {"comments": ordered[:100], "next_page": more, "count": len(ordered)}

    def _put(self, ticket: dict[str, Any]) -> Response:
        if ticket["updated_stamp"] != f"2026-11-25T09:00:{self.updated:02}Z":
            return Response({}, 409)
        comment = ticket["comment"]
        public = comment.get("public", True)
        number = 900 + len(self.comments)
        self.comments.append(
            {"id": number, "author_id": 5, "public": public, "plain_body": comment["body"]}
        )
        self.updated += 1
        return Response({"ticket": {}})


class FakeChatwoot:
    """Keeps one conversation; a message goes to the customer unless it is private."""

    def __init__(self) -> None:
        contact = {"email": "olga@northwind.example", "identifier": "northwind"}
        self.meta: dict[str, Any] = {"hmac_verified": True, "sender": contact}
        self.comments: list[dict[str, Any]] = []
        self.comments.append(self.from_customer(BALANCE))

    def from_customer(self, words: str) -> dict[str, Any]:
        number = len(self.comments) + 1
        return {"id": number, "message_type": 0, "private": False, "content": words}

    def is_ours(self, message: dict[str, Any]) -> bool:
        return bool(message["message_type"] == 1)

    def __call__(self, request: Request) -> Response:
        if {k.lower(): v for k, v in request.headers.items()}.get("api_access_token") != "t0ken":
            return Response({}, 401)
        place = "/api/v1/accounts/1/conversations/42"
        if request.method == "POST" and request.path == f"{place}/messages":
            sent = {"private": False, **json.loads(request.body)}
            self.comments.append({"id": len(self.comments) + 1, "message_type": 1, **{
                k: v for k, v in sent.items() if k != "message_type"}})  # fmt: skip
            return Response({})
        if request.path == place:
            return Response({"meta": self.meta})
        return Response({"payload": self.comments})


class Desk:
    """A fake helpdesk that is served, the app that it calls, and its worker."""

    def __init__(self, name: str, fake: Any, server: FaultServer, api: Api, notes: Notes) -> None:
        self.name, self.fake, self.server, self.api, self.notes = name, fake, server, api, notes

    def call(self, delivery: str = "d-1", body: bytes | None = None, **headers: str) -> Any:
        sent = body if body is not None else self.body()
        made = {**self.signed(sent), self.delivery_header: delivery, **headers}
        return self.api.client.post(f"/webhooks/{self.name}", content=sent, headers=made)

    @property
    def delivery_header(self) -> str:
        return zendesk.DELIVERY if self.name == "zendesk" else chatwoot.DELIVERY

    def body(self) -> bytes:
        if self.name == "zendesk":
            return b'{"ticket_id":"42"}'
        told = {"event": "message_created", "message_type": "incoming", "private": False}
        return json.dumps({**told, "conversation": {"id": 42}}).encode()

    def signed(self, body: bytes, ago: float = 0) -> dict[str, str]:
        at = datetime.now(UTC) - timedelta(seconds=ago)
        if self.name == "zendesk":
            stamp = at.strftime("%Y-%m-%dT%H:%M:%SZ")
            digest = base64.b64encode(zendesk.signature(SECRET.encode(), stamp, body)).decode()
            return {zendesk.SIGNATURE: digest, zendesk.STAMP: stamp}
        stamp = str(int(at.timestamp()))
        signature = signing.signature(SECRET.encode(), stamp, body)
        return {chatwoot.SIGNATURE: signature, chatwoot.STAMP: stamp}

    def write(self, words: str) -> None:
        """Let the customer write again."""
        self.fake.comments.append(self.fake.from_customer(words))

    def written(self) -> tuple[list[str], list[str]]:
        """Return what was written to the customer, and to agents alone."""

        def is_public(each: dict[str, Any]) -> bool:
            return bool(each["public"]) if "public" in each else not each["private"]

        ours = [e for e in self.fake.comments if self.fake.is_ours(e)]
        words = [(is_public(e), e.get("plain_body") or e.get("content")) for e in ours]
        return [w for public, w in words if public], [w for public, w in words if not public]

    def events(self) -> list[str]:
        with self.api.engine.connect() as connection:
            return list(connection.execute(select(desk_events.c.state)).scalars())


def lose_notes(handler: Any, request: Request, respond: Any) -> None:
    """Close the connection on what writes, before it is done."""
    if request.method == "GET":
        handler.send(respond(request))
    else:
        closed(handler, request, respond)


def due_now(desk: Desk) -> None:
    with desk.api.engine.begin() as connection:
        connection.execute(text("UPDATE desk_events SET due = '2020-01-01 00:00:00.000000'"))


def settings(name: str, url: str) -> HelpdeskSettings:
    if name == "zendesk":
        values = {"URL": url, "EMAIL": "bot@x.example", "API_TOKEN": "t0ken"}
    else:
        values = {"URL": url, "ACCOUNT": "1", "API_TOKEN": "t0ken"}
    given = {f"{name.upper()}_{key}": value for key, value in values.items()}
    return HelpdeskSettings({**given, f"{name.upper()}_WEBHOOK_SECRET": SECRET})


@pytest.fixture(params=["zendesk", "chatwoot"])
def desk(request: pytest.FixtureRequest, demo_bot: Bot, tmp_path: Path) -> Iterator[Desk]:
    name: str = request.param
    fake: Any = FakeZendesk() if name == "zendesk" else FakeChatwoot()
    server = FaultServer(fake)
    engine = open_engine(f"sqlite:///{tmp_path / 'api.db'}")
    upgrade(engine)
    desks = open_desks(settings(name, server.url))
    notes = Notes(
        desks, DeskQueue(engine), DraftStore(engine), lambda: demo_bot, lambda desk, problem: None
    )
    with api_of(demo_bot, tmp_path, notes=notes) as api:
        yield Desk(name, fake, server, api, notes)
    for each in desks.values():
        each.close()  # type: ignore[attr-defined]
    engine.dispose()
    server.close()


def test_a_customers_message_gets_a_private_note_with_draft_and_sources(desk: Desk) -> None:
    reply = desk.call()
    desk.notes.work()
    public, private = desk.written()

    assert reply.status_code == 202
    assert public == []
    assert len(private) == 1
    assert private[0].startswith("DRAFT, NOT SENT")
    assert FIGURE in private[0]
    assert "as of 2026-11-23 08:58 UTC" in private[0]


def test_three_deliveries_are_one_note(desk: Desk) -> None:
    for _ in range(3):
        assert desk.call().status_code == 202
    for _ in range(3):
        desk.notes.work()

    assert len(desk.written()[1]) == 1
    assert desk.events() == ["watching"]


def test_our_own_note_leads_to_none(desk: Desk) -> None:
    desk.call()
    desk.notes.work()
    for number in range(10):  # the note fires the webhook, too
        desk.call(f"echo-{number}")
        desk.notes.work()

    public, private = desk.written()
    assert public == []
    assert len(private) == 1
    marks = {note.rsplit("\n", 1)[-1] for note in private}
    assert len(marks) == len(private)


def test_after_an_agents_reply_nothing_is_drafted(desk: Desk) -> None:
    if desk.name == "zendesk":
        desk.fake.comments.append({"author_id": 1, "public": True, "plain_body": "Hello"})
    else:
        desk.fake.comments.append({"id": 2, "message_type": 1, "private": False, "content": "Hi"})
    desk.call()
    desk.notes.work()

    assert desk.written()[1] == []
    assert desk.events() == ["done"]


def test_a_requester_who_is_not_verified_hears_no_fact(desk: Desk) -> None:
    if desk.name == "zendesk":
        desk.fake.user["verified"] = False
    else:
        desk.fake.meta["hmac_verified"] = False
    desk.call()
    desk.notes.work()

    (note,) = desk.written()[1]
    assert "not verified" in note
    assert "$" not in note


@pytest.mark.parametrize("wrong", ["unsigned", "forged", "old", "changed"])
def test_what_was_not_signed_just_now_is_refused_and_not_stored(desk: Desk, wrong: str) -> None:
    body = desk.body()
    header = zendesk.SIGNATURE if desk.name == "zendesk" else chatwoot.SIGNATURE
    headers = {
        "unsigned": {header: ""},
        "forged": {header: "sha256=" + "0" * 64},
        "old": desk.signed(body, ago=400),
        "changed": desk.signed(body + b" "),
    }[wrong]

    assert desk.call(body=body, **headers).status_code == 401
    assert desk.events() == []


@pytest.mark.parametrize("fault", [status(500), status(429, Retry_After="0"), closed])
def test_a_helpdesk_that_fails_for_a_while_gets_its_note_once(desk: Desk, fault: Any) -> None:
    desk.call()
    desk.server.faults["/"] = fault
    desk.notes.work()
    desk.server.faults.clear()
    due_now(desk)
    desk.notes.work()
    desk.notes.work()

    assert len(desk.written()[1]) == 1


def test_a_note_of_which_the_reply_was_lost_is_not_posted_twice(desk: Desk) -> None:
    def lose_writes(handler: Any, request: Request, respond: Any) -> None:
        made = respond(request)
        if request.method == "GET":
            handler.send(made)
        else:
            closed(handler, request, respond)

    desk.call()
    desk.server.faults["/"] = lose_writes
    desk.notes.work()
    desk.server.faults.clear()
    due_now(desk)
    desk.notes.work()

    assert len(desk.written()[1]) == 1
    assert desk.events() == ["watching"]


def test_a_key_that_is_refused_is_given_up_and_not_hammered(desk: Desk) -> None:
    desk.server.faults["/"] = status(401)
    desk.call()
    for _ in range(3):
        desk.notes.work()

    assert desk.events() == ["given_up"]
    assert len(desk.server.requests) == 1


def test_one_odd_ticket_does_not_hold_up_the_others(desk: Desk) -> None:
    odd = desk.body().replace(b"42", b"41")
    desk.server.faults[".*/41"] = lambda handler, *_: handler.send(Response({"ticket": None}))
    desk.call("odd", body=odd)
    desk.call()
    for _ in range(2):
        desk.notes.work()

    assert len(desk.written()[1]) == 1
    assert sorted(desk.events()) == ["waiting", "watching"]


def test_an_unknown_helpdesk_is_not_there(desk: Desk) -> None:
    assert desk.api.client.post("/webhooks/other", content=b"{}").status_code == 404


def test_what_asks_for_no_draft_is_thanked_for(desk: Desk) -> None:
    for number, body in enumerate((b"{}", b"[]", b"\xff", b'{"ticket_id": "../1"}')):
        assert desk.call(f"odd-{number}", body=body).status_code == 202
    assert desk.events() == []


def test_the_ticket_that_changed_meanwhile_is_read_again(desk: Desk) -> None:
    if desk.name != "zendesk":
        pytest.skip("Chatwoot has no stamp of a conversation to compare with")
    desk.call()
    wrote = CustomerWrote("d-1", "42")
    read = desk.notes.desks["zendesk"].thread(wrote)
    desk.fake.updated += 1
    with pytest.raises(Superseded):
        desk.notes.desks["zendesk"].post_private_note(read, "stale", "drf_1")
    desk.notes.work()

    assert len(desk.written()[1]) == 1


def test_zendesks_published_example_is_signed_as_zendesk_signs() -> None:
    body = b'{"ticket_id":"4711"}'
    made = zendesk.signature(zendesk.TEST_SECRET.encode(), "2026-11-23T09:00:00Z", body)

    assert base64.b64encode(made) == b"0anpMLmCdXJSSNeG6w0e8FhLTQqHZfeUhr+ODEuWu00="


def test_chatwoots_example_is_signed_as_chatwoot_signs() -> None:
    made = signing.signature(b"cw-test-secret", "1795424400", b'{"event":"message_created","id":1}')

    assert made == "sha256=6a379ab72d64e0587e746cce5d3b9c30133751a336ed73845db25c2e1d5776f4"


def test_the_secret_that_everybody_knows_is_refused() -> None:
    given = settings("zendesk", "https://x.zendesk.com").given
    known = HelpdeskSettings({**given, "ZENDESK_WEBHOOK_SECRET": zendesk.TEST_SECRET})

    with pytest.raises(ConfigError, match="public test secret"):
        open_desks(known)


def test_a_helpdesk_is_open_when_all_its_settings_are_given() -> None:
    given = dict(settings("chatwoot", "https://x.example").given)
    given.pop("CHATWOOT_API_TOKEN")

    assert open_desks(HelpdeskSettings(given)) == {}


def test_a_draft_is_of_the_message_and_not_of_its_delivery(desk: Desk) -> None:
    read = desk.notes.desks[desk.name]
    first = read.thread(CustomerWrote("d-1", "42"))
    again = read.thread(CustomerWrote("d-2", "42"))
    desk.write(BALANCE)
    later = read.thread(CustomerWrote("d-3", "42"))

    assert draft_id_of(desk.name, first) == draft_id_of(desk.name, again)
    assert draft_id_of(desk.name, first) != draft_id_of(desk.name, later)


def test_messages_that_came_together_are_one_note_and_a_later_one_another(desk: Desk) -> None:
    desk.write("and do credits expire?")
    desk.call("d-1")
    desk.call("d-2")
    desk.notes.work()
    together = len(desk.written()[1])
    desk.write("hello?")
    desk.call("d-3")
    desk.notes.work()

    assert together == 1
    assert len(desk.written()[1]) == 2
    first, second = desk.written()[1]
    assert FIGURE in first
    assert "no expiration date" in first
    assert "no expiration date" in second  # nobody has replied yet


def test_of_a_long_ticket_the_newest_comments_are_read(desk: Desk) -> None:
    if desk.name != "zendesk":
        pytest.skip("Chatwoot sends the newest messages first of all")
    desk.fake.comments = [
        {"id": n, "author_id": 1, "public": True, "plain_body": f"reply {n}"} for n in range(150)
    ]
    desk.write(BALANCE)
    desk.call()
    desk.notes.work()
    desk.call("d-2")
    desk.notes.work()

    notes = [each for each in desk.fake.comments if not each["public"]]
    assert [FIGURE in each["plain_body"] for each in notes] == [True]


def test_a_draft_made_again_after_a_note_that_failed_is_the_one_that_counts(desk: Desk) -> None:
    desk.server.faults["/"] = lose_notes
    desk.call()
    desk.notes.work()
    desk.server.faults.clear()
    with desk.api.engine.begin() as connection:
        connection.execute(text("UPDATE drafts SET body = '{}'"))
    due_now(desk)
    desk.notes.work()

    (kept,) = DraftStore(desk.api.engine).all_on(desk.name, "42")
    assert json.loads(kept.body)["text"][:20] in desk.written()[1][0]


def test_a_signature_from_the_future_is_none(desk: Desk) -> None:
    body = desk.body()
    headers = {k.lower(): v for k, v in desk.signed(body, ago=-400).items()}

    with pytest.raises(BadSignature):
        desk.notes.desks[desk.name].verify(headers, body, datetime.now(UTC))


def reply_of_an_agent(desk: Desk, words: str, at: datetime) -> dict[str, Any]:
    if desk.name == "zendesk":
        stamp = at.strftime("%Y-%m-%dT%H:%M:%SZ")
        return {"author_id": 1, "public": True, "plain_body": words, "created_at": stamp}
    stamp_number = int(at.timestamp())
    return {"id": 9, "message_type": 1, "private": False, "content": words,
            "created_at": stamp_number}  # fmt: skip


@pytest.mark.parametrize(("cut", "outcome"), [(None, "used"), (30, "rewritten")])
def test_what_an_agent_sends_then_tells_what_became_of_the_draft(
    desk: Desk, cut: int | None, outcome: str
) -> None:
    desk.call()
    desk.notes.work()
    (kept,) = DraftStore(desk.api.engine).all_on(desk.name, "42")
    drafted = without_marks(json.loads(kept.body)["text"])[:cut]
    due_now(desk)
    desk.notes.work()
    before = DraftStore(desk.api.engine).of(kept.id)
    later = datetime.now(UTC) + timedelta(minutes=5)
    desk.fake.comments.append(reply_of_an_agent(desk, drafted, later))
    due_now(desk)
    desk.notes.work()
    settled = DraftStore(desk.api.engine).of(kept.id)

    assert before is not None
    assert before.outcome is None
    assert settled is not None
    assert settled.outcome == outcome
    assert desk.events() == ["done"]
    assert kept.id in desk.written()[1][0]


def test_after_a_day_nobody_waits_for_an_agents_reply_any_more(desk: Desk) -> None:
    desk.call()
    desk.notes.work()
    with desk.api.engine.begin() as connection:
        connection.execute(text("UPDATE desk_events SET at = '2020-01-01 00:00:00.000000'"))
    due_now(desk)
    desk.notes.work()

    assert desk.events() == ["done"]
