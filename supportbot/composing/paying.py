"""The "When" phrases about cards, auto-recharge and payments."""

from collections.abc import Callable, Iterable

from supportbot.account import UNKNOWN, AutoRecharge, Payment, PaymentMethod
from supportbot.composing.conditions import Check, Condition, holds_if, when_made
from supportbot.composing.scope import Bound, Scope
from supportbot.diagnosis import auto_recharge_purchases, default_card


def card_usable(scope: Scope) -> Bound | None:
    """The default card is recorded as a credit or debit card."""
    card = default_card(scope.account)
    if not isinstance(card, PaymentMethod) or card.funding not in ("credit", "debit"):
        return None
    return {"card": (card,)}


def has_card(scope: Scope) -> Bound | None:
    """There is a default card, of whatever kind."""
    card = default_card(scope.account)
    return {"card": (card,)} if isinstance(card, PaymentMethod) else None


def no_card(scope: Scope) -> Bound | None:
    """There is no card on the account."""
    return holds_if(scope.account.payment_methods == ())


def auto_recharge_is(enabled: bool) -> Check:
    """Auto-recharge is set up, and on or off."""

    def check(scope: Scope) -> Bound | None:
        auto_recharge = scope.account.auto_recharge
        if not isinstance(auto_recharge, AutoRecharge):
            return None
        return holds_if(auto_recharge.enabled == enabled)

    return check


def auto_recharge_absent(scope: Scope) -> Bound | None:
    """Auto-recharge was never set up."""
    return holds_if(scope.account.auto_recharge is None)


def auto_recharge_will_buy(scope: Scope) -> Bound | None:
    """The threshold is above the balance of an account whose auto-recharge is on."""
    auto_recharge = scope.account.auto_recharge
    on = isinstance(auto_recharge, AutoRecharge) and auto_recharge.enabled
    return holds_if(on and bool(auto_recharge_purchases(scope.account)))


def auto_recharge_bought(scope: Scope) -> Bound | None:
    """Auto-recharge has made payments, the newest first."""
    return _payments(scope, lambda payment: payment.purpose == "auto_recharge")


def auto_recharge_bought_nothing(scope: Scope) -> Bound | None:
    """Auto-recharge has made no payment."""
    return holds_if(auto_recharge_bought(scope) is None)


def paid_lately(scope: Scope) -> Bound | None:
    """Money was taken, the newest first."""
    return _payments(scope, lambda payment: payment.status == "succeeded")


def _payments(scope: Scope, wanted: Callable[[Payment], bool]) -> Bound | None:
    payments = () if scope.account.payments is UNKNOWN else scope.account.payments
    chosen = [payment for payment in payments if wanted(payment)]
    chosen.sort(key=when_made, reverse=True)
    return {"payment": tuple(chosen)} if chosen else None


def paying_conditions() -> Iterable[Condition]:
    """The phrases of this module, by subject."""
    yield from (
        Condition(
            "the default card is a credit or debit card",
            "binds it",
            ("payment_methods",),
            card_usable,
        ),
        Condition("there is a default card", "binds it", ("payment_methods",), has_card),
        Condition("there is no card", "none on the account", ("payment_methods",), no_card),
        Condition("auto-recharge is on", "", ("auto_recharge",), auto_recharge_is(True)),
        Condition(
            "auto-recharge is off",
            "set up once, now off",
            ("auto_recharge",),
            auto_recharge_is(False),
        ),
        Condition("auto-recharge was never set up", "", ("auto_recharge",), auto_recharge_absent),
        Condition(
            "the auto-recharge threshold is above the balance",
            "it buys at once",
            ("auto_recharge", "balance"),
            auto_recharge_will_buy,
        ),
        Condition(
            "auto-recharge has bought credits",
            "binds its payments, newest first",
            ("payments",),
            auto_recharge_bought,
        ),
        Condition(
            "no auto-recharge payment is on record", "", ("payments",), auto_recharge_bought_nothing
        ),
        Condition(
            "money was taken",
            "binds the payments that succeeded, newest first",
            ("payments",),
            paid_lately,
        ),
    )
