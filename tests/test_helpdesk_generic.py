"""A system without a connector of its own: signed calls in, one signed note out."""

import json
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from sqlalchemy import select

from supportbot.bot import Bot
from supportbot.channels.helpdesks import Notes, open_desks
from supportbot.errors import ConfigError
from supportbot.helpdesk_settings import HelpdeskSettings
from supportbot.store.desk_queue import DeskQueue
from supportbot.store.drafts import DraftStore
from supportbot.store.engine import open_engine
from supportbot.store.schema import upgrade
from supportbot.store.tables import desk_events
from tests.api import Api, api_of
from tests.fault_server import FaultServer, Request, Response, closed, status
from tests.running import ROOT, environment, supportbot
from tests.serving import served

SECRET = "a-generic-secret-of-thirty-two-characters"  # noqa: S105 -- of nothing real


def snippet() -> dict[str, Any]:
    """Return what the README tells others to do."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    block = readme.split("<!-- generic: python -->")[1].split("```python")[1].split("```")[0]
    space: dict[str, Any] = {}
    exec(block, space)  # noqa: S102 -- our own README
    return space


class Host:
    """The host's system: keeps each note once, by its draft."""

    def __init__(self) -> None:
        self.notes: dict[str, dict[str, Any]] = {}
        self.came: list[bool] = []

    def __call__(self, request: Request) -> Response:
        genuine = snippet()["is_genuine"](
            SECRET, request.body, {k.title(): v for k, v in request.headers.items()}
        )
        self.came.append(genuine)
        told = json.loads(request.body)
        self.notes[told["draft"]] = told
        return Response(b"", 204)


class Place:
    def __init__(self, api: Api, host: Host, server: FaultServer, notes: Notes) -> None:
        self.api, self.host, self.server, self.notes = api, host, server, notes

    def call(self, message: str = "m-1", account: str | None = "northwind", **headers: str) -> int:
        text = "what is my balance? my card is 4242 4242 4242 4242"
        body, made = snippet()["customer_wrote"](SECRET, "T-1", message, text, account)
        reply = self.api.client.post("/webhooks/generic", content=body, headers={**made, **headers})
        return int(reply.status_code)

    def events(self) -> list[Any]:
        with self.api.engine.connect() as connection:
            return list(connection.execute(select(desk_events.c.state, desk_events.c.told)))


@pytest.fixture
def place(demo_bot: Bot, tmp_path: Path) -> Iterator[Place]:
    host = Host()
    server = FaultServer(host)
    engine = open_engine(f"sqlite:///{tmp_path / 'api.db'}")
    upgrade(engine)
    given = {"GENERIC_URL": f"{server.url}/notes", "GENERIC_WEBHOOK_SECRET": SECRET}
    notes = Notes(
        open_desks(HelpdeskSettings(given)),
        DeskQueue(engine),
        DraftStore(engine),
        lambda: demo_bot,
        lambda desk, problem: None,
    )
    with api_of(demo_bot, tmp_path, notes=notes) as api:
        yield Place(api, host, server, notes)
    engine.dispose()
    server.close()


def test_a_message_gets_one_signed_note_at_the_address_of_the_settings(place: Place) -> None:
    statuses = [place.call() for _ in range(3)]
    for _ in range(3):
        place.notes.work()

    (note,) = place.host.notes.values()
    assert statuses == [202] * 3
    assert place.host.came == [True]
    assert (note["ticket"], note["message"]) == ("T-1", "m-1")
    assert note["note"].startswith("DRAFT, NOT SENT")
    assert "$150.00" in note["note"]
    assert place.server.requests[0].path == "/notes"


def test_what_was_written_is_kept_redacted_and_only_as_long_as_needed(place: Place) -> None:
    place.call()
    (before,) = place.events()
    place.notes.work()
    (after,) = place.events()

    assert "4242" not in str(before.told)
    assert (after.state, after.told) == ("done", {})


def test_without_an_account_no_fact_of_one_is_told(place: Place) -> None:
    place.call(account=None)
    place.notes.work()

    (note,) = place.host.notes.values()
    assert "not verified" in note["note"]
    assert "$" not in note["note"]


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Supportbot-Signature": ""},
        {"X-Supportbot-Signature": "sha256=" + "0" * 64},
        {"X-Supportbot-Timestamp": "1"},
        {"X-Supportbot-Timestamp": "soon"},
        {"X-Supportbot-Timestamp": "²"},
    ],
    ids=["unsigned", "forged", "old", "no stamp", "odd stamp"],
)
def test_what_the_host_did_not_sign_just_now_is_refused(
    place: Place, headers: dict[str, str]
) -> None:
    sent = {name: value.encode() for name, value in headers.items()}

    assert place.call(**sent) == 401  # type: ignore[arg-type]
    assert place.events() == []


@pytest.mark.parametrize("fault", [status(500), status(429, Retry_After="0"), closed])
def test_a_host_that_fails_for_a_while_gets_its_note_once(place: Place, fault: Any) -> None:
    place.call()
    place.server.faults["/"] = fault
    place.notes.work()
    place.server.faults.clear()
    with place.api.engine.begin() as connection:
        connection.execute(desk_events.update().values(due=desk_events.c.at))
    place.notes.work()
    place.notes.work()

    assert len(place.host.notes) == 1
    assert [each.state for each in place.events()] == ["done"]


def test_a_secret_that_is_short_is_refused() -> None:
    given = {"GENERIC_URL": "https://x.example", "GENERIC_WEBHOOK_SECRET": "short"}

    with pytest.raises(ConfigError, match="GENERIC_WEBHOOK_SECRET is shorter"):
        open_desks(HelpdeskSettings(given))


def test_killed_between_note_and_record_the_host_still_has_it_once(tmp_path: Path) -> None:
    host = Host()
    server = FaultServer(host)
    records = tmp_path / "accounts.json"
    demo = (ROOT / "supportbot" / "accounts" / "demo.json").read_text(encoding="utf-8")
    records.write_text(demo, encoding="utf-8")
    database = f"sqlite:///{tmp_path / 'served.db'}"
    own = {
        "DATABASE_URL": database,
        "GENERIC_URL": f"{server.url}/notes",
        "GENERIC_WEBHOOK_SECRET": SECRET,
    }
    assert supportbot("accounts", "import", str(records), **own).code == 0
    body, headers = snippet()["customer_wrote"](SECRET, "T-1", "m-1", "do credits expire?", None)

    def kill_before_the_answer(handler: Any, request: Request, respond: Any) -> None:
        respond(request)  # the host has it
        first.process.send_signal(signal.SIGKILL)
        closed(handler, request, respond)

    server.faults["/notes"] = kill_before_the_answer
    with served(environment(own)) as first:
        httpx2.post(f"{first.address}/webhooks/generic", content=body, headers=headers)
        first.process.wait(20)
    server.faults.clear()
    engine = open_engine(database)
    with engine.begin() as connection:  # its minute with the event has run out
        connection.execute(desk_events.update().values(due=desk_events.c.at))
    with served(environment(own)):
        end = time.monotonic() + 20
        while len(host.came) < 2 and time.monotonic() < end:
            time.sleep(0.05)
    engine.dispose()
    server.close()

    assert host.came == [True, True]
    assert len(host.notes) == 1
