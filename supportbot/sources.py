"""
From settings to where account facts come from: names the makers of accounts.

A maker is imported when it is configured.
"""

from typing import TYPE_CHECKING

from supportbot.errors import ConfigError
from supportbot.settings import Settings
from supportbot.source_settings import SourceSettings

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Engine

    from supportbot.accounts.source import AccountList, AccountSource


def open_accounts(settings: Settings, engine: "Engine") -> "AccountList":
    """
    Open the sources that SUPPORTBOT_ACCOUNTS names; ``engine`` is that of the conversations.

    Raises:
        ConfigError: a source lacks a setting, or one makes no sense.
    """
    own = settings.sources
    if own.names == ("database",) and not own.mapping and not own.database_url:
        from supportbot.accounts.database import DatabaseAccounts

        return DatabaseAccounts(engine)
    from supportbot.accounts.side_by_side import Kept, SideBySide

    opened = {name: open_source(name, own, engine) for name in own.names}
    return SideBySide({name: Kept(each, own.cache_seconds) for name, each in opened.items()})


def open_source(name: str, own: SourceSettings, engine: "Engine") -> "AccountSource":
    """
    Open one source by its name in SUPPORTBOT_ACCOUNTS; nothing is asked of it yet.

    Raises:
        ConfigError: it lacks a setting, or one makes no sense.
    """
    makers: dict[str, Callable[[], AccountSource]] = {
        "database": lambda: _database(own, engine),
        "http": lambda: _http(own),
        "stripe": lambda: _stripe(own),
        "lago": lambda: _lago(own),
    }
    return makers[name]()


def _database(own: SourceSettings, engine: "Engine") -> "AccountSource":
    from supportbot.accounts.engines import open_to_read

    chosen = open_to_read(own.database_url) if own.database_url else engine
    if own.mapping is None:
        from supportbot.accounts.database import DatabaseAccounts

        return DatabaseAccounts(chosen)
    from supportbot.accounts.mapped import MappedAccounts
    from supportbot.accounts.mapping_file import read_mapping

    return MappedAccounts(chosen, read_mapping(own.mapping), owns_engine=chosen is not engine)


def _http(own: SourceSettings) -> "AccountSource":
    from supportbot.accounts.http import HttpAccounts

    url = _needed(own.url, "ACCOUNTS_URL", "http")
    return HttpAccounts(url, own.token, private_hosts=own.private_hosts)


def _stripe(own: SourceSettings) -> "AccountSource":
    from supportbot.accounts.stripe_source import StripeAccounts

    return StripeAccounts(
        _needed(own.stripe_api_key, "STRIPE_API_KEY", "stripe"),
        own.stripe_api_base,
        metadata_key=own.stripe_account_metadata,
        private_hosts=own.private_hosts,
    )


def _lago(own: SourceSettings) -> "AccountSource":
    from supportbot.accounts.lago import LagoAccounts

    key = _needed(own.lago_api_key, "LAGO_API_KEY", "lago")
    return LagoAccounts(key, own.lago_api_url, private_hosts=own.private_hosts)


def _needed(value: str | None, setting: str, source: str) -> str:
    if not value:
        raise ConfigError(
            f"SUPPORTBOT_ACCOUNTS names {source}, which needs SUPPORTBOT_{setting}; set it, or "
            "leave the source out."
        )
    return value
