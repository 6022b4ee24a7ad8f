"""One reading of one Stripe customer: which lists the parts need, and the parts made of them."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from datetime import datetime
from typing import Any, Final

import stripe

from supportbot.account import UNKNOWN, Balance, CreditGrant
from supportbot.accounts import stripe_mapping as mapping
from supportbot.accounts.guard import Deadline
from supportbot.accounts.reading import Json, Reading, Workers
from supportbot.errors import SourceUnavailable

NAME: Final = "stripe"
PAGE: Final = 100
MOST_PAGES: Final = 20
MOST_LOOKED_INTO: Final = 60
"""Invoices whose payments, and credits whose remainders, are asked for singly."""

ASSUMED_CURRENCY: Final = "USD"
CREDITS: Final = frozenset({"balance", "credit_grants", "lifetime_purchased"})
METERED: Final = {"type": "applicability_scope", "applicability_scope": {"price_type": "metered"}}
ALL: Final = "all"
"""Beside the ids of grants: the name of the summary over all credits."""


class StripeReading(Reading):
    """What one turn reads of a customer, and the parts that are made of it."""

    def __init__(
        self,
        client: stripe.StripeClient,
        deadline: Deadline,
        workers: Workers,
        customer: Json,
        now: datetime,
    ) -> None:
        """Nothing is read yet."""
        super().__init__(NAME, deadline, workers)
        self._v1 = client.v1
        self._customer = customer
        self._id = str(customer["id"])
        self._now = now
        self._lists: dict[str, Future[list[Json]]] = {}
        self.currency = str(customer.get("currency") or "").upper()
        self.currency_known = bool(self.currency)

    def parts(self, wanted: frozenset[str]) -> dict[str, Any]:
        """Return those of the wanted parts that Stripe can tell."""
        makers = {
            "invoices": self._invoices,
            "payments": self._payments,
            "payment_methods": self._cards,
            "credit_grants": self._credits,
        }
        needed = [part for part in makers if part in wanted]
        if wanted & CREDITS and "credit_grants" not in needed:
            needed.append("credit_grants")
        self._begin_lists(needed)
        if not self.currency_known:  # before its first invoice a customer has none
            self._find_currency()
        return self.made_by({part: makers[part] for part in needed}, wanted)

    def _begin_lists(self, needed: Iterable[str]) -> None:
        v1, of = self._v1, {"customer": self._id}
        lists: dict[str, Callable[[], list[Json]]] = {
            "invoices": lambda: pages(v1.invoices.list, of),
            "payments": lambda: pages(v1.payment_intents.list, of),
            "payment_methods": lambda: pages(
                lambda params: v1.customers.payment_methods.list(self._id, params),
                {"type": "card"},
            ),
            "credit_grants": lambda: pages(v1.billing.credit_grants.list, of),
        }
        names = {*needed, *(("invoices",) if "payments" in needed else ())}
        self._lists = {
            name: self._workers.calls.submit(do) for name, do in lists.items() if name in names
        }

    def _list(self, name: str) -> list[Json] | None:
        """Return a list when it is there; None: it failed, or is not this customer's."""
        read = self.together({name: self._lists[name]}).get(name)
        if read is None:
            return None
        ours = self.made(name, lambda: [mapping.must_be_of(self._id, each) for each in read])
        return None if ours is UNKNOWN else read

    def _find_currency(self) -> None:
        lists = [self._list(name) for name in ("invoices", "credit_grants") if name in self._lists]
        found = mapping.currency_of(each for read in lists for each in read or ())
        self.currency, self.currency_known = found or ASSUMED_CURRENCY, found is not None

    def _invoices(self) -> dict[str, Any]:
        found = self._list("invoices")
        return self._part(
            "invoices", found, lambda: [mapping.invoice(i, self.currency) for i in found or ()]
        )

    def _cards(self) -> dict[str, Any]:
        found = self._list("payment_methods")
        settings = self._customer.get("invoice_settings") or {}
        default = mapping.id_of(settings.get("default_payment_method"))
        return self._part(
            "payment_methods", found, lambda: [mapping.card(each, default) for each in found or ()]
        )

    def _payments(self) -> dict[str, Any]:
        invoices = self._list("invoices")
        paid = None if invoices is None else self._paid(invoices)
        if paid is None:
            why = f"{NAME}: what the payments are for could not be read."
            self.failures.setdefault("payments", why)
            return {}
        found = self._list("payments")
        return self._part(
            "payments",
            found,
            lambda: [mapping.payment(each, self.currency, paid) for each in found or ()],
        )

    def _part(
        self, part: str, found: list[Json] | None, make: Callable[[], list[Any]]
    ) -> dict[str, Any]:
        if found is None:
            return {}
        made = self.made(part, lambda: tuple(each for each in make() if each is not None))
        return {} if made is UNKNOWN else {part: made}

    def _paid(self, invoices: Sequence[Json]) -> dict[str, str] | None:
        """Return which payment intent is for which invoice; None: it could not be found out."""
        issued = [str(each["id"]) for each in invoices if each.get("status") != "draft"]
        if len(issued) > MOST_LOOKED_INTO:
            self.failures["payments"] = f"{NAME}: too many invoices to look into."
            return None
        listing, expand = self._v1.invoice_payments.list, ["data.payment.payment_intent"]
        asked = {
            each: self._workers.calls.submit(pages, listing, {"invoice": each, "expand": expand})
            for each in issued
        }
        read = self.together(asked, "payments")
        if len(read) < len(asked):
            return None
        return mapping.paid_invoices(each for found in read.values() for each in found)

    def _credits(self) -> dict[str, Any]:
        grants = self._list("credit_grants")
        if grants is None:
            return {}
        live = self.made(
            "credit_grants", lambda: [g["id"] for g in grants if mapping.is_live(g, self._now)]
        )
        if live is UNKNOWN or len(live) > MOST_LOOKED_INTO:
            self.failures.setdefault("credit_grants", f"{NAME}: too many credits to look into.")
            live = []
        asked = {each: {"type": "credit_grant", "credit_grant": each} for each in live}
        read = self.together(
            {
                name: self._workers.calls.submit(self._summary, only)
                for name, only in {**asked, ALL: METERED}.items()
            },
            "balance",
        )
        left = {name: self._available(summary) for name, summary in read.items()}
        return dict(self._credit_parts(grants, left, set(live)))

    def _summary(self, only: Mapping[str, Any]) -> Json:
        retrieve = self._v1.billing.credit_balance_summary.retrieve
        return read_by(retrieve, {"customer": self._id, "filter": only})

    def _available(self, summary: Json) -> int | None:
        found = self.made("balance", lambda: mapping.available(summary, self.currency))
        return None if found is UNKNOWN else found

    def _credit_parts(
        self, grants: Sequence[Json], left: Mapping[str, int | None], live: set[str]
    ) -> Iterator[tuple[str, Any]]:
        """Yield the grants, what was ever bought, and the balance, each if it can be told."""
        made = self.made(
            "credit_grants",
            lambda: [mapping.grant(g, self.currency, left.get(str(g["id"]))) for g in grants],
        )
        if made is UNKNOWN:
            self.failures["lifetime_purchased"] = self.failures["credit_grants"]
        else:
            yield "lifetime_purchased", sum(g.amount for g in made if g.kind == "purchased")
        if "credit_grants" not in self.failures:
            yield "credit_grants", tuple(made)
        if (total := left.get(ALL)) is not None:
            yield "balance", _balance(total, None if made is UNKNOWN else made, live)


def plain(found: Any) -> Json:  # noqa: ANN401 -- of Stripe's many types
    """Return a Stripe object as plain JSON values."""
    values: Json = found.to_dict()
    return values


def read_by(method: Callable[..., Any], params: Mapping[str, Any]) -> Json:
    """Return what a method of Stripe's client reads, as plain JSON values."""
    try:
        return plain(method(params))
    except stripe.StripeError as error:
        raise SourceUnavailable(f"{NAME} sent what its client cannot read.") from error


def pages(listing: Callable[..., Any], params: Mapping[str, Any]) -> list[Json]:
    """Return all objects of a list, or raise: of a list that was cut short none is used."""
    found: list[Json] = []
    after: dict[str, Any] = {}
    for _ in range(MOST_PAGES):
        page = read_by(listing, {**params, "limit": PAGE, **after})
        data = page.get("data")
        if not isinstance(data, list):
            raise SourceUnavailable(f"{NAME} sent no list where one was asked for.")
        found += data
        if not page.get("has_more"):
            return found
        if not data:
            break
        after = {"starting_after": data[-1]["id"]}
    raise SourceUnavailable(
        f"{NAME} has a list that does not end within {MOST_PAGES * PAGE} objects."
    )


def _balance(total: int, grants: Sequence[CreditGrant] | None, live: set[str]) -> Balance:
    """Split what is left into bought and given, if it is known of every credit in use."""
    in_use = [each for each in grants or () if each.id in live]
    if grants is None or any(each.remaining is None for each in in_use):
        return Balance(total)
    left = {kind: 0 for kind in ("purchased", "free")}
    for each in in_use:
        left[each.kind] += each.remaining or 0
    return Balance(total, left["purchased"], left["free"])
