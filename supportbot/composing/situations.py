"""The "When" phrases about credits, limits, tiers and jobs."""

from collections.abc import Iterable

from supportbot.account import (
    UNKNOWN,
    Balance,
    CreditGrant,
    Limits,
)
from supportbot.composing.conditions import Check, Condition, holds_if
from supportbot.composing.scope import Bound, Scope
from supportbot.diagnosis import (
    Item,
)


def _balance(scope: Scope) -> Balance:
    balance = scope.account.balance
    return balance if isinstance(balance, Balance) else Balance(0)


def _limits(scope: Scope) -> Limits:
    limits = scope.account.limits
    return limits if isinstance(limits, Limits) else Limits()


def _grants(scope: Scope) -> tuple[CreditGrant, ...]:
    grants = scope.account.credit_grants
    return () if grants is UNKNOWN else grants


def _bind(name: str, items: Iterable[Item]) -> Bound | None:
    chosen = tuple(items)
    return {name: chosen} if chosen else None


def _amount(value: object) -> int:
    return value if isinstance(value, int) else 0


def has_purchased(scope: Scope) -> Bound | None:
    """Some purchased credits are left."""
    return holds_if(_amount(_balance(scope).purchased) > 0)


def has_both_kinds(scope: Scope) -> Bound | None:
    """Both purchased and free credits are left."""
    balance = _balance(scope)
    return holds_if(_amount(balance.purchased) > 0 and _amount(balance.free) > 0)


def has_free(scope: Scope) -> Bound | None:
    """Some free credits are left."""
    return holds_if(_amount(_balance(scope).free) > 0)


def has_no_credits(scope: Scope) -> Bound | None:
    """Neither purchased nor free credits are left."""
    balance = _balance(scope)
    return holds_if(_amount(balance.purchased) <= 0 and _amount(balance.free) <= 0)


def free_will_expire(scope: Scope) -> Bound | None:
    """Free credits with an expiry date ahead, the soonest first."""
    ahead = [
        (grant.expires_at, grant)
        for grant in _grants(scope)
        if grant.kind == "free"
        and _is_live(grant)
        and grant.expires_at
        and grant.expires_at >= scope.now
    ]
    return _bind("grant", (grant for _, grant in sorted(ahead, key=lambda pair: pair[0])))


def purchased_has_expiry(scope: Scope) -> Bound | None:
    """A purchased credit for which the record, against the documentation, has an expiry."""
    return _bind(
        "grant",
        (g for g in _grants(scope) if g.kind == "purchased" and g.expires_at and _is_live(g)),
    )


def _is_live(grant: CreditGrant) -> bool:
    return grant.voided_at is None and grant.remaining != 0


def balance_known(_scope: Scope) -> Bound | None:
    """The balance was read, whatever it is."""
    return {}


def balance_above_zero(scope: Scope) -> Bound | None:
    """The balance is positive."""
    return holds_if(_balance(scope).total > 0)


def balance_below_zero(scope: Scope) -> Bound | None:
    """The balance is negative."""
    return holds_if(_balance(scope).total < 0)


def balance_zero(scope: Scope) -> Bound | None:
    """The balance is exactly zero."""
    return holds_if(_balance(scope).total == 0)


def may_go_below_zero(scope: Scope) -> Bound | None:
    """The record has a negative limit, and it is not reached."""
    limit = _limits(scope).negative_limit
    return holds_if(isinstance(limit, int) and _balance(scope).total > -limit)


def has_balance_limit(scope: Scope) -> Bound | None:
    """The customer has set a cap."""
    return holds_if(isinstance(_limits(scope).balance_limit, int))


def no_balance_limit(scope: Scope) -> Bound | None:
    """The customer has set no cap."""
    return holds_if(_limits(scope).balance_limit is None)


def tier_is(*tiers: str) -> Check:
    """The account is on one of these tiers."""
    return lambda scope: holds_if(scope.account.tier in tiers)


def has_quotes(scope: Scope) -> Bound | None:
    """There are quotes, and the balance covers each."""
    quotes = () if scope.account.quotes is UNKNOWN else scope.account.quotes
    total = _balance(scope).total
    covered = all(quote.required_amount <= total for quote in quotes)
    return _bind("quote", quotes) if covered else None


def situation_conditions() -> Iterable[Condition]:
    """The phrases of this module, by subject."""
    kinds = ("balance.purchased", "balance.free")
    yield from (
        Condition("the account has purchased credits", "some are left", kinds[:1], has_purchased),
        Condition("the account has free credits", "some are left", kinds[1:], has_free),
        Condition(
            "the account has free and purchased credits", "some of each", kinds, has_both_kinds
        ),
        Condition(
            "the account has no credits", "neither free nor purchased", kinds, has_no_credits
        ),
        Condition(
            "a free credit will expire",
            "binds it, the soonest first",
            ("credit_grants",),
            free_will_expire,
        ),
        Condition(
            "a purchased credit has an expiration date",
            "the record differs from the documentation",
            ("credit_grants",),
            purchased_has_expiry,
        ),
        Condition("the balance is known", "whatever it is", ("balance",), balance_known),
        Condition("the balance is above zero", "", ("balance",), balance_above_zero),
        Condition("the balance is zero", "", ("balance",), balance_zero),
        Condition("the balance is below zero", "", ("balance",), balance_below_zero),
        Condition(
            "the account may go below zero",
            "the record has a negative limit",
            ("balance", "limits.negative_limit"),
            may_go_below_zero,
        ),
        Condition(
            "a balance limit is set",
            "the customer's own cap",
            ("limits.balance_limit",),
            has_balance_limit,
        ),
        Condition("no balance limit is set", "", ("limits.balance_limit",), no_balance_limit),
        Condition(
            "the tier is Build Tier 1 to 4",
            "",
            ("tier",),
            tier_is("build_1", "build_2", "build_3", "build_4"),
        ),
        Condition("the tier is Build Tier 5", "", ("tier",), tier_is("build_5")),
        Condition("the tier is Scale or Enterprise", "", ("tier",), tier_is("scale", "enterprise")),
        Condition(
            "the balance covers every quoted job",
            "binds the quotes",
            ("quotes", "balance"),
            has_quotes,
        ),
    )
