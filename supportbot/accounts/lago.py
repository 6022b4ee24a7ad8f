"""
Accounts from Lago: wallets, invoices, payments, top-ups.

Lago knows no card's details, and neither limits, keys, errors nor the platform's state: join it
with a source that does.  Its link to an invoice opens the seller's own dashboard and is not used.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from datetime import UTC, datetime
from threading import Lock
from typing import Any, Final
from urllib.parse import quote
from zoneinfo import ZoneInfo

from supportbot.account import UNKNOWN, Account
from supportbot.accounts import lago_credits as credits
from supportbot.accounts import lago_mapping as mapping
from supportbot.accounts.guard import Deadline, Guard
from supportbot.accounts.reading import Json, NotUnderstood, Reading, Workers
from supportbot.accounts.source import must_be_an_id
from supportbot.accounts.web import Missing, Web
from supportbot.errors import AccountNotFound, SourceUnavailable
from supportbot.snapshot import EVERY_PART, Failure, Origin, Snapshot

NAME: Final = "lago"
API: Final = "/api/v1"
PER_PAGE: Final = 100
MOST_PAGES: Final = 20
MOST_WALLETS: Final = 30
ASSUMED_CURRENCY: Final = "USD"
NOBODY: Final = "supportbot-doctor-asks-for-nobody"
TRANSACTIONS: Final = "wallet_transactions"
STEP: Final = r"[^/?#]+"
READABLE: Final = (
    rf"/customers/{STEP}",
    rf"/customers/{STEP}/(?:wallets|invoices|payments|payment_methods)",
    rf"/wallets/{STEP}/wallet_transactions",
)
"""Every path that is ever asked for."""

CREDITS: Final = frozenset({"balance", "credit_grants", "lifetime_purchased", "auto_recharge"})
BILLS: Final = frozenset({"invoices", "payments"})


class LagoAccounts:
    """An ``AccountSource`` over Lago's API; the account's id is the customer's external id."""

    def __init__(self, api_key: str, base_url: str, *, private_hosts: Sequence[str] = ()) -> None:
        """
        ``base_url`` may end in ``/api/v1`` or not.

        Raises:
            ConfigError: the address is none that may be used.
        """
        self.guard = Guard(NAME)
        self._workers = Workers.of(NAME)
        self._web = Web(
            self.guard,
            base_url.rstrip("/").removesuffix(API) + API,
            {"Authorization": f"Bearer {api_key}"},
            setting="LAGO_API_URL",
            allowed=READABLE,
            private_hosts=private_hosts,
        )

    def load(self, account_id: str, parts: frozenset[str] = EVERY_PART) -> Snapshot:
        """
        Return what Lago knows of the account; only what ``parts`` need is asked for.

        Raises:
            AccountNotFound: Lago has no such customer.
            SourceUnavailable: the customer could not be read in time.
        """
        must_be_an_id(account_id)
        began, deadline = datetime.now(UTC), Deadline()
        customer = self._customer(account_id, deadline)
        reading = LagoReading(self._web, deadline, self._workers, customer, began)
        found = reading.parts(parts)
        if "tier" in parts and (tier := mapping.tier_of(customer)):
            found["tier"] = tier
        account = Account(
            account_id,
            str(customer.get("name") or ""),
            reading.currency,
            began,
            str(reading.zone),
            **found,
        )
        origin = Origin(NAME, began)
        failures = tuple(Failure(NAME, part, why) for part, why in reading.failures.items())
        header = ("name", "currency", "as_of", "timezone")
        origins = dict.fromkeys((*sorted(found), *header), origin)
        return Snapshot(account, origins, failures, currency_known=reading.currency_known)

    def probe(self, deadline: Deadline) -> tuple[str, ...]:
        """Return a sentence for what is wrong; asks for a customer that nobody is."""
        try:
            self._web.get(f"/customers/{NOBODY}", deadline, endpoint="customer")
        except Missing:
            return ()
        except SourceUnavailable as error:
            return (f"{error} The key is SUPPORTBOT_LAGO_API_KEY.",)
        return ("It gives a customer that does not exist; it should say 404.",)

    def close(self) -> None:
        """Close its connections."""
        self._workers.close()
        self._web.close()

    def _customer(self, account_id: str, deadline: Deadline) -> Json:
        try:
            found = self._web.get(
                f"/customers/{quote(account_id, safe='')}", deadline, endpoint="customer"
            )
        except Missing as error:
            raise AccountNotFound(account_id) from error
        customer = found.get("customer") if isinstance(found, dict) else None
        if not isinstance(customer, dict) or customer.get("external_id") != account_id:
            raise SourceUnavailable(f"{NAME} sent another customer than was asked for.")
        return customer


class LagoReading(Reading):
    """What one turn reads of a customer, and the parts that are made of it."""

    def __init__(
        self, web: Web, deadline: Deadline, workers: Workers, customer: Json, now: datetime
    ) -> None:
        """Nothing is read yet."""
        super().__init__(NAME, deadline, workers)
        self._web = web
        self._id = str(customer["external_id"])
        self._now = now
        self._lists: dict[str, Future[list[Json]]] = {}
        self._once = Lock()
        self._read_wallets: list[credits.Wallet] | None = None
        self._no_wallets: str | None = None
        self.zone = ZoneInfo(str(customer.get("applicable_timezone") or "UTC"))
        self.currency_known = bool(customer.get("currency"))
        self.currency = str(customer.get("currency") or ASSUMED_CURRENCY)

    def parts(self, wanted: frozenset[str]) -> dict[str, Any]:
        """Return those of the wanted parts that Lago can tell."""
        makers: dict[str, Callable[[], dict[str, Any]]] = {}
        needed: set[str] = set()
        if wanted & BILLS:
            makers |= {part: getattr(self, f"_{part}") for part in BILLS & wanted}
            needed |= {"invoices", "payments"}
        if wanted & CREDITS or "payments" in wanted:
            needed.add("wallets")
        if wanted & CREDITS:
            makers["credit_grants"] = self._credits
        if "payment_methods" in wanted:
            makers["payment_methods"] = self._methods
            needed.add("payment_methods")
        self._lists = {name: self._begin(name) for name in sorted(needed)}
        if not self.currency_known and needed & {"invoices", "wallets"}:
            self._find_currency()
        return self.made_by(makers, wanted)

    def _begin(self, name: str) -> "Future[list[Json]]":
        path = f"/customers/{quote(self._id, safe='')}/{name}"
        return self._workers.calls.submit(self._pages, path, name)

    def _pages(self, path: str, name: str) -> list[Json]:
        """Return all objects of a list, or raise: of a list that was cut short none is used."""
        found: list[Json] = []
        page: object = 1
        for _ in range(MOST_PAGES):
            query = (("page", str(page)), ("per_page", str(PER_PAGE)))
            sent = self._web.get(path, self._deadline, query=query, endpoint=name)
            if not isinstance(sent, dict) or not isinstance(sent.get(name), list):
                raise SourceUnavailable(f"{NAME} sent no list where one was asked for.")
            found += sent[name]
            page = (sent.get("meta") or {}).get("next_page")
            if page is None:
                return found
        raise SourceUnavailable(f"{NAME} has a list that does not end within {MOST_PAGES} pages.")

    def _list(self, name: str, part: str) -> list[Json] | None:
        """Return a list when it is there; None: it failed, or is not this customer's."""
        read: list[Json] | None = self.together({name: self._lists[name]}, part).get(name)
        if read is None:
            return None
        ours = self.made(part, lambda: mapping.must_be_of(self._id, read))
        return None if ours is UNKNOWN else read

    def _find_currency(self) -> None:
        """Take the currency of what there is, if all of it has the same."""
        lists = [self._list(n, n) or () for n in ("invoices", "wallets") if n in self._lists]
        seen = {str(each.get("currency")) for found in lists for each in found}
        if len(seen) == 1:
            self.currency, self.currency_known = seen.pop(), True

    def _invoices(self) -> dict[str, Any]:
        found, tries = self._list("invoices", "invoices"), self._list("payments", "invoices")
        if found is None or tries is None:
            return {}

        def make() -> tuple[object, ...]:
            mapping.of_currency(found, "currency", self.currency)
            mapping.of_currency(tries, "amount_currency", self.currency)
            by_invoice: dict[str | None, list[Json]] = {}
            for each in tries:
                by_invoice.setdefault(mapping.invoice_of(each), []).append(each)
            return tuple(
                mapping.invoice(each, by_invoice.get(each["lago_id"], ()), self.zone)
                for each in found
                if mapping.is_bill(each)
            )

        return self._part("invoices", make)

    def _payments(self) -> dict[str, Any]:
        found, invoices = self._list("payments", "payments"), self._list("invoices", "payments")
        wallets = self._wallets("payments")
        if found is None or invoices is None or wallets is None:
            return {}

        def make() -> tuple[object, ...]:
            mapping.of_currency(found, "amount_currency", self.currency)
            types = {each["lago_id"]: each["invoice_type"] for each in invoices}
            automatic = credits.automatic_invoices(t for _, those in wallets for t in those)
            return tuple(mapping.payment(each, types, automatic) for each in found)

        return self._part("payments", make)

    def _methods(self) -> dict[str, Any]:
        found = self._list("payment_methods", "payment_methods")
        if found is None:
            return {}
        return self._part("payment_methods", lambda: tuple(map(mapping.method, found)))

    def _credits(self) -> dict[str, Any]:
        wallets = self._wallets("credit_grants")
        if wallets is None:
            self.failures |= dict.fromkeys(CREDITS, self.failures["credit_grants"])
            return {}
        rule = self._part("auto_recharge", lambda: credits.auto_recharge(wallets, self._now))
        made = self.made("credit_grants", lambda: credits.grants(wallets, self.currency))
        if made is UNKNOWN:
            why = self.failures["credit_grants"]
            self.failures |= dict.fromkeys(CREDITS - {"auto_recharge"}, why)
            return rule
        held = self._part("balance", lambda: credits.balance([w for w, _ in wallets], made))
        bought = {"lifetime_purchased": credits.bought(made)}
        return {"credit_grants": tuple(made), **bought, **held, **rule}

    def _wallets(self, part: str) -> list[credits.Wallet] | None:
        """Return the wallets, read once; None: not all could be, and ``part`` fails for it."""
        with self._once:
            if self._read_wallets is None and self._no_wallets is None:
                self._read_wallets = self._all_wallets()
                self._no_wallets = self.failures.pop("wallets", None)
        if self._no_wallets is not None:
            self.failures.setdefault(part, self._no_wallets)
        return self._read_wallets

    def _all_wallets(self) -> list[credits.Wallet] | None:
        found = self._list("wallets", "wallets")
        if found is None or self.made("wallets", lambda: self._fitting(found)) is UNKNOWN:
            return None
        asked = {
            str(each["lago_id"]): self._workers.calls.submit(
                self._pages, f"/wallets/{each['lago_id']}/{TRANSACTIONS}", TRANSACTIONS
            )
            for each in found
        }
        read = self.together(asked, "wallets")
        if len(read) < len(asked):
            return None
        return [(each, read[str(each["lago_id"])]) for each in found]

    def _fitting(self, wallets: Sequence[Json]) -> None:
        if len(wallets) > MOST_WALLETS:
            raise NotUnderstood(f"there are {len(wallets)} wallets")
        mapping.of_currency(wallets, "currency", self.currency)

    def _part(self, part: str, make: Callable[[], object]) -> dict[str, Any]:
        value = self.made(part, make)
        return {} if value is UNKNOWN else {part: value}
