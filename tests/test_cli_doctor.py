"""What the doctor finds."""

from contextlib import closing
from pathlib import Path

from supportbot.channels.slack.names import SCOPES
from tests.fault_server import Response, serving
from tests.running import knowledge, supportbot
from tests.slack.server import FakeSlack


def rows(**settings: str) -> dict[str, dict[str, str]]:
    return {row["name"]: row for row in supportbot("doctor", "--json", **settings).json["checks"]}


def test_a_fresh_installation_can_answer() -> None:
    supportbot("ask", "hello", "--demo")  # learns the knowledge

    ran = supportbot("doctor")

    assert ran.code == 0
    assert "Questions can be answered." in ran.out
    assert "'What is my balance?' was " in ran.out
    assert "mend: supportbot accounts import FILE" in ran.out


def test_knowledge_that_was_not_learnt_yet_is_only_slower(tmp_path: Path) -> None:
    found = rows(CACHE_DIR=str(tmp_path))

    assert found["matcher"]["state"] == "degraded"
    assert "supportbot ask" in found["matcher"]["mend"]


def test_a_database_that_cannot_be_written_is_exit_code_1(tmp_path: Path) -> None:
    file = tmp_path / "no.db"
    file.write_bytes(b"this is no database" * 100)

    ran = supportbot("doctor", DATABASE_URL=f"sqlite:///{file}")

    assert ran.code == 1
    assert f"broken    database   The database {file} cannot be used: it is not a SQLite" in ran.out
    assert "Questions cannot be answered." in ran.out


def test_the_probe_leaves_nothing_behind(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'a.db'}"
    rows(DATABASE_URL=url)

    from sqlalchemy import func, select

    from supportbot.store.engine import open_engine
    from supportbot.store.tables import turns

    with open_engine(url).connect() as connection:
        assert connection.execute(select(func.count()).select_from(turns)).scalar() == 0


def test_a_broken_article_is_named_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "faq").mkdir()
    (tmp_path / "docs").symlink_to(knowledge() / "docs")
    (tmp_path / "faq" / "bad.md").write_text("no header\n")

    found = rows(KNOWLEDGE=str(tmp_path))

    assert found["knowledge"]["state"] == "broken"
    assert "bad.md, line 1" in found["knowledge"]["says"]


def test_an_encoder_that_is_missing_is_degraded_only(tmp_path: Path) -> None:
    found = rows(ENCODER=f"onnx:{tmp_path}")

    assert found["encoder"]["state"] == "degraded"
    assert found["encoder"]["mend"] == "supportbot encoder build"


def test_a_setting_that_makes_no_sense_is_exit_code_1() -> None:
    ran = supportbot("doctor", LOG_FORMAT="loud")

    assert ran.code == 1
    assert "SUPPORTBOT_LOG_FORMAT is 'loud'" in ran.out


def test_a_misspelt_setting_is_pointed_out() -> None:
    found = rows(LOG_FROMAT="json")

    assert "did you mean SUPPORTBOT_LOG_FORMAT?" in found["settings"]["says"]


def test_a_password_is_never_shown() -> None:
    url = "postgresql+psycopg://bob:hunter2@127.0.0.1:1/none"

    for arguments in (("doctor",), ("doctor", "--json"), ("ask", "hello")):
        ran = supportbot(*arguments, DATABASE_URL=url)

        assert ran.code in (1, 2)
        assert "hunter2" not in ran.out + ran.err


def test_slack_is_asked_whose_token_it_is_and_what_it_may() -> None:
    own = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_SIGNING_SECRET": "s"}
    with closing(FakeSlack()) as fake:
        fake.scopes = ",".join(SCOPES)
        well = rows(**own, SLACK_API_URL=fake.api_url)["Slack"]
        fake.scopes = "chat:write"
        less = rows(**own, SLACK_API_URL=fake.api_url)["Slack"]
    gone = rows(**own, SLACK_API_URL=fake.api_url)["Slack"]

    assert (well["state"], well["says"]) == ("works", "workspace X, as billing")
    assert less["state"] == "degraded"
    assert "The token lacks app_mentions:read" in less["says"]
    assert "cannot be reached" in gone["says"]


def test_a_helpdesk_that_is_half_configured_is_named() -> None:
    half = rows(ZENDESK_URL="https://x.zendesk.com")["helpdesks"]
    weak = rows(GENERIC_URL="https://x.example", GENERIC_WEBHOOK_SECRET="short")["helpdesks"]  # noqa: S106
    none = rows()["helpdesks"]

    assert "SUPPORTBOT_ZENDESK_URL is set, and others" in half["says"]
    assert "shorter than 32" in weak["says"]
    assert (none["state"], none["says"]) == ("works", "not set up")


def test_a_sign_in_service_that_is_none_is_told() -> None:
    own = {"OIDC_CLIENT_ID": "a", "OIDC_CLIENT_SECRET": "s", "PUBLIC_URL": "https://b.example"}
    with serving(lambda _: Response({"issuer": "https://other.example"})) as provider:
        told = rows(**own, OIDC_ISSUER=provider.url)["console"]

    assert told["state"] == "degraded"
    assert "SUPPORTBOT_OIDC_ISSUER is not what its provider says" in told["says"]
