"""
Random account records for hypothesis: any part unknown, items that refer to each other.

Ids, endings, amounts and instants come from small pools, so that payments meet invoices,
keys meet errors, and amounts meet the limits that the rules name.  What a rule asks for
stands in its pool more than once, so that causes with long conditions are found too.
"""

from datetime import timedelta
from typing import Any, Final

from hypothesis import strategies as st

from supportbot.account import (
    TIERS,
    UNKNOWN,
    Account,
    ApiKey,
    AutoRecharge,
    Balance,
    CreditGrant,
    Incident,
    Invoice,
    LastError,
    Limits,
    Member,
    ModelAccess,
    Payment,
    PaymentMethod,
    Quote,
)
from tests.records import NOW

DAY: Final = timedelta(days=1)
OFFSETS: Final = (-40 * DAY, -8 * DAY, -7 * DAY, -3 * DAY, -DAY / 24, 0 * DAY, DAY / 24, 20 * DAY)

instants = st.sampled_from([NOW + offset for offset in OFFSETS])
maybe_instants = st.none() | instants
seldom = st.sampled_from([None, None, None, None, *(NOW + offset for offset in OFFSETS)])
amounts = st.sampled_from([-10_001, -10_000, -9_999, -1, 0, 1, 499, 500, 2_500, 10_000, 250_000])
endings = st.sampled_from(["a1b2", "dead"])
models = st.sampled_from(["small", "big"])
invoice_ids = st.sampled_from(["in_1", "in_2"])
card_ids = st.sampled_from(["pm_1", "pm_2"])


def unless_unknown(part: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Return the part, or one time in seven that it could not be read."""
    return st.sampled_from([st.just(UNKNOWN), *[part] * 6]).flatmap(lambda chosen: chosen)


def seldom_none(part: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.sampled_from([st.none(), part, part, part]).flatmap(lambda chosen: chosen)


def several(item: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.sampled_from((0, 1, 2, 2, 3)).flatmap(lambda size: st.tuples(*[item] * size))


members = st.builds(
    Member,
    email=st.sampled_from(["olga@example.test", "max@example.test"]),
    role=st.sampled_from(["owner", "admin", "billing", "member"]),
)
balances = st.builds(
    Balance,
    total=amounts,
    purchased=unless_unknown(amounts),
    free=unless_unknown(amounts),
    pending=unless_unknown(amounts),
)
limits = st.builds(
    Limits,
    negative_limit=unless_unknown(st.none() | amounts.filter(lambda cents: cents >= 0)),
    balance_limit=unless_unknown(st.none() | amounts.filter(lambda cents: cents >= 0)),
    spent_this_period=unless_unknown(amounts),
)
grants = st.builds(
    CreditGrant,
    id=st.sampled_from(["cg_1", "cg_2"]),
    kind=st.sampled_from(["purchased", "purchased", "free"]),
    amount=amounts,
    remaining=st.none() | amounts,
    created_at=st.sampled_from([None, NOW - DAY, NOW - DAY, NOW - 5 * DAY, NOW - 40 * DAY]),
    effective_at=maybe_instants,
    expires_at=maybe_instants,
    voided_at=seldom,
    settlement=st.sampled_from(["settled", "settled", "pending", "failed", None]),
)
invoices = st.builds(
    Invoice,
    id=invoice_ids,
    status=st.sampled_from(
        ["open", "open", "uncollectible", "uncollectible", "draft", "paid", "void"]
    ),
    total=amounts,
    amount_remaining=st.sampled_from([0, 1, 2_500, 250_000]),
    number=st.none() | st.just("INV-1"),
    collection=st.sampled_from(["automatic", "automatic", "send_invoice", None]),
    issued_at=st.sampled_from([None, NOW - 40 * DAY, NOW - 40 * DAY, NOW - 3 * DAY]),
    due_at=maybe_instants,
    attempts=st.sampled_from([None, 0, 1, 2]),
    pay_url=st.none() | st.just("https://pay.example.test/1"),
)
payments = st.builds(
    Payment,
    id=st.sampled_from(["py_1", "py_2", "py_3"]),
    purpose=st.sampled_from(["invoice", "top_up", "auto_recharge"]),
    amount=amounts,
    status=st.sampled_from(["succeeded", "failed", "processing", "requires_action", "canceled"]),
    invoice=st.none() | invoice_ids,
    method=st.none() | card_ids,
    created_at=maybe_instants,
    decline_code=st.sampled_from(["card_not_supported", "lost_card", None]),
)
cards = st.builds(
    PaymentMethod,
    id=card_ids,
    type=st.just("card"),
    brand=st.none() | st.just("visa"),
    last4=st.none() | st.just("4242"),
    funding=st.sampled_from(["credit", "debit", "prepaid", "unknown"]),
    exp_month=st.none() | st.integers(1, 12),
    exp_year=st.none() | st.sampled_from([-1, 0, 2025, 2026, 2027, 10_000]),
    default=st.booleans(),
)
auto_recharges = st.builds(
    AutoRecharge,
    enabled=st.booleans(),
    threshold=st.none() | amounts,
    amount=st.none() | amounts,
    last_result=st.sampled_from(["succeeded", "failed", None]),
)
api_keys = st.builds(
    ApiKey,
    last4=endings,
    status=st.sampled_from(["active", "revoked"]),
    account=st.sampled_from(["northwind", "southwind", "southwind", None]),
)
errors = st.builds(
    LastError,
    http_status=st.sampled_from([401, 402, 403, 422, 429, 429, 500]),
    at=st.sampled_from([NOW - 8 * DAY, NOW - 7 * DAY, NOW - DAY, NOW]),
    code=st.sampled_from([None, "rate_limit", "Insufficient_Quota"]),
    model=st.sampled_from([None, "small", "small", "big", "big"]),
    key_last4=st.sampled_from([None, "a1b2", "a1b2", "dead", "0000"]),
)
model_access = st.builds(
    ModelAccess,
    model=models,
    min_tier=st.sampled_from([None, "platinum", "build_2", "build_4", "scale", "enterprise"]),
    requires_purchased_credits=st.booleans(),
)
quotes = st.builds(
    Quote,
    kind=st.sampled_from(["dedicated_endpoint", "fine_tuning", "evaluation"]),
    required_amount=amounts,
    name=st.none() | st.just("nightly"),
)
incidents = st.builds(
    Incident,
    id=st.sampled_from(["inc_1", "inc_2"]),
    service=st.just("inference"),
    state=st.sampled_from(["open", "resolved"]),
    summary=st.none() | st.just("Slow answers"),
    started_at=maybe_instants,
)

PARTS: Final[dict[str, st.SearchStrategy[Any]]] = {
    "tier": st.sampled_from(["build_1", "build_1", "build_2", *TIERS]),
    "status": st.sampled_from(["active", "suspended"]),
    "members": several(members),
    "balance": balances,
    "lifetime_purchased": amounts,
    "limits": limits,
    "credit_grants": several(grants),
    "invoices": several(invoices),
    "payments": several(payments),
    "payment_methods": several(cards),
    "auto_recharge": st.none() | auto_recharges,
    "api_keys": several(api_keys),
    "last_error": seldom_none(errors),
    "model_access": several(model_access),
    "quotes": several(quotes),
    "incidents": several(incidents),
}

accounts: Final[st.SearchStrategy[Account]] = st.builds(
    Account,
    id=st.just("northwind"),
    name=st.just("Northwind Traders"),
    currency=st.sampled_from(["USD", "USD", "EUR", "JPY"]),
    as_of=instants,
    timezone=st.sampled_from([None, "UTC", "America/Los_Angeles", "Pacific/Auckland"]),
    status_reason=st.sampled_from([None, "past_due", "review"]),
    **{name: unless_unknown(part) for name, part in PARTS.items()},
)
