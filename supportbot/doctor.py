"""What is configured, what works, what is degraded, and how to mend it."""

import platform
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from supportbot import doctor_channels
from supportbot.accounts.guard import Deadline
from supportbot.accounts.source import closing_source
from supportbot.doctor_channels import NotWorking, State
from supportbot.errors import AccountError, EncoderUnavailable, SupportbotError
from supportbot.settings import SettingRow, Settings, cache_dir, describe, read_settings
from supportbot.sources import open_source
from supportbot.wiring import (
    SHIPPED_MODELS,
    Backends,
    adopted_encoder,
    foreign_reader,
    knowledge_folder,
    model_name,
    open_backends,
    open_bot,
    open_database,
    open_encoder,
    open_library,
)

if TYPE_CHECKING:
    from sqlalchemy import Engine

ANSWERABLE: Final = "What is my balance?"
ZONES: Final = ("Europe/Berlin", "America/Los_Angeles", "Asia/Tokyo")


@dataclass(frozen=True, slots=True)
class Row:
    """One check; ``mend`` is empty when it works.  Broken: questions cannot be answered."""

    name: str
    state: State
    says: str
    mend: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """All checks, and the settings that they were made with."""

    rows: tuple[Row, ...]
    settings: tuple[SettingRow, ...] = ()

    @property
    def can_answer(self) -> bool:
        """Whether nothing is broken."""
        return all(row.state != "broken" for row in self.rows)


def examine() -> Report:
    """Make every check; none raises, and one that fails does not keep the others from it."""
    try:
        settings = read_settings()
    except SupportbotError as error:
        return Report((_row("Python", _python), _broken("settings", error)))
    checks: tuple[tuple[str, Callable[[], str]], ...] = (
        ("Python", _python),
        ("time zones", _time_zones),
        ("settings", lambda: _settings(settings)),
        ("database", lambda: _database(settings)),
        ("accounts", lambda: _accounts(settings)),
        ("identity", lambda: doctor_channels.identity(settings)),
        ("console", lambda: doctor_channels.console(settings)),
        ("Slack", lambda: doctor_channels.slack(settings)),
        ("helpdesks", lambda: doctor_channels.helpdesks(settings)),
        ("knowledge", lambda: _knowledge(settings)),
        ("encoder", lambda: _encoder(settings)),
        ("matcher", lambda: _matcher(settings)),
        ("other languages", lambda: _languages(settings)),
        ("answering", lambda: _answering(settings)),
    )
    return Report(tuple(_row(name, check) for name, check in checks), describe(settings))


def _row(name: str, check: Callable[[], str]) -> Row:
    try:
        return Row(name, "works", check())
    except NotWorking as found:
        return Row(name, found.state, str(found), found.mend)
    except SupportbotError as error:
        return _broken(name, error)
    except Exception as error:  # a doctor that falls over helps nobody
        return Row(name, "broken", f"{type(error).__name__}: {error}", "Install supportbot anew.")


def _broken(name: str, error: SupportbotError) -> Row:
    """Our own errors say what is wrong and how to mend it in one sentence."""
    return Row(name, "broken", str(error))


def _python() -> str:
    return f"{platform.python_implementation()} {platform.python_version()}"


def _time_zones() -> str:
    try:
        for zone in ZONES:
            ZoneInfo(zone)
    except (KeyError, OSError) as error:
        raise NotWorking(
            "broken", f"There is no time zone data ({error}).", "pip install tzdata"
        ) from error
    return "time zone data found"


def _settings(settings: Settings) -> str:
    if settings.warnings:
        raise NotWorking("degraded", " ".join(settings.warnings), "Rename or remove it.")
    given = sum(row.origin != "default" for row in describe(settings))
    return f"{given} set, the others at their defaults"


def _database(settings: Settings) -> str:
    """Open it, migrate it, and write a turn that is taken back."""
    from sqlalchemy import insert

    from supportbot.store.engine import writing
    from supportbot.store.faults import place, plain_faults
    from supportbot.store.tables import REVISION, turns

    engine = open_database(settings)
    probe = dict.fromkeys(("conversation", "key", "text", "answer_id", "answer", "outcome"), "-")
    values = {**probe, "asked_at": datetime.now(UTC), "context": {}}
    try:
        with plain_faults(engine), writing(engine).connect() as connection:
            connection.execute(insert(turns).values(values))
            connection.rollback()
        return f"{place(engine.url)} can be written, at migration {REVISION}"
    finally:
        engine.dispose()


def _accounts(settings: Settings) -> str:
    """Count those in our own database; try each other source."""
    if settings.sources.names == ("database",) and not settings.sources.mapping:
        return _own_accounts(settings)
    engine = open_database(settings)
    try:
        troubles = [
            f"{name}: {trouble}"
            for name in settings.sources.names
            for trouble in _probed(name, settings, engine)
        ]
    finally:
        engine.dispose()
    if troubles:
        raise NotWorking("degraded", " ".join(troubles), "See the sentence, then run this again.")
    return f"{' and '.join(settings.sources.names)} can be read"


def _probed(name: str, settings: Settings, engine: "Engine") -> tuple[str, ...]:
    with closing_source(open_source(name, settings.sources, engine)) as source:
        probe = getattr(source, "probe", None)
        try:
            found: tuple[str, ...] = probe(Deadline()) if probe else ()
        except AccountError as error:
            return (str(error),)
    return found


def _own_accounts(settings: Settings) -> str:
    backends = open_backends(settings)
    try:
        count = len(backends.accounts.list())
    finally:
        backends.close()
    if count == 0:
        raise NotWorking(
            "degraded",
            "There are no accounts, so answers come from the documentation alone.",
            "supportbot accounts import FILE",
        )
    return f"{count} in the database"


def _knowledge(settings: Settings) -> str:
    library = open_library(settings)
    questions = sum(len(article.asked_as) for article in library.articles.values())
    counts = f"{len(library.articles)} articles, {questions} questions"
    return f"{knowledge_folder(settings)}: {counts}, {len(library.passages)} passages"


def _encoder(settings: Settings) -> str:
    from supportbot.understanding.encoder import open_encoder as open_named

    try:
        encoder = open_named(settings.encoder, adopted_encoder(settings))
        encoder.encode([ANSWERABLE])
    except EncoderUnavailable as error:
        raise NotWorking(
            "degraded",
            f"{error} Without it only questions known to the letter are understood.",
            "supportbot encoder build",
        ) from error
    return f"{encoder.name}, every byte as it was built"


def _languages(settings: Settings) -> str:
    from supportbot.understanding.multilingual import READS, MultilingualEncoder

    try:
        MultilingualEncoder().encode([ANSWERABLE])
    except EncoderUnavailable as error:
        raise NotWorking(
            "degraded", f"{error} They are refused, each in itself.", "Install supportbot anew."
        ) from error
    if foreign_reader(settings, open_library(settings)) is None:
        raise NotWorking(
            "degraded",
            "Questions in other languages were not learnt with this knowledge, and are refused.",
            "supportbot knowledge compile",
        )
    return f"clear questions are understood in {', '.join(sorted(READS))}"


def _matcher(settings: Settings) -> str:
    name = model_name(open_library(settings), open_encoder(settings))
    for folder in (SHIPPED_MODELS, cache_dir(settings) / "trained"):
        if (folder / name).is_file():
            return f"{folder / name} is up to date"
    raise NotWorking(
        "degraded",
        "It has not learnt this knowledge yet, so the first question takes longer.",
        f"supportbot ask {ANSWERABLE!r}",
    )


def _answering(settings: Settings) -> str:
    """Answer a question of nobody, with nothing kept, unless that would take long."""
    from supportbot.conversation import Utterance

    _matcher(settings)
    backends: Backends = open_backends(settings, demo=True)
    try:
        bot = open_bot(backends)
        start = time.perf_counter()
        answer = bot.answer(Utterance(ANSWERABLE, datetime.now(UTC)))
        took = (time.perf_counter() - start) * 1000
    finally:
        backends.close()
    return f"{ANSWERABLE!r} was {answer.outcome.replace('_', ' ')} in {took:.0f} ms"


def as_json(report: Report) -> dict[str, Any]:
    """Return the report as JSON would hold it."""
    return {
        "can_answer": report.can_answer,
        "checks": [asdict(row) for row in report.rows],
        "settings": [asdict(row) for row in report.settings],
    }


def as_lines(report: Report) -> list[str]:
    """Return the report for people."""
    lines = [line for row in report.rows for line in _lines(row)]
    settings = [f"  {row.name} = {row.shown} ({row.origin})" for row in report.settings]
    verdict = "Questions can be answered." if report.can_answer else "Questions cannot be answered."
    return [*lines, "", "Settings:", *settings, "", verdict]


def _lines(row: Row) -> list[str]:
    mend = [f"{'':21}mend: {row.mend}"] if row.mend else []
    return [f"{row.state:<9} {row.name:<10} {row.says}", *mend]
