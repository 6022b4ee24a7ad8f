"""
Accounts from Stripe: cards, invoices, payments and billing credits.

Stripe knows neither usage that is not billed yet nor limits, keys, errors or the platform's
state: join it with a source that does (``http+stripe``).  ``Customer.balance`` is never read:
it is another thing than the balance that customers see.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime

import stripe

from supportbot.account import Account
from supportbot.accounts.guard import Deadline, Guard
from supportbot.accounts.reading import Json, Workers
from supportbot.accounts.source import must_be_an_id
from supportbot.accounts.stripe_client import open_client, open_web
from supportbot.accounts.stripe_mapping import tier_of
from supportbot.accounts.stripe_reading import NAME, PAGE, StripeReading, plain
from supportbot.accounts.web import Missing
from supportbot.errors import AccountNotFound, SourceUnavailable
from supportbot.snapshot import EVERY_PART, Failure, Origin, Snapshot


class StripeAccounts:
    """An ``AccountSource`` over Stripe's API, which it can only read."""

    def __init__(
        self,
        api_key: str,
        base_url: str = "https://api.stripe.com",
        *,
        metadata_key: str = "account_id",
        private_hosts: Sequence[str] = (),
    ) -> None:
        """
        ``metadata_key`` is the customer metadata that holds our account's id.

        Raises:
            ConfigError: the address is none that may be used.
        """
        self.guard = Guard(NAME)
        self._key = api_key
        self._metadata_key = metadata_key
        self._web = open_web(self.guard, api_key, base_url, tuple(private_hosts))
        self._workers = Workers.of(NAME)

    def load(self, account_id: str, parts: frozenset[str] = EVERY_PART) -> Snapshot:
        """
        Return what Stripe knows of the account; only what ``parts`` need is asked for.

        Raises:
            AccountNotFound: Stripe has no such customer, or a deleted one.
            SourceUnavailable: the customer could not be read in time.
        """
        must_be_an_id(account_id)
        began, deadline = datetime.now(UTC), Deadline()
        client = open_client(self._web, self.guard, self._key, deadline)
        customer = self._customer(client, account_id)
        reading = StripeReading(client, deadline, self._workers, customer, began)
        found = reading.parts(parts)
        if "tier" in parts and (tier := tier_of(customer)):
            found["tier"] = tier
        account = Account(
            account_id, str(customer.get("name") or ""), reading.currency, began, **found
        )
        origin = Origin(NAME, began)
        origins = dict.fromkeys((*sorted(found), "name", "currency", "as_of"), origin)
        if "balance" in found:
            origins["balance.total"] = replace(origin, caveat="usage_not_deducted")
        failures = tuple(Failure(NAME, part, why) for part, why in reading.failures.items())
        return Snapshot(account, origins, failures, currency_known=reading.currency_known)

    def probe(self, deadline: Deadline) -> tuple[str, ...]:
        """Return a sentence for what is wrong with the key: its kind, or what it may not read."""
        return tuple(self._troubles(open_client(self._web, self.guard, self._key, deadline)))

    def close(self) -> None:
        """Close its connections."""
        self._workers.close()
        self._web.close()

    def _customer(self, client: stripe.StripeClient, account_id: str) -> Json:
        try:
            if account_id.startswith("cus_"):
                found = [plain(client.v1.customers.retrieve(account_id))]
                matches = [each for each in found if each.get("id") == account_id]
            else:
                matches = self._search(client, account_id)
                found = matches
        except Missing as error:
            raise AccountNotFound(account_id) from error
        except stripe.StripeError as error:
            raise SourceUnavailable(f"{NAME} sent what its client cannot read.") from error
        if found and not matches:
            raise SourceUnavailable(f"{NAME} sent another customer than was asked for.")
        live = [each for each in matches if not each.get("deleted")]
        if len(live) > 1:
            raise SourceUnavailable(
                f"{NAME} has several customers with {self._metadata_key} {account_id!r} in their "
                "metadata; leave it on one."
            )
        if not live:
            raise AccountNotFound(account_id)
        return live[0]

    def _search(self, client: stripe.StripeClient, account_id: str) -> list[Json]:
        key = self._metadata_key.replace("\\", "\\\\").replace("'", "\\'")
        query = f"metadata['{key}']:'{account_id}'"  # an id holds nothing to escape
        page = plain(client.v1.customers.search({"query": query, "limit": PAGE}))
        return [
            each
            for each in page.get("data") or ()
            if (each.get("metadata") or {}).get(self._metadata_key) == account_id
        ]

    def _troubles(self, client: stripe.StripeClient) -> Iterator[str]:
        if not self._key.startswith("rk_"):
            yield "SUPPORTBOT_STRIPE_API_KEY can write; make a restricted key that can only read."
        if "_test_" in self._key:
            yield "SUPPORTBOT_STRIPE_API_KEY is a test key: it shows no real customer."
        v1, nobody = client.v1, {"customer": "cus_0", "limit": 1}
        reads: dict[str, Callable[[], object]] = {
            "customers": lambda: v1.customers.search({"query": "metadata['x']:'x'", "limit": 1}),
            "invoices": lambda: v1.invoices.list(nobody),  # type: ignore[arg-type]
            "payment intents": lambda: v1.payment_intents.list(nobody),  # type: ignore[arg-type]
            "payment methods": lambda: v1.customers.payment_methods.list("cus_0", {"limit": 1}),
            "billing credits": lambda: v1.billing.credit_grants.list(nobody),  # type: ignore[arg-type]
        }
        for name, read in reads.items():
            try:
                read()
            except Missing:
                continue  # the customer is nobody: the right to ask was there
            except SourceUnavailable as error:
                yield f"{name.capitalize()} cannot be read: {error}"
