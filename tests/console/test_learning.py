"""What is learnt from drafts: examples without secrets, figures, and gaps."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

from supportbot.draft_report import example, report
from supportbot.store.drafts import DraftStore, KeptDraft, Rating, Settlement
from supportbot.store.engine import open_engine
from supportbot.store.schema import upgrade
from tests.console.helping import Desk, form
from tests.running import supportbot

AT = datetime(2026, 11, 23, 9, tzinfo=UTC)


def kept(number: int, **about: object) -> KeptDraft:
    body = {
        "text": "Hello,\n\nIt is $5.00. [1] My mail is ann@example.com. [2]",
        "support": "supported",
        "answer": {"intents": [{"name": "balance", "confidence": 1.0}]},
        "citations": [
            {"n": 1, "kind": "account", "record": "balance", "id": "northwind", "field": "total"},
            {"n": 2, "kind": "doc", "article": "billing/credits", "section": "balance"},
        ],
    }
    values = {
        "id": f"drf_{number}",
        "kind": "console",
        "subject": f"c{number}",
        "version": "1-0",
        "agent": "ann@example.com",
        "at": AT,
        "account": "northwind",
        "question": f"question {number}?",
        "body": json.dumps(body),
    }
    return KeptDraft(**{**values, **about})  # type: ignore[arg-type]


def test_outcomes_are_counted_by_intent_and_by_source() -> None:
    sent = {"sent": "x", "settled_at": AT + timedelta(seconds=90)}
    drafts = [
        kept(1, outcome="used", distance=0.0, **sent),
        kept(2, outcome="edited", distance=0.2, **sent),
        kept(3, outcome="rewritten", distance=0.8, **sent),
        kept(4, outcome="dismissed", reason="incomplete"),
        kept(5, outcome="superseded"),
        kept(6),
    ]
    ratings = (Rating("drf_1", 0, "ann", True), Rating("drf_1", 2, "ann", False))
    made = report(drafts, ratings)

    whole, (intent,) = made.whole, made.intents
    assert (whole.drafts, whole.used, whole.edited, whole.rewritten, whole.dismissed) == (
        4, 1, 1, 1, 1)  # fmt: skip
    assert (whole.distance, whole.seconds, whole.helpful, whole.unhelpful) == (0.2, 90.0, 1, 0)
    assert intent.name == "balance"
    assert {line.name: line.unhelpful for line in made.sources} == {
        "balance.total": 0,
        "billing/credits#balance": 1,
    }
    assert made.gaps == ("question 3?", "question 4?")


def test_an_example_names_sources_without_whose_they_are_and_no_address() -> None:
    told = json.dumps(example(kept(1)))

    assert "northwind" not in told
    assert "ann@example.com" not in told
    assert "balance.total" in told


def test_the_commands_tell_what_became_of_drafts(tmp_path: Path) -> None:
    database = f"sqlite:///{tmp_path / 'drafts.db'}"
    engine = open_engine(database)
    upgrade(engine)
    store = DraftStore(engine)
    for number in (1, 2):
        store.keep(kept(number))
    store.settle(Settlement("drf_1", "edited", AT, "ann@example.com", 0.3, sent="It is $5."))
    engine.dispose()
    own = {"DATABASE_URL": database}
    every = supportbot("drafts", "export", **own)
    edited = supportbot("drafts", "export", "--outcome", "edited", **own)
    later = supportbot("drafts", "export", "--since", "2026-11-24", **own)
    wrong = supportbot("drafts", "export", "--outcome", "liked", **own)
    figures = supportbot("drafts", "report", "--json", **own)
    table = supportbot("drafts", "report", **own)

    assert len(every.out.splitlines()) == 2
    assert [json.loads(line)["id"] for line in edited.out.splitlines()] == ["drf_1"]
    assert later.out == ""
    assert (wrong.code, "--outcome liked is none" in wrong.err) == (2, True)
    assert json.loads(figures.out)["whole"]["edited"] == 1
    assert "billing/credits" in table.out


def test_a_draft_that_was_settled_stays_so(desk: Desk) -> None:
    seen = form(desk.get().text)
    store = DraftStore(desk.api.engine)
    first = store.settle(Settlement(seen["draft"], "used", AT))
    second = store.settle(Settlement(seen["draft"], "edited", AT))

    assert (first, second) == (True, False)


def test_a_newer_draft_supersedes_one_of_which_nothing_became(desk: Desk) -> None:
    seen = form(desk.get().text)
    desk.post("draft", make="regenerate")
    before = DraftStore(desk.api.engine).of(seen["draft"])

    assert before is not None
    assert before.outcome == "superseded"
