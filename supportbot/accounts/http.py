"""Accounts from any service that gives the account record of ``account.schema.json``."""

import json
from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import quote

from supportbot.accounts.guard import Deadline, Guard, Transient
from supportbot.accounts.partwise import use_good_parts
from supportbot.accounts.record import mark_repeated
from supportbot.accounts.source import must_be_an_id
from supportbot.accounts.web import Got, Missing, Refused, Web
from supportbot.errors import AccountNotFound, SourceUnavailable
from supportbot.snapshot import EVERY_PART, Snapshot

NAME: Final = "http"
NOBODY: Final = "supportbot-doctor-asks-for-nobody"


class HttpAccounts:
    """An ``AccountSource`` over ``GET URL/{account}``; one request gives all parts."""

    def __init__(self, url: str, token: str | None, *, private_hosts: Sequence[str] = ()) -> None:
        """
        ``token`` is sent as a bearer token; None: none is.

        Raises:
            ConfigError: the address is none that may be used.
        """
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        self.guard = Guard(NAME)
        self._web = Web(
            self.guard,
            url,
            headers,
            setting="ACCOUNTS_URL",
            allowed=(r"/[^/?#]+",),
            private_hosts=private_hosts,
        )

    def load(self, account_id: str, parts: frozenset[str] = EVERY_PART) -> Snapshot:
        """
        Return the record as the service has it now; a bad part is unknown and named.

        Raises:
            AccountNotFound: the service has no such account.
            SourceUnavailable: it did not answer in time, or not with this account's record.
        """
        must_be_an_id(account_id)
        try:
            record = self._read(account_id, Deadline())
        except Missing as error:
            raise AccountNotFound(account_id) from error
        if record.get("id") != account_id:
            raise SourceUnavailable(f"{NAME} sent the record of another account than was asked.")
        return use_good_parts(record, NAME)

    def probe(self, deadline: Deadline) -> tuple[str, ...]:
        """Return a sentence for what is wrong; asks for an account that nobody has."""
        try:
            self._read(NOBODY, deadline)
        except Missing:
            return ()
        except Refused as error:
            return (f"{error} The key is SUPPORTBOT_ACCOUNTS_TOKEN.",)
        except SourceUnavailable as error:
            return (str(error),)
        return ("It gives a record for an account that does not exist; it should say 404.",)

    def close(self) -> None:
        """Close its connections."""
        self._web.close()

    def _read(self, account_id: str, deadline: Deadline) -> dict[str, Any]:
        path = "/" + quote(account_id, safe="")
        return self.guard.call(
            "account", deadline, lambda seconds: _record(self._web.once(path, seconds))
        )


def _record(got: Got) -> dict[str, Any]:
    try:
        record = json.loads(got.body, object_pairs_hook=mark_repeated)
    except (ValueError, RecursionError) as error:
        raise Transient(f"{NAME} sent what is not JSON.") from error
    if not isinstance(record, dict):
        raise Transient(f"{NAME} sent JSON that is no record.")
    return record
