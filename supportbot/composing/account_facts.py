"""The menu of facts about an account as a whole: balance, limits, auto-recharge."""

from typing import Final

from supportbot.composing.facts import (
    TIER_WORDS,
    FactEntry,
    day,
    money,
    part_field,
    pending_credits,
    plain,
)
from supportbot.composing.sums import (
    auto_recharge_after,
    auto_recharge_count,
    balance_limit_left,
    negative_limit_room,
)

ACCOUNT_FACTS: Final = (
    FactEntry(
        "account.name", "the customer's name", "Northwind Traders", part_field("", "name", plain)
    ),
    FactEntry("account.tier", "the tier", "Build Tier 2", part_field("", "tier", TIER_WORDS)),
    FactEntry(
        "account.as_of",
        "the day on which the record was read",
        "Nov 23, 2026",
        part_field("", "as_of", day),
    ),
    FactEntry(
        "account.status", "active or suspended", "suspended", part_field("", "status", plain)
    ),
    FactEntry(
        "account.status_reason",
        "the platform's reason for the status",
        "review",
        part_field("", "status_reason", plain),
    ),
    FactEntry(
        "account.lifetime_purchased",
        "all credits ever bought",
        "$150.00",
        part_field("", "lifetime_purchased", money),
    ),
    FactEntry(
        "balance.total",
        "the balance; negative when owing",
        "-$3.10",
        part_field("balance", "total", money),
    ),
    FactEntry(
        "balance.purchased",
        "purchased credits that are left",
        "$40.00",
        part_field("balance", "purchased", money),
    ),
    FactEntry(
        "balance.free", "free credits that are left", "$5.00", part_field("balance", "free", money)
    ),
    FactEntry(
        "balance.pending", "credits bought and not settled yet, if any", "$25.00", pending_credits
    ),
    FactEntry(
        "limits.negative_limit",
        "how far below zero usage may go",
        "$100.00",
        part_field("limits", "negative_limit", money),
    ),
    FactEntry(
        "limits.balance_limit",
        "the cap that the customer set",
        "$50.00",
        part_field("limits", "balance_limit", money),
    ),
    FactEntry(
        "limits.spent_this_period",
        "usage in this period",
        "$48.20",
        part_field("limits", "spent_this_period", money),
    ),
    FactEntry(
        "limits.left",
        "what is left before the customer's own cap",
        "$1.80",
        balance_limit_left,
        beside=("limits.balance_limit", "limits.spent_this_period"),
    ),
    FactEntry(
        "limits.room",
        "room left before the negative limit",
        "$96.90",
        negative_limit_room,
        beside=("limits.negative_limit", "balance.total"),
    ),
    FactEntry(
        "auto_recharge.threshold",
        "the balance below which it buys",
        "$50.00",
        part_field("auto_recharge", "threshold", money),
    ),
    FactEntry(
        "auto_recharge.amount",
        "what it buys each time",
        "$25.00",
        part_field("auto_recharge", "amount", money),
    ),
    FactEntry(
        "auto_recharge.last_run_on",
        "the day it last ran",
        "Nov 20, 2026",
        part_field("auto_recharge", "last_run_at", day),
    ),
    FactEntry(
        "auto_recharge.last_result",
        "succeeded or failed",
        "failed",
        part_field("auto_recharge", "last_result", plain),
    ),
    FactEntry(
        "auto_recharge.purchases",
        "purchases until the threshold is met",
        "2 purchases",
        auto_recharge_count,
        beside=("auto_recharge.threshold", "balance.total", "auto_recharge.amount"),
    ),
    FactEntry(
        "auto_recharge.balance_after",
        "the balance after those purchases",
        "$53.10",
        auto_recharge_after,
        beside=("auto_recharge.threshold", "balance.total", "auto_recharge.amount"),
    ),
)
