"""Accounts in a dict: for tests, the demo and golden conversations."""

from collections.abc import Mapping

from supportbot.account import Account
from supportbot.accounts.source import AccountSummary, summary
from supportbot.errors import AccountNotFound


class MemoryAccounts:
    """An ``AccountSource`` that holds its accounts by id."""

    def __init__(self, accounts: Mapping[str, Account]) -> None:
        """Serve ``accounts``, whose keys are the accounts' ids."""
        self._accounts = accounts

    def load(self, account_id: str) -> Account:
        """Return the account, or raise ``AccountNotFound``."""
        try:
            return self._accounts[account_id]
        except KeyError:
            raise AccountNotFound(account_id) from None

    def list(self) -> tuple[AccountSummary, ...]:
        """Return a line for every account, in the order of their ids."""
        return tuple(summary(self._accounts[each]) for each in sorted(self._accounts))
