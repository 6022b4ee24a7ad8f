"""Accounts in a dict: for tests, the demo and golden conversations."""

from collections.abc import Mapping

from supportbot.account import Account
from supportbot.accounts.source import AccountSummary, summary
from supportbot.errors import AccountNotFound
from supportbot.snapshot import EVERY_PART, Snapshot, whole


class MemoryAccounts:
    """An ``AccountSource`` that holds its accounts by id."""

    def __init__(self, accounts: Mapping[str, Account], name: str = "memory") -> None:
        """Serve ``accounts``, whose keys are the accounts' ids; citations name the source."""
        self._accounts = accounts
        self._name = name

    def load(self, account_id: str, parts: frozenset[str] = EVERY_PART) -> Snapshot:
        """Return the account with all its parts, or raise ``AccountNotFound``."""
        try:
            return whole(self._accounts[account_id], self._name)
        except KeyError:
            raise AccountNotFound(account_id) from None

    def list(self) -> tuple[AccountSummary, ...]:
        """Return a line for every account, in the order of their ids."""
        return tuple(summary(self._accounts[each]) for each in sorted(self._accounts))
