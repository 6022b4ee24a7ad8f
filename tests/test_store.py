"""What was stored is there again, in order, and a fault is told in plain words."""

import importlib.util
import os
import stat
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Final

import pytest
from sqlalchemy import Connection, Engine, event, text

from supportbot.conversation import Context, Turn
from supportbot.errors import ConfigError, StoreUnavailable
from supportbot.store.conversations import ConversationStore
from supportbot.store.engine import open_engine, writing
from supportbot.store.schema import upgrade

NOW: Final = datetime(2026, 11, 23, 9, 0, 0, 123456, tzinfo=UTC)
FIRST: Final = Turn(
    conversation="cnv_1",
    key="k1",
    asked_at=NOW,
    account="northwind",
    user="bea@northwind.example",
    text="why is [card number removed] declined? \N{SNOWMAN}",
    answer_id="ans_1",
    answer='{"b": 1, "a": 2}',
    outcome="answered",
    context=Context(
        topics=("card_declined",), offers=("human-handoff",), focus=("pm_1",), unsure=2
    ),
)
SECOND: Final = replace(
    FIRST, key="k2", answer_id="ans_2", context=Context(topics=("invoices",), unsure=0)
)
ASKER: Final = ("northwind", "bea@northwind.example")


def opened(path: Path) -> ConversationStore:
    engine = open_engine(f"sqlite:///{path}")
    upgrade(engine)
    return ConversationStore(engine)


@pytest.fixture
def store(tmp_path: Path) -> ConversationStore:
    return opened(tmp_path / "bot.db")


def test_a_turn_comes_back_as_it_was_from_another_process_too(tmp_path: Path) -> None:
    opened(tmp_path / "bot.db").append(FIRST)

    assert opened(tmp_path / "bot.db").turns("cnv_1") == (FIRST,)


def test_turns_come_in_the_order_in_which_they_were_stored(store: ConversationStore) -> None:
    later = replace(FIRST, key="k0", asked_at=NOW - timedelta(hours=1))
    for turn in (FIRST, SECOND, later, replace(FIRST, conversation="cnv_2")):
        store.append(turn)

    assert store.turns("cnv_1") == (FIRST, SECOND, later)
    assert store.turns("cnv_3") == ()


def test_instants_are_kept_whatever_their_offset(store: ConversationStore) -> None:
    tokyo = replace(FIRST, asked_at=NOW.astimezone(timezone(timedelta(hours=9))))
    store.append(tokyo)

    (kept,) = store.turns("cnv_1")

    assert kept.asked_at == NOW
    assert kept.asked_at.tzinfo == UTC


def test_an_instant_without_an_offset_is_refused(store: ConversationStore) -> None:
    with pytest.raises(StoreUnavailable, match="no offset from UTC"):
        store.append(replace(FIRST, asked_at=NOW.replace(tzinfo=None)))

    assert store.turns("cnv_1") == ()


def test_a_turn_is_found_by_its_answer(store: ConversationStore) -> None:
    store.append(FIRST)
    store.append(SECOND)

    assert store.turn_by_answer("ans_2") == SECOND
    assert store.turn_by_answer("ans_3") is None


def test_the_same_message_again_keeps_its_place(store: ConversationStore) -> None:
    store.append(FIRST)
    store.append(SECOND)
    again = replace(FIRST, answer_id="ans_9", answer="{}")
    store.append(again)

    assert store.turns("cnv_1") == (again, SECOND)
    assert store.turn_by_answer("ans_1") is None


def test_a_new_conversation_has_no_context(store: ConversationStore) -> None:
    assert store.context("cnv_1", "k1", *ASKER) == Context()


def test_the_context_is_that_after_the_last_turn(store: ConversationStore) -> None:
    store.append(FIRST)
    store.append(SECOND)

    assert store.context("cnv_1", "k3", *ASKER) == SECOND.context
    assert store.context("cnv_2", "k3", *ASKER) == Context()


def test_a_message_that_was_stored_before_meets_the_context_that_it_met_then(
    store: ConversationStore,
) -> None:
    store.append(FIRST)
    store.append(SECOND)

    assert store.context("cnv_1", "k1", *ASKER) == Context()
    assert store.context("cnv_1", "k2", *ASKER) == FIRST.context


@pytest.mark.parametrize(
    ("account", "user"),
    [
        ("southwind", "bea@northwind.example"),
        ("northwind", "adam@northwind.example"),
        ("northwind", None),
        (None, None),
    ],
)
def test_the_context_of_another_asker_stays_his_own(
    store: ConversationStore, account: str | None, user: str | None
) -> None:
    store.append(FIRST)

    assert store.context("cnv_1", "k9", account, user) == Context()


def test_a_role_is_the_askers_own_as_it_was_known_last(store: ConversationStore) -> None:
    store.append(replace(FIRST, role="member"))
    store.append(replace(SECOND, role=None))
    store.append(replace(SECOND, key="k3", user="adam@northwind.example", role="owner"))

    assert store.role_of("cnv_1", FIRST.account, FIRST.user) == "member"
    assert store.role_of("cnv_1", FIRST.account, "adam@northwind.example") == "owner"
    assert store.role_of("cnv_1", "southwind", FIRST.user) is None


def test_an_anonymous_visitor_has_a_context_of_his_own(store: ConversationStore) -> None:
    store.append(replace(FIRST, account=None, user=None))
    store.append(replace(SECOND, account="northwind", user=None))

    assert store.context("cnv_1", "k9", None, None) == FIRST.context


def test_a_context_of_another_version_is_read_as_far_as_it_is_known(tmp_path: Path) -> None:
    store = opened(tmp_path / "bot.db")
    store.append(FIRST)
    engine = open_engine(f"sqlite:///{tmp_path / 'bot.db'}")
    with writing(engine).begin() as connection:
        connection.execute(text("""UPDATE turns SET context = '{"topics": ["a"], "mood": 1}'"""))

    assert store.context("cnv_1", "k2", *ASKER) == Context(topics=("a",))


def test_threads_share_a_database_in_memory() -> None:
    engine = open_engine("sqlite://")
    upgrade(engine)
    store = ConversationStore(engine)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: store.append(replace(FIRST, key=f"k{n}")), range(80)))

    assert len(store.turns("cnv_1")) == 80


def test_only_the_user_can_read_a_database_that_was_made(tmp_path: Path) -> None:
    path = tmp_path / "data" / "bot.db"
    opened(path).append(FIRST)

    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()}
    assert set(modes.values()) == {0o600}, modes


def test_what_was_acknowledged_is_on_the_disk(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'bot.db'}")
    pragmas = ("journal_mode", "synchronous", "busy_timeout", "foreign_keys")

    with engine.connect() as connection:
        values = [connection.execute(text(f"PRAGMA {name}")).scalar() for name in pragmas]

    assert values == ["wal", 2, 5000, 1]


def test_a_full_disk_is_told_and_costs_no_row_that_is_there(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'bot.db'}")
    upgrade(engine)
    store = ConversationStore(engine)
    store.append(FIRST)
    pages = limited(engine)

    with pytest.raises(StoreUnavailable, match=r"bot\.db cannot be used: the disk is full; free"):
        store.append(replace(SECOND, answer="x" * 500_000))

    assert store.turns("cnv_1") == (FIRST,)
    pages(1_000_000)
    store.append(SECOND)
    assert store.turns("cnv_1") == (FIRST, SECOND)


def limited(engine: Engine) -> Callable[[int], None]:
    """Let the file grow by no page; the function returned sets another limit."""
    limit = [1]  # SQLite takes the present size when that is more

    def on_begin(connection: Connection) -> None:
        connection.exec_driver_sql(f"PRAGMA max_page_count = {limit[0]}")

    event.listen(engine, "begin", on_begin)
    return lambda pages: limit.__setitem__(0, pages)


def test_a_read_only_database_is_told_and_still_read(tmp_path: Path) -> None:
    opened(tmp_path / "bot.db").append(FIRST)
    store = ConversationStore(open_engine(f"sqlite:///file:{tmp_path / 'bot.db'}?mode=ro&uri=true"))

    with pytest.raises(StoreUnavailable, match="it is read-only; make the file"):
        store.append(SECOND)

    assert store.turns("cnv_1") == (FIRST,)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)

    with pytest.raises(StoreUnavailable, match=r"bot\.db cannot be opened"):
        open_engine(f"sqlite:///{tmp_path / 'new' / 'bot.db'}")


def test_a_folder_that_is_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(StoreUnavailable, match=r"bot\.db cannot be opened: .*another file"):
        open_engine(f"sqlite:///{tmp_path / 'file' / 'bot.db'}")


def test_a_file_that_is_no_database_is_told_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "bot.db"
    path.write_text("Dear diary, " * 100)

    with pytest.raises(StoreUnavailable, match="not a SQLite database; move the file away"):
        upgrade(open_engine(f"sqlite:///{path}"))

    assert path.read_text().startswith("Dear diary")


def test_a_lock_held_elsewhere_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = opened(tmp_path / "bot.db")
    monkeypatch.setattr("supportbot.store.engine.BUSY_TIMEOUT", 0.05)
    hasty = opened(tmp_path / "bot.db")
    engine = open_engine(f"sqlite:///{tmp_path / 'bot.db'}")

    with writing(engine).begin(), pytest.raises(StoreUnavailable, match="kept it locked"):
        hasty.append(FIRST)

    assert hasty.turns("cnv_1") == ()
    store.append(FIRST)


def test_reading_goes_on_while_another_process_writes(tmp_path: Path) -> None:
    store = opened(tmp_path / "bot.db")
    store.append(FIRST)

    with writing(open_engine(f"sqlite:///{tmp_path / 'bot.db'}")).begin():
        assert store.turns("cnv_1") == (FIRST,)


def test_no_fault_repeats_what_the_customer_wrote(tmp_path: Path) -> None:
    store = ConversationStore(open_engine(f"sqlite:///{tmp_path / 'empty.db'}"))

    with pytest.raises(StoreUnavailable, match="its tables are missing") as caught:
        store.append(FIRST)

    assert "declined" not in f"{caught.value}{caught.value.__cause__}"


@pytest.mark.skipif(bool(importlib.util.find_spec("psycopg")), reason="the driver is installed")
def test_a_driver_that_is_missing_is_told_with_the_command_to_type() -> None:
    with pytest.raises(ConfigError, match=r"pip install 'supportbot\[postgresql\]'") as caught:
        open_engine("postgresql://bot:s3cret@db/bot")

    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize("url", ["", "bot.db", "mysql://a:s3cret@b/c", "sqlite+nonsense://"])
def test_an_address_that_makes_no_sense_names_the_setting(url: str) -> None:
    with pytest.raises(ConfigError, match="SUPPORTBOT_DATABASE_URL") as caught:
        open_engine(url)

    assert "s3cret" not in str(caught.value)
