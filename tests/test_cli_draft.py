"""A reply for an agent, and what only the agent sees."""

from pathlib import Path

from supportbot.drafting import ASK_ACCOUNT, ASK_ERROR, FOR_THE_AGENT, GREETING, SIGN_OFF
from supportbot.knowledge.library import Library
from tests.running import AT, BALANCE, knowledge, supportbot

BLOCKED = "why is my access blocked"
DEMO = ("--demo", "--at", AT)


def test_the_reply_is_greeting_answer_and_sign_off() -> None:
    ran = supportbot("draft", "-", "--account", "northwind", *DEMO, stdin=BALANCE)

    reply, _, beside = ran.out.partition(FOR_THE_AGENT)
    assert ran.code == 0
    assert reply.startswith(f"{GREETING}\n\n")
    assert "$150.00" in reply
    assert reply.rstrip().endswith(SIGN_OFF)
    assert "(as of 2026-11-23 08:58 UTC, demo)" in beside
    assert "Support: supported." in beside


def test_a_greeting_is_not_greeted_twice() -> None:
    ran = supportbot("draft", "-", *DEMO, stdin="hello")

    assert ran.out.startswith("Hello! ")


def test_quoted_mail_and_signature_are_not_read(tmp_path: Path) -> None:
    ticket = tmp_path / "ticket.txt"
    quoted = "\n\nBest regards,\nOlga\n\nOn Mon, 3 Nov 2026 support wrote:\n> talk to a human\n"
    ticket.write_text(f"Hi team,\n\n{BALANCE}{quoted}", encoding="utf-8")

    got = supportbot("draft", str(ticket), "--account", "northwind", *DEMO, "--json").json

    assert [each["name"] for each in got["answer"]["intents"]] == ["account_balance"]


def test_a_ticket_longer_than_a_message_is_still_read() -> None:
    ticket = f"{BALANCE}\n\nOn Mon, 3 Nov 2026 support wrote:\n" + "> line of old mail\n" * 500

    got = supportbot("draft", "-", "--account", "northwind", *DEMO, "--json", stdin=ticket).json

    assert "$150.00" in got["text"]


def test_the_agent_sees_every_cause_whatever_was_asked() -> None:
    got = supportbot("draft", "-", "--account", "northwind", *DEMO, "--json", stdin=BALANCE).json

    assert "past_due_invoice" in [each["cause"] for each in got["findings"]]
    assert "service_incident" in got["ruled_out"]
    assert "past_due_invoice" not in got["text"]


def test_without_an_account_it_is_missing_with_a_question_ready() -> None:
    got = supportbot("draft", "-", *DEMO, "--json", stdin=BLOCKED).json

    assert {"what": "account", "question": ASK_ACCOUNT} in got["missing"]
    assert got["support"] == "partly supported"
    assert "$" not in "".join(each.get("shown", "") for each in got["citations"])


def test_parts_that_were_not_read_are_missing_each_with_its_question() -> None:
    got = supportbot("draft", "-", "--account", "fogbank", *DEMO, "--json", stdin=BLOCKED).json

    missing = {each["what"]: each["question"] for each in got["missing"]}
    assert missing.keys() >= {"invoices", "payments", "payment_methods"}
    assert all(question.endswith("?") or "?" in question for question in missing.values())
    assert set(got["unchecked"]) >= {"past_due_invoice"}


def test_when_nothing_is_found_the_status_code_is_asked_for() -> None:
    got = supportbot("draft", "-", "--account", "brightside", *DEMO, "--json", stdin=BLOCKED).json

    assert got["findings"] == []
    assert {"what": "last_error", "question": ASK_ERROR} in got["missing"]


def test_what_the_documentation_does_not_say_is_not_covered() -> None:
    asked = Library(knowledge()).article("not-covered-refunds").asked_as[0]

    ran = supportbot("draft", "-", *DEMO, stdin=asked)

    assert "Support: not covered." in ran.out


def test_a_member_s_reply_has_no_card_though_the_agent_sees_the_cause() -> None:
    got = supportbot(
        "draft",
        "-",
        "--account",
        "northwind",
        "--user",
        "max@northwind.example",
        *DEMO,
        "--json",
        stdin=BLOCKED,
    ).json

    assert "4242" not in got["text"]
    assert "https://pay." not in got["text"]
    assert "prepaid_card" in [each["cause"] for each in got["findings"]]


def test_an_unknown_account_gives_a_general_draft_and_exit_code_1() -> None:
    ran = supportbot("draft", "-", "--account", "nobody", *DEMO, stdin=BALANCE)

    assert ran.code == 1
    assert ran.out.startswith(GREETING)
    assert "account: " in ran.out.partition(FOR_THE_AGENT)[2]


def test_a_ticket_that_is_not_there_is_named(tmp_path: Path) -> None:
    ran = supportbot("draft", str(tmp_path / "none.txt"), *DEMO)

    assert ran.code == 2
    assert ran.err == f"{tmp_path / 'none.txt'} cannot be read: No such file or directory.\n"
