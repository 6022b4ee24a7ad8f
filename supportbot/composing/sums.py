"""The sums that an answer may state, each with the figures that it is made from."""

from supportbot.account import UNKNOWN, Balance, Limits, Quote
from supportbot.answer import AccountCitation, ComputedCitation
from supportbot.composing.facts import Lookup, Written, item_field, money, part_field
from supportbot.composing.scope import Scope
from supportbot.composing.writing import counted
from supportbot.diagnosis import auto_recharge_purchases, missing_for

NEGATIVE_LIMIT = part_field("limits", "negative_limit", money)
BALANCE_LIMIT = part_field("limits", "balance_limit", money)
SPENT = part_field("limits", "spent_this_period", money)
TOTAL = part_field("balance", "total", money)
THRESHOLD = part_field("auto_recharge", "threshold", money)
AMOUNT = part_field("auto_recharge", "amount", money)
REQUIRED = item_field("quote", "required_amount", money)


def computed(scope: Scope, formula: str, raw: int, shown: str, *inputs: Lookup) -> Written | None:
    """Return ``shown`` with a citation of the sum; None unless every input is known."""
    citations: list[AccountCitation] = []
    for look_up in inputs:
        written = look_up(scope)
        if written is None:
            return None
        citations += [each for each in written.citations if isinstance(each, AccountCitation)]
    return Written(shown, (ComputedCitation(formula, tuple(citations), raw, shown),))


def negative_limit_room(scope: Scope) -> Written | None:
    """How much more may be used before the negative limit; None at or beyond it."""
    limits, balance = scope.account.limits, scope.account.balance
    if not isinstance(limits, Limits) or not isinstance(balance, Balance):
        return None
    if not isinstance(limits.negative_limit, int):
        return None
    room = limits.negative_limit + balance.total
    if room <= 0:
        return None
    formula, shown = "negative_limit + balance.total", money(room, scope.account)
    return computed(scope, formula, room, shown, NEGATIVE_LIMIT, TOTAL)


def balance_limit_left(scope: Scope) -> Written | None:
    """How much more may be used before the customer's own cap; None at or beyond it."""
    limits = scope.account.limits
    if not isinstance(limits, Limits) or not isinstance(limits.balance_limit, int):
        return None
    if limits.spent_this_period is UNKNOWN:
        return None
    left = limits.balance_limit - limits.spent_this_period
    if left <= 0:
        return None
    formula, shown = "balance_limit - spent_this_period", money(left, scope.account)
    return computed(scope, formula, left, shown, BALANCE_LIMIT, SPENT)


def auto_recharge_count(scope: Scope) -> Written | None:
    """How often auto-recharge buys until the threshold is met; None when it does not."""
    number = auto_recharge_purchases(scope.account)
    if not number:
        return None
    formula = "ceil((threshold - balance.total) / amount)"
    return computed(scope, formula, number, counted(number, "purchase"), THRESHOLD, TOTAL, AMOUNT)


def auto_recharge_after(scope: Scope) -> Written | None:
    """The balance when auto-recharge has met its threshold."""
    number = auto_recharge_purchases(scope.account)
    auto_recharge, balance = scope.account.auto_recharge, scope.account.balance
    if not number or not isinstance(balance, Balance):
        return None
    if auto_recharge is UNKNOWN or auto_recharge is None or auto_recharge.amount is None:
        return None
    after = balance.total + number * auto_recharge.amount
    formula = "balance.total + amount * ceil((threshold - balance.total) / amount)"
    shown = money(after, scope.account)
    return computed(scope, formula, after, shown, TOTAL, AMOUNT, THRESHOLD)


def job_shortfall(scope: Scope) -> Written | None:
    """What the balance lacks for a job; None when it suffices."""
    quote = scope.item("quote")
    missing = missing_for(quote, scope.account) if isinstance(quote, Quote) else None
    if missing is None or missing <= 0:
        return None
    formula, shown = "required_amount - balance.total", money(missing, scope.account)
    return computed(scope, formula, missing, shown, REQUIRED, TOTAL)
