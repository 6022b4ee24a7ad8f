"""The console does on PostgreSQL what it does on SQLite."""

from pathlib import Path

from supportbot.bot import Bot
from supportbot.store.audit import broken_at
from supportbot.store.drafts import DraftStore
from tests.api import api_of
from tests.console.helping import BALANCE, Desk, ask_on, handed_over, sign_in
from tests.postgres import Postgres

PAGES = ("", "/ask", "/conversations", "/feedback", "/knowledge", "/dashboard", "/agents", "/audit")


def test_a_ticket_goes_from_the_queue_to_the_customer_and_back_to_the_bot(
    postgres: Postgres, demo_bot: Bot, tmp_path: Path
) -> None:
    with api_of(demo_bot, tmp_path, postgres.url) as api:
        conversation, reference = handed_over(api)
        desk = Desk(api, sign_in(api, admin=True), conversation, reference)
        queue = desk.get("/console").text
        desk.post("take")
        ask_on(api, conversation, BALANCE["text"])
        page = desk.get().text
        late = desk.post("reply", {"csrf": _csrf(page), "version": "0-0", "draft": ""}, text="x")
        sent = desk.post("reply", text="I looked into it.")
        closed = desk.post("close")
        pages = [desk.get(f"/console{path}").status_code for path in PAGES]
        (draft, *_) = DraftStore(api.engine).all_on("console", conversation)

        assert reference in queue
        assert BALANCE["text"] in page
        assert (late.status_code, sent.status_code, closed.status_code) == (409, 303, 303)
        assert desk.sent() == ["I looked into it."]
        assert api.site.handoffs.open_ones() == ()
        assert draft.outcome == "rewritten"
        assert pages == [200] * len(PAGES)
        assert broken_at(api.engine) is None


def _csrf(page: str) -> str:
    return page.split('name="csrf" value="', 1)[1].split('"', 1)[0]
