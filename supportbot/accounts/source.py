"""What every maker of accounts can do."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from supportbot.account import Account, Part, Tier
from supportbot.errors import AccountNotFound
from supportbot.snapshot import EVERY_PART, Snapshot

ACCOUNT_ID: Final = re.compile(r"[A-Za-z0-9_.:-]{1,64}")


class AccountSource(Protocol):
    """A database, Stripe, Lago, an HTTP service: anything with account records."""

    def load(self, account_id: str, parts: frozenset[str] = EVERY_PART) -> Snapshot:
        """
        Return the account as it is now; parts that could not be read are UNKNOWN.

        ``parts`` are those that are wanted; others may be there, too.

        Raises:
            AccountNotFound: the source has no such account.
            SourceUnavailable: the source did not answer in time.
        """
        ...


@dataclass(frozen=True, slots=True)
class AccountSummary:
    """One line of a list of accounts."""

    id: str
    name: str
    tier: Part[Tier]
    as_of: datetime


class AccountList(AccountSource, Protocol):
    """A source that also knows all its accounts."""

    def list(self) -> tuple[AccountSummary, ...]:
        """Return a line for every account, in the order of their ids."""
        ...


def summary(account: Account) -> AccountSummary:
    """Return the line that stands for this account in a list."""
    return AccountSummary(account.id, account.name, account.tier, account.as_of)


def must_be_an_id(account_id: str) -> None:
    """
    Refuse what cannot be the id of an account, before anybody is asked for it.

    Raises:
        AccountNotFound: it breaks the record's pattern, or would climb out of a URL's path.
    """
    if ACCOUNT_ID.fullmatch(account_id) is None or account_id in {".", ".."}:
        raise AccountNotFound(account_id)


def close_source(source: object) -> None:
    """Close the connections of a source that has any."""
    close = getattr(source, "close", None)
    if close:
        close()


@contextmanager
def closing_source(source: AccountSource) -> Iterator[AccountSource]:
    """Close a source at the end of the block."""
    try:
        yield source
    finally:
        close_source(source)
