"""What a section may speak of: an account, an instant, who is looking, and chosen items."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import Final

from supportbot.account import (
    UNKNOWN,
    Account,
    ApiKey,
    CreditGrant,
    Incident,
    Invoice,
    LastError,
    ModelAccess,
    Payment,
    PaymentMethod,
    Quote,
)
from supportbot.diagnosis import Diagnosis, Item, default_card, diagnose
from supportbot.snapshot import Origin, Snapshot
from supportbot.understanding.entities import Entities

BINDINGS: Final[Mapping[type, str]] = {
    CreditGrant: "grant",
    Invoice: "invoice",
    Payment: "payment",
    PaymentMethod: "card",
    ApiKey: "key",
    LastError: "error",
    ModelAccess: "model",
    Quote: "quote",
    Incident: "incident",
}
RECORDS: Final[Mapping[str, str]] = {
    "grant": "credit_grant",
    "invoice": "invoice",
    "payment": "payment",
    "card": "payment_method",
    "key": "api_key",
    "error": "last_error",
    "model": "model_access",
    "quote": "quote",
    "incident": "incident",
}
PARTS: Final[Mapping[str, str]] = {
    "account": "",
    "api_key": "api_keys",
    "credit_grant": "credit_grants",
    "incident": "incidents",
    "invoice": "invoices",
    "payment": "payments",
    "payment_method": "payment_methods",
    "quote": "quotes",
}
"""The part of a record that a citation's ``record`` is in, where the two names differ."""

Bound = Mapping[str, tuple[Item, ...]]


def bound_by_type(items: Iterable[Item]) -> Bound:
    """Group items under the names by which facts speak of them, keeping their order."""
    groups: dict[str, tuple[Item, ...]] = {}
    for item in items:
        name = BINDINGS.get(type(item))
        if name:
            groups[name] = (*groups.get(name, ()), item)
    return groups


@dataclass(frozen=True)
class Scope:
    """
    One account, seen by one person at one instant.

    ``sees_billing``: may see payment links, card endings and reasons of declines.
    ``bound``: the record items that the present section is about, by binding.
    ``origins``: where parts were read, as in a ``Snapshot``.
    """

    account: Account
    now: datetime
    sees_billing: bool = True
    mentions: Entities = field(default_factory=Entities)
    focus: tuple[str, ...] = ()
    bound: Bound = field(default_factory=dict)
    origins: Mapping[str, Origin] = field(default_factory=dict)

    @cached_property
    def diagnosis(self) -> Diagnosis:
        """All causes of blocked access, checked once."""
        return diagnose(self.account, self.now)

    def about(self, bound: Bound) -> "Scope":
        """Return the same scope, speaking of other items."""
        return replace(self, bound=bound)

    def origin(self, record: str, name: str) -> Origin:
        """Return where a field of a citation's record was read."""
        part = PARTS.get(record, record)
        snapshot = Snapshot(self.account, self.origins)
        return snapshot.origin(part, name) if part else snapshot.origin(name)

    def item(self, binding: str) -> Item | None:
        """Return the first item under this binding; None when there is none."""
        chosen = self.bound.get(binding)
        if chosen:
            return chosen[0]
        if binding == "error" and isinstance(self.account.last_error, LastError):
            return self.account.last_error
        if binding == "card":
            card = default_card(self.account)
            return None if card is UNKNOWN else card
        return None
