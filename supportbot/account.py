"""
What the billing platform says about one customer, as plain values.

Nothing here reads a database or calls Stripe: see ``supportbot.accounts``.

Units and conventions, everywhere in this package:

* money is a whole number of the currency's minor unit (cents), never a float;
* instants carry an offset; they are written out in the account's time zone;
* ``UNKNOWN`` means "this part could not be read", and is never taken for none or zero;
* inside an item (an invoice, a card) an absent field reads as ``None``.

The field names are those of the account record, so that a citation can name them.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from functools import reduce
from operator import or_
from re import ASCII, VERBOSE
from re import compile as pattern
from typing import Annotated, Final, Literal, TypeVar, get_args
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BeforeValidator,
    Field,
    GetCoreSchemaHandler,
    StringConstraints,
)
from pydantic_core import CoreSchema

T = TypeVar("T")


class Unknown(Enum):
    """The type of ``UNKNOWN``; an enum, so that mypy insists on the check."""

    UNKNOWN = ()


UNKNOWN: Final = Unknown.UNKNOWN


@dataclass(frozen=True, slots=True)
class _Unwritable:
    """Tells pydantic that values of ``kind`` stand for an absent field: no record can hold one."""

    kind: type

    def __get_pydantic_core_schema__(
        self, source: type, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return handler(reduce(or_, (kind for kind in get_args(source) if kind is not self.kind)))


Part = Annotated[T | Unknown, _Unwritable(Unknown)]  # absent: could not be read
IfGiven = Annotated[T | None, _Unwritable(type(None))]  # absent: None; null is refused

RFC_3339: Final = pattern(
    r"""\d{4}-\d\d-\d\d T ([01]\d|2[0-3]):[0-5]\d:[0-5]\d (\.\d+)?
        (Z|[+-]([01]\d|2[0-3]):[0-5]\d)""",
    ASCII | VERBOSE,
)


def _instant(value: object) -> object:
    """Read RFC 3339 and nothing looser: no time stamps, no dates alone, no missing offset."""
    if isinstance(value, datetime):
        return value
    if not isinstance(value, str) or RFC_3339.fullmatch(value.upper()) is None:
        raise ValueError("must be an instant with an offset, like 2026-11-23T08:58:00Z")
    try:
        return datetime.fromisoformat(value.upper())
    except ValueError:
        raise ValueError("must be a date that the calendar has") from None


def _account_id(value: str) -> str:
    """Refuse what would climb out of a URL's path."""
    if value in {".", ".."}:
        raise ValueError("must be more than dots")
    return value


def _time_zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError):
        raise ValueError("must be a time zone's IANA name, like Europe/Berlin") from None
    return value


Instant = Annotated[AwareDatetime, BeforeValidator(_instant)]
AccountId = Annotated[
    str, StringConstraints(pattern=r"^[A-Za-z0-9_.:-]{1,64}$"), AfterValidator(_account_id)
]
CurrencyCode = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
Last4 = Annotated[str, StringConstraints(pattern=r"^[0-9]{4}$")]
TimeZoneName = Annotated[str, AfterValidator(_time_zone)]
Tier = Literal["build_1", "build_2", "build_3", "build_4", "build_5", "scale", "enterprise"]
TIERS: Final[tuple[str, ...]] = get_args(Tier)
Role = Literal["owner", "admin", "billing", "member"]


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who may act for the account."""

    email: str
    role: Role


@dataclass(frozen=True, slots=True)
class Balance:
    """What the customer sees as balance; negative when owing."""

    total: int
    purchased: Part[int] = UNKNOWN
    free: Part[int] = UNKNOWN
    pending: Part[int] = UNKNOWN


@dataclass(frozen=True, slots=True)
class Limits:
    """Caps on usage; ``None`` means that none is set."""

    negative_limit: Part[int | None] = UNKNOWN  # how far below zero usage may go
    balance_limit: Part[int | None] = UNKNOWN  # the cap that the customer set
    spent_this_period: Part[int] = UNKNOWN


@dataclass(frozen=True, slots=True)
class CreditGrant:
    """Credits that were bought or given."""

    id: str
    kind: Literal["purchased", "free"]
    amount: int
    remaining: IfGiven[int] = None
    created_at: IfGiven[Instant] = None
    effective_at: Instant | None = None
    expires_at: Instant | None = None
    voided_at: Instant | None = None
    settlement: IfGiven[Literal["settled", "pending", "failed"]] = None
    payment: str | None = None


@dataclass(frozen=True, slots=True)
class Invoice:
    """A bill for usage; without a number it is a draft."""

    id: str
    status: Literal["draft", "open", "paid", "void", "uncollectible"]
    total: int
    amount_remaining: int
    number: str | None = None
    collection: IfGiven[Literal["automatic", "send_invoice"]] = None
    period_start: Instant | None = None
    period_end: Instant | None = None
    issued_at: Instant | None = None
    due_at: Instant | None = None
    paid_at: Instant | None = None
    attempts: IfGiven[Annotated[int, Field(ge=0)]] = None
    next_attempt_at: Instant | None = None
    pay_url: str | None = None


@dataclass(frozen=True, slots=True)
class Payment:
    """One try to move money, for an invoice or for credits."""

    id: str
    purpose: Literal["invoice", "top_up", "auto_recharge"]
    amount: int
    status: Literal["succeeded", "failed", "processing", "requires_action", "canceled"]
    invoice: str | None = None
    method: str | None = None
    created_at: IfGiven[Instant] = None
    decline_code: str | None = None


@dataclass(frozen=True, slots=True)
class PaymentMethod:
    """A card on the account."""

    id: str
    type: Literal["card"]
    brand: IfGiven[str] = None
    last4: IfGiven[Last4] = None
    funding: Literal["credit", "debit", "prepaid", "unknown"] = "unknown"
    exp_month: IfGiven[Annotated[int, Field(ge=1, le=12)]] = None
    exp_year: IfGiven[int] = None
    default: bool = False


@dataclass(frozen=True, slots=True)
class AutoRecharge:
    """Automatic buying of credits when the balance falls below ``threshold``."""

    enabled: bool
    threshold: int | None = None
    amount: int | None = None
    last_run_at: Instant | None = None
    last_result: Literal["succeeded", "failed"] | None = None


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key, known by its last four characters; ``account`` is whose it is."""

    last4: str
    status: Literal["active", "revoked"]
    account: IfGiven[str] = None


@dataclass(frozen=True, slots=True)
class LastError:
    """The customer's latest failed API call."""

    http_status: int
    at: Instant
    code: str | None = None
    message: str | None = None
    model: str | None = None
    key_last4: str | None = None


@dataclass(frozen=True, slots=True)
class ModelAccess:
    """What a model asks of an account."""

    model: str
    min_tier: str | None = None
    requires_purchased_credits: bool = False


@dataclass(frozen=True, slots=True)
class Quote:
    """What a job or an endpoint that the customer asked for would need."""

    kind: Literal["dedicated_endpoint", "fine_tuning", "evaluation"]
    required_amount: int
    name: IfGiven[str] = None


@dataclass(frozen=True, slots=True)
class Incident:
    """Trouble of the platform itself."""

    id: str
    service: str
    state: Literal["open", "resolved"]
    summary: IfGiven[str] = None
    started_at: IfGiven[Instant] = None


@dataclass(frozen=True, slots=True)
class Account:
    """One customer's billing state, as the platform had it at ``as_of``."""

    id: AccountId
    name: str
    currency: CurrencyCode
    as_of: Instant
    timezone: IfGiven[TimeZoneName] = None  # IANA name; None: UTC
    tier: Part[Tier] = UNKNOWN
    status: Part[Literal["active", "suspended"]] = UNKNOWN
    status_reason: str | None = None
    members: Part[tuple[Member, ...]] = UNKNOWN
    balance: Part[Balance] = UNKNOWN
    lifetime_purchased: Part[int] = UNKNOWN
    limits: Part[Limits] = UNKNOWN
    credit_grants: Part[tuple[CreditGrant, ...]] = UNKNOWN
    invoices: Part[tuple[Invoice, ...]] = UNKNOWN
    payments: Part[tuple[Payment, ...]] = UNKNOWN
    payment_methods: Part[tuple[PaymentMethod, ...]] = UNKNOWN
    auto_recharge: Part[AutoRecharge | None] = UNKNOWN  # None: never set up
    api_keys: Part[tuple[ApiKey, ...]] = UNKNOWN
    last_error: Part[LastError | None] = UNKNOWN  # None: no failed call
    model_access: Part[tuple[ModelAccess, ...]] = UNKNOWN
    quotes: Part[tuple[Quote, ...]] = UNKNOWN
    incidents: Part[tuple[Incident, ...]] = UNKNOWN

    @property
    def zone(self) -> ZoneInfo:
        """The time zone in which this customer's dates are written."""
        return ZoneInfo(self.timezone or "UTC")

    def local(self, instant: datetime) -> datetime:
        """Return ``instant`` on the customer's own clock."""
        try:
            return instant.astimezone(self.zone)
        except OverflowError:  # "never" is often written as 9999-12-31T23:59:59Z
            return instant
