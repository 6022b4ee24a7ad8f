"""Why access fails, for the operator."""

from supportbot.accounts.demo import demo_records
from supportbot.diagnosis import CAUSES
from tests.running import AT, supportbot


def test_the_text_names_every_cause_in_one_of_three_lists() -> None:
    ran = supportbot("diagnose", "--account", "fogbank", "--demo", "--at", AT)

    assert ran.code == 0
    assert "Could not be checked:\n- past_due_invoice (not read: invoices)" in ran.out
    for cause in CAUSES:
        assert cause in ran.out


def test_the_findings_come_first_with_their_sources() -> None:
    ran = supportbot("diagnose", "--account", "northwind", "--demo", "--at", AT)

    assert "INV-2041" in ran.out.split("Sources:")[0]
    assert "Found:\n- past_due_invoice (certain, in_2041)" in ran.out


def test_json_has_every_cause_once_and_in_order() -> None:
    for account in demo_records():
        got = supportbot("diagnose", "--account", account.id, "--demo", "--at", AT, "--json").json
        found = [each["cause"] for each in got["findings"]]

        for causes in (found, got["ruled_out"], got["unchecked"]):
            assert causes == sorted(causes, key=CAUSES.index)
        assert sorted(found + got["ruled_out"] + got["unchecked"]) == sorted(CAUSES)
        assert got["text"]
        assert [each["n"] for each in got["citations"]] == list(range(1, len(got["citations"]) + 1))


def test_an_unknown_account_is_exit_code_1() -> None:
    ran = supportbot("diagnose", "--account", "nobody", "--demo")

    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("There is no account 'nobody'")


def test_an_account_must_be_given() -> None:
    ran = supportbot("diagnose", "--demo")

    assert ran.code == 2
    assert "'--account'" in ran.err
    assert ran.err.count("\n") == 1
