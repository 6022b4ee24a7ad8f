"""
What an operator can set: environment variables ``SUPPORTBOT_…``, or lines of a ``.env`` file.

The environment wins over the file, and the file over the default.  A blank value is no value.
"""

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Final, Literal, cast

from supportbot.errors import ConfigError
from supportbot.helpdesk_settings import (
    HELPDESK_ROWS,
    HelpdeskSettings,
    read_helpdesk_settings,
)
from supportbot.slack_settings import SLACK_ROWS, SlackSettings, read_slack_settings
from supportbot.source_settings import SOURCE_ROWS, SourceSettings, read_source_settings
from supportbot.web_settings import WEB_ROWS, WebSettings, read_web_settings

PREFIX: Final = "SUPPORTBOT_"
ENV_FILE: Final = Path(".env")
LOG_FORMATS: Final = ("json", "text")
HAND_OVER: Final = ("not_covered", "account_unreadable")
"""What may be handed over unasked, by the hand-off's reason."""

LogFormat = Literal["json", "text"]
Origin = Literal["environment", ".env", "default"]


@dataclass(frozen=True, slots=True)
class Settings:
    """What is set; read once, at the start."""

    database_url: str
    sources: SourceSettings = field(default_factory=SourceSettings)
    web: WebSettings = field(default_factory=WebSettings)
    slack: SlackSettings = field(default_factory=SlackSettings)
    helpdesks: HelpdeskSettings = field(default_factory=HelpdeskSettings)
    knowledge: Path | None = None  # None: the folder that ships
    encoder: str | None = None  # None: the one that ships
    public_url: str | None = None  # without a slash at its end
    log_format: LogFormat = "json"
    hand_over: frozenset[str] = frozenset()  # of ``HAND_OVER``; for the others a person is offered
    cache_dir: Path | None = None  # None: see ``cache_dir()``
    origins: Mapping[str, Origin] = field(
        default_factory=dict, compare=False
    )  # by name without prefix
    warnings: tuple[str, ...] = ()  # sentences for ``doctor``


@dataclass(frozen=True, slots=True)
class SettingRow:
    """One setting for ``doctor``; ``shown`` holds no secret."""

    name: str
    shown: str
    origin: Origin


def read_settings(
    environ: Mapping[str, str] | None = None, env_file: Path | None = ENV_FILE
) -> Settings:
    """
    Read the settings; ``environ`` None: of this process; ``env_file`` None: read no file.

    Raises:
        ConfigError: a setting makes no sense; names it and the mend.
    """
    environment = _prefixed(os.environ if environ is None else environ)
    in_file = _prefixed(_read_file(env_file)) if env_file else {}
    given = in_file | environment
    origins: dict[str, Origin] = dict.fromkeys(SETTINGS, "default")
    origins |= {name: ".env" for name in in_file if name in SETTINGS}
    origins |= {name: "environment" for name in environment if name in SETTINGS}
    return Settings(
        database_url=given.get("DATABASE_URL") or _default_database(),
        sources=read_source_settings(given),
        web=read_web_settings(given),
        slack=read_slack_settings(given),
        helpdesks=read_helpdesk_settings(given),
        knowledge=_folder(given.get("KNOWLEDGE")),
        encoder=given.get("ENCODER"),
        public_url=_public_url(given.get("PUBLIC_URL")),
        log_format=_log_format(given.get("LOG_FORMAT", "json")),
        hand_over=_hand_over(given.get("HAND_OVER", "")),
        cache_dir=_path(given.get("CACHE_DIR")),
        origins=MappingProxyType(origins),
        warnings=_misspelt(given),
    )


def cache_dir(settings: Settings | None = None) -> Path:
    """Return the folder for what can be made again; it may not be there yet."""
    if settings and settings.cache_dir:
        return settings.cache_dir
    if folder := _path(os.environ.get(PREFIX + "CACHE_DIR")):
        return folder
    from platformdirs import user_cache_path  # costs 35 ms, and is not always asked

    return user_cache_path("supportbot")


def describe(settings: Settings) -> tuple[SettingRow, ...]:
    """Return all settings with their values, secrets masked, and where they come from."""
    return tuple(
        SettingRow(PREFIX + name, show(settings), settings.origins.get(name, "default"))
        for name, show in SETTINGS.items()
    )


def masked(url: str) -> str:
    """Return ``url`` without the password that it may hold."""
    shown = re.sub(r"(//[^:/@]*:).*(@)", r"\1***\2", url, count=1)
    return re.sub(r"(?i)([?&][^=&]*(?:password|secret|token|key)=)[^&]*", r"\1***", shown)


def _of_sources(show: Callable[[SourceSettings], str]) -> Callable[["Settings"], str]:
    return lambda settings: masked(show(settings.sources))


def _of_web(show: Callable[[WebSettings], str]) -> Callable[["Settings"], str]:
    return lambda settings: show(settings.web)


def _of_slack(show: Callable[[SlackSettings], str]) -> Callable[["Settings"], str]:
    return lambda settings: show(settings.slack)


def _of_helpdesks(show: Callable[[HelpdeskSettings], str]) -> Callable[["Settings"], str]:
    return lambda settings: masked(show(settings.helpdesks))


SETTINGS: Final[Mapping[str, Callable[[Settings], str]]] = MappingProxyType(
    {
        "DATABASE_URL": lambda settings: masked(settings.database_url),
        **{name: _of_sources(show) for name, show in SOURCE_ROWS.items()},
        **{name: _of_web(show) for name, show in WEB_ROWS.items()},
        **{name: _of_slack(show) for name, show in SLACK_ROWS.items()},
        **{name: _of_helpdesks(show) for name, show in HELPDESK_ROWS.items()},
        "KNOWLEDGE": lambda settings: str(settings.knowledge or "the folder that ships"),
        "ENCODER": lambda settings: settings.encoder or "the one that ships",
        "PUBLIC_URL": lambda settings: masked(settings.public_url or "not set"),
        "LOG_FORMAT": lambda settings: settings.log_format,
        "HAND_OVER": lambda settings: ", ".join(sorted(settings.hand_over)) or "when asked",
        "CACHE_DIR": lambda settings: str(cache_dir(settings)),
    }
)
"""Every setting by its name without prefix, and how to show it."""


def _prefixed(values: Mapping[str, str | None]) -> dict[str, str]:
    return {
        name.removeprefix(PREFIX): value.strip()
        for name, value in values.items()
        if name.startswith(PREFIX) and value and value.strip()
    }


def _read_file(path: Path) -> Mapping[str, str | None]:
    if not path.is_file():  # a virtual environment may be called .env, too
        return {}
    from dotenv import dotenv_values  # costs 40 ms, and few have such a file

    try:
        return dotenv_values(path, encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(
            f"{path} cannot be read: {error}; save it as UTF-8 text that this user may read."
        ) from error


def _default_database() -> str:
    from platformdirs import user_data_path  # costs 35 ms, and is not always asked

    return f"sqlite:///{user_data_path('supportbot') / 'supportbot.db'}"


def _path(value: str | None) -> Path | None:
    return Path(value).expanduser() if value else None


def _folder(value: str | None) -> Path | None:
    folder = _path(value)
    if folder and not folder.is_dir():
        raise ConfigError(
            f"SUPPORTBOT_KNOWLEDGE is {value!r}, which is no folder; give the folder that holds "
            "faq/ and docs/, or leave it unset for the one that ships."
        )
    return folder


def _public_url(value: str | None) -> str | None:
    if value and not re.fullmatch(r"https?://[^\s/?#]+(?:/[^\s?#]*)?", value):
        raise ConfigError(
            f"SUPPORTBOT_PUBLIC_URL is {masked(value)!r}; give the address at which visitors "
            "reach supportbot, such as https://support.example.com."
        )
    return value.rstrip("/") if value else None


def _log_format(value: str) -> LogFormat:
    if value.lower() not in LOG_FORMATS:
        raise ConfigError(f"SUPPORTBOT_LOG_FORMAT is {value!r}; give {' or '.join(LOG_FORMATS)}.")
    return cast(LogFormat, value.lower())


def _hand_over(value: str) -> frozenset[str]:
    reasons = frozenset(part.strip().lower() for part in value.split(",") if part.strip())
    if not reasons <= {*HAND_OVER}:
        raise ConfigError(
            f"SUPPORTBOT_HAND_OVER is {value!r}; give {' and '.join(HAND_OVER)}, one of them, "
            "or nothing."
        )
    return reasons


def _misspelt(given: Mapping[str, str]) -> tuple[str, ...]:
    """Return a sentence for each unknown name that looks like a known one."""
    unknown = sorted(given.keys() - SETTINGS.keys())
    if not unknown:
        return ()
    from difflib import get_close_matches

    nearest = {name: get_close_matches(name.upper(), SETTINGS, n=1, cutoff=0.8) for name in unknown}
    return tuple(
        f"{PREFIX}{name} is not a setting; did you mean {PREFIX}{near[0]}?"
        for name, near in nearest.items()
        if near
    )
