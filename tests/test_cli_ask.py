"""One question on the command line."""

import json
from pathlib import Path

import pytest
from sqlalchemy import select

from supportbot.store.engine import open_engine
from supportbot.store.tables import turns
from tests.running import AT, BALANCE, ROOT, program, supportbot


def test_an_answer_is_plain_text_with_numbered_sources() -> None:
    ran = supportbot("ask", BALANCE, "--account", "northwind", "--demo", "--at", AT)

    assert ran.code == 0
    assert "your balance is $150.00." in ran.out
    assert "\n\nSources:\n[1] " in ran.out
    assert "**" not in ran.out
    assert "\x1b" not in ran.out
    assert ran.err == ""


def test_json_is_the_answer_object() -> None:
    ran = supportbot("ask", BALANCE, "--account", "northwind", "--demo", "--at", AT, "--json")

    assert ran.json["outcome"] == "answered"
    assert ran.json["asked_at"] == AT
    assert "ref" not in ran.json


def test_json_keeps_to_the_published_schema() -> None:
    schema = ROOT.parent / "shared" / "answer.schema.json"
    if not schema.exists():
        pytest.skip(f"the published schema is not at {schema}")
    jsonschema = pytest.importorskip("jsonschema")

    for question in (BALANCE, "", "why is my access blocked", "human please"):
        ran = supportbot("ask", question, "--account", "northwind", "--demo", "--json")

        jsonschema.validate(ran.json, json.loads(schema.read_text("utf-8")))


def test_the_same_instant_written_otherwise_gives_the_same_bytes() -> None:
    first = supportbot("ask", BALANCE, "--demo", "--json", "--at", "2026-11-23T09:00:00Z")
    second = supportbot("ask", BALANCE, "--demo", "--json", "--at", "2026-11-23t10:00:00+01:00")

    assert first.out == second.out


def test_an_unknown_account_gets_the_general_answer_and_exit_code_1() -> None:
    ran = supportbot("ask", BALANCE, "--account", "nobody", "--demo")

    assert ran.code == 1
    assert "I could not read your account just now" in ran.out
    assert "$" not in ran.out
    assert ran.err == (
        "There is no account 'nobody'; `supportbot accounts list` shows those there are.\n"
    )


def test_a_member_without_billing_rights_sees_no_link_and_no_card() -> None:
    question = ("ask", "why is my access blocked", "--account", "northwind", "--demo", "--at", AT)

    operator = supportbot(*question).out
    member = supportbot(*question, "--user", "max@northwind.example").out

    assert "https://pay." in operator
    assert "4242" in operator
    assert "https://pay." not in member
    assert "4242" not in member


def test_the_question_may_come_from_standard_input() -> None:
    ran = supportbot("ask", "-", "--account", "northwind", "--demo", stdin=BALANCE)

    assert "$150.00" in ran.out


@pytest.mark.parametrize(
    ("text", "outcome"),
    [("", "empty"), (" \n\t", "empty"), ("a human" * 572, "clarify"), ("hello\0", "smalltalk")],
)
def test_a_text_at_the_limits_is_understood_as_what_it_is(text: str, outcome: str) -> None:
    ran = supportbot("ask", "-", "--json", "--demo", stdin=text)

    assert ran.code == 0
    assert ran.json["outcome"] == outcome


@pytest.mark.parametrize("text", ["?", "🤷🏽‍♀️🙏", "a " * 2000, "كم رصيدي المتبقي في الحساب"])
def test_an_odd_text_is_never_answered_with_a_figure(text: str) -> None:
    ran = supportbot("ask", "-", "--json", "--demo", "--account", "northwind", stdin=text)

    assert ran.code == 0
    assert ran.json["text"]
    assert "$" not in ran.json["text"]


def test_half_a_character_in_an_argument_does_no_harm() -> None:
    ran = supportbot("ask", "\udcff a human please", "--account", "\udcff", "--demo", "--json")

    assert ran.code == 1
    assert ran.json["text"]


def test_what_is_not_text_is_refused_with_its_line() -> None:
    ran = supportbot("ask", "-", "--demo", stdin=b"one\ntwo \xff\xfe")

    assert ran.code == 2
    assert ran.out == ""
    assert ran.err == "Standard input, line 2: this is not UTF-8 text; save it as UTF-8.\n"


@pytest.mark.parametrize(
    "instant",
    [
        "2026-11-23T09:00:00",
        "2026-11-23",
        "now",
        "",
        "2026-02-30T09:00:00Z",
        "0001-01-01T00:00:00+14:00",
        "1763888400",
    ],
)
def test_an_instant_without_offset_or_sense_is_refused(instant: str) -> None:
    ran = supportbot("ask", BALANCE, "--demo", "--at", instant)

    assert ran.code == 2
    assert ran.out == ""
    assert ran.err.startswith(f"--at is {instant!r}; give a date, a time and an offset")


@pytest.mark.parametrize("instant", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"])
def test_the_ends_of_the_calendar_are_instants_too(instant: str) -> None:
    question = "why is my access blocked"
    ran = supportbot("ask", question, "--account", "northwind", "--demo", "--at", instant)

    assert ran.code == 0


def test_a_question_and_a_batch_exclude_each_other() -> None:
    for arguments in (("ask",), ("ask", "hello", "--batch", "-")):
        ran = supportbot(*arguments)

        assert ran.code == 2
        assert ran.err == "Give either a question, or --batch with a file of them.\n"


def test_a_conversation_goes_on_from_one_command_to_the_next(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'talk.db'}"

    first = supportbot("ask", "hello", "--conversation", "t1", "--json", DATABASE_URL=url)
    second = supportbot("ask", BALANCE, "--conversation", "cnv_t1", "--json", DATABASE_URL=url)

    assert first.json["conversation"] == second.json["conversation"] == "cnv_t1"
    with open_engine(url).connect() as connection:
        assert connection.execute(select(turns.c.text)).scalars().all() == ["hello", BALANCE]


def test_a_demo_writes_no_database(tmp_path: Path) -> None:
    file = tmp_path / "never.db"

    ran = supportbot("ask", BALANCE, "--demo", DATABASE_URL=f"sqlite:///{file}")

    assert ran.code == 0
    assert not file.exists()


def test_a_card_number_is_stored_nowhere(tmp_path: Path) -> None:
    file = tmp_path / "kept.db"

    supportbot(
        "ask", "my card 4242 4242 4242 4242 fails", "--json", DATABASE_URL=f"sqlite:///{file}"
    )

    kept = b"".join(each.read_bytes() for each in tmp_path.iterdir())
    assert b"4242 4242" not in kept
    assert b"4242424242424242" not in kept


def test_the_program_answers_with_nothing_set_but_the_demo() -> None:
    ran = program("ask", BALANCE, "--account", "brightside", "--demo", "--at", AT)

    assert ran.code == 0
    assert ran.err == ""
    assert "your balance is" in ran.out
