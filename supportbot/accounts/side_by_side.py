"""
Several sources read side by side, each within its time, and what they said, joined.

What was read is kept for some seconds, by source and account, so that a burst of questions of
one customer is one reading; it is never given to another account.
"""

import time
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from threading import Lock
from typing import Final

from cachetools import TTLCache

from supportbot.accounts.guard import TURN_SECONDS, Clock
from supportbot.accounts.joining import Outcome, join
from supportbot.accounts.source import AccountSource, AccountSummary, close_source
from supportbot.errors import AccountError, SourceUnavailable
from supportbot.snapshot import EVERY_PART, Snapshot

LONGEST_KEPT: Final = 60.0
MOST_KEPT: Final = 1024
READERS: Final = 64
GRACE_SECONDS: Final = 0.1
"""Beyond a source's own deadline, to let it say itself what went wrong."""


class Kept:
    """A source whose readings are kept for ``seconds``; only readings without a failure are."""

    def __init__(
        self, source: AccountSource, seconds: float, clock: Clock = time.monotonic
    ) -> None:
        """``seconds`` 0 keeps nothing; more than 60 is taken as 60."""
        self.source = source
        self._lock = Lock()
        self._readings: TTLCache[str, tuple[frozenset[str], Snapshot]] = TTLCache(
            MOST_KEPT, min(seconds, LONGEST_KEPT), clock
        )

    def load(self, account_id: str, parts: frozenset[str] = EVERY_PART) -> Snapshot:
        """Return the account, as read now or lately enough."""
        with self._lock:
            kept = self._readings.get(account_id)
        if kept and parts <= kept[0]:
            return kept[1]
        snapshot = self.source.load(account_id, parts)
        if not snapshot.failures:
            with self._lock:
                self._readings[account_id] = (parts, snapshot)
        return snapshot

    def close(self) -> None:
        """Close the source."""
        close_source(self.source)


class SideBySide:
    """An ``AccountSource`` over named others, the earlier before the later."""

    def __init__(self, sources: Mapping[str, AccountSource]) -> None:
        """``sources`` in the order of SUPPORTBOT_ACCOUNTS."""
        self.sources = dict(sources)
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="accounts")

    def load(self, account_id: str, parts: frozenset[str] = EVERY_PART) -> Snapshot:
        """
        Ask all at once and join what came in time.

        Raises:
            AccountNotFound: every source was asked, and none has the account.
            SourceUnavailable: none has it, and not all could be asked.
        """
        asked = {
            name: self._readers.submit(source.load, account_id, parts)
            for name, source in self.sources.items()
        }
        wait(asked.values(), timeout=TURN_SECONDS + GRACE_SECONDS)
        return join(account_id, [_outcome(name, future) for name, future in asked.items()])

    def list(self) -> tuple[AccountSummary, ...]:
        """
        Return the accounts of the first source that can list its own.

        Raises:
            SourceUnavailable: none can, or the one that can does not answer.
        """
        for source in self.sources.values():
            listing = getattr(getattr(source, "source", source), "list", None)
            if listing:
                found: tuple[AccountSummary, ...] = listing()
                return found
        names = " and ".join(self.sources)
        raise SourceUnavailable(f"Accounts of {names} cannot be listed; look one up by its id.")

    def close(self) -> None:
        """Close the sources and let the readers go; those at work end by their own deadlines."""
        self._readers.shutdown(wait=False, cancel_futures=True)
        for source in self.sources.values():
            close_source(source)


def _outcome(name: str, future: "Future[Snapshot]") -> Outcome:
    if not future.done():
        future.cancel()
        return name, SourceUnavailable(f"{name} took longer than {TURN_SECONDS:g} s in all.")
    error = future.exception()
    if error is None:
        return name, future.result()
    if isinstance(error, AccountError):
        return name, error
    problem = f"{name} sent what supportbot cannot read ({type(error).__name__}: {error})."
    return name, SourceUnavailable(problem)
