"""What every maker of accounts can do."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from supportbot.account import Account, Part, Tier
from supportbot.snapshot import EVERY_PART as EVERY_PART
from supportbot.snapshot import Disagreement as Disagreement
from supportbot.snapshot import Failure as Failure
from supportbot.snapshot import Origin as Origin
from supportbot.snapshot import Snapshot as Snapshot
from supportbot.snapshot import whole as whole


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
