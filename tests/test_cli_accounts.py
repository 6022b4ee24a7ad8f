"""Account records on the command line."""

import json
from pathlib import Path

from tests.records import record
from tests.running import supportbot


def test_what_was_imported_is_listed_and_shown(tmp_path: Path) -> None:
    url, file = f"sqlite:///{tmp_path / 'a.db'}", tmp_path / "accounts.jsonl"
    file.write_text("\n".join(json.dumps(record(id=each)) for each in ("beta", "alpha")))

    imported = supportbot("accounts", "import", str(file), DATABASE_URL=url)
    listed = supportbot("accounts", "list", DATABASE_URL=url)
    shown = supportbot("accounts", "show", "beta", "--json", DATABASE_URL=url)

    assert (imported.code, imported.out) == (0, "Imported 2 accounts.\n")
    assert [line.split()[0] for line in listed.out.splitlines()] == ["alpha", "beta"]
    assert "Northwind Traders" in listed.out
    assert shown.json["balance"] == record()["balance"]


def test_importing_again_replaces(tmp_path: Path) -> None:
    url, file = f"sqlite:///{tmp_path / 'a.db'}", tmp_path / "accounts.json"
    for name in ("Old", "New"):
        file.write_text(json.dumps([record(name=name)]))
        supportbot("accounts", "import", str(file), DATABASE_URL=url)

    listed = supportbot("accounts", "list", "--json", DATABASE_URL=url)

    assert [each["name"] for each in listed.json] == ["New"]


def test_a_bad_record_changes_nothing_and_is_named_by_line_and_field(tmp_path: Path) -> None:
    url, file = f"sqlite:///{tmp_path / 'a.db'}", tmp_path / "accounts.jsonl"
    good, bad = record(id="good"), record(id="bad", currency="dollars")
    file.write_text(f"{json.dumps(good)}\n{json.dumps(bad)}\n")

    ran = supportbot("accounts", "import", str(file), DATABASE_URL=url)
    listed = supportbot("accounts", "list", DATABASE_URL=url)

    assert ran.code == 2
    assert f"{file}, line 2, record 2: currency " in ran.err
    assert listed.out.startswith("There are no accounts yet")


def test_everything_is_shown_and_money_is_written_out() -> None:
    shown = supportbot("accounts", "show", "northwind", "--demo").out

    assert "Tier: Build Tier 2\n" in shown
    assert "  Total: $150.00\n" in shown
    assert "amount remaining $312.40" in shown
    assert "Quotes: none\n" in shown
    assert "Nov 23, 2026 00:58" in shown


def test_money_is_written_in_the_account_s_own_currency() -> None:
    assert "¥" in supportbot("accounts", "show", "sakura", "--demo").out
    assert " CHF" in supportbot("accounts", "show", "alpenglow", "--demo").out


def test_what_was_not_read_is_said_so_and_left_out_of_the_json() -> None:
    shown = supportbot("accounts", "show", "fogbank", "--demo")
    written = supportbot("accounts", "show", "fogbank", "--demo", "--json")

    assert "Invoices: could not be read\n" in shown.out
    assert "  Negative limit: could not be read\n" in shown.out
    assert "invoices" not in written.json


def test_a_name_cannot_steer_the_terminal(tmp_path: Path) -> None:
    url, file = f"sqlite:///{tmp_path / 'a.db'}", tmp_path / "accounts.json"
    file.write_text(json.dumps([record(name="Evil\x1b[2J\u202etxt")]))
    supportbot("accounts", "import", str(file), DATABASE_URL=url)

    for arguments in (("list",), ("show", "northwind")):
        ran = supportbot("accounts", *arguments, DATABASE_URL=url)

        assert "\x1b" not in ran.out
        assert "\u202e" not in ran.out
        assert "Evil" in ran.out


def test_an_account_that_is_not_there_is_exit_code_1() -> None:
    ran = supportbot("accounts", "show", "nobody", "--demo")

    assert (ran.code, ran.out) == (1, "")
    assert "no account 'nobody'" in ran.err


def test_the_demo_lists_the_sample_accounts() -> None:
    listed = supportbot("accounts", "list", "--demo")

    assert len(listed.out.splitlines()) > 20
    assert listed.out.startswith("alpenglow ")
