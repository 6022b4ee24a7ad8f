"""Causes that a failed API call shows: keys, tiers, rate limits, rejected requests."""

from datetime import datetime, timedelta
from typing import Final

from supportbot.account import TIERS, UNKNOWN, Account, LastError, ModelAccess, Unknown
from supportbot.diagnosis.verdicts import Finding, Unchecked, Verdict, unchecked

RECENT: Final = timedelta(days=7)
REJECTED: Final = frozenset({400, 403, 404, 413, 422})
BILLING_WORDS: Final = ("quota", "billing", "balance", "credit", "payment")


def recent_error(account: Account, now: datetime) -> LastError | Unknown | None:
    """
    Return the last error if it is at most seven days old, to the instant.

    ``None``: no call failed, or not recently.  An error dated after ``now`` (another
    machine's clock) is not old, so it is recent.
    """
    error = account.last_error
    if error is UNKNOWN or error is None:
        return error
    return error if now - error.at <= RECENT else None


def service_incident(account: Account, now: datetime) -> Verdict:
    """The platform itself is in trouble."""
    if account.incidents is UNKNOWN:
        return unchecked("service_incident", account, "incidents")
    incidents = tuple(incident for incident in account.incidents if incident.state == "open")
    if not incidents:
        return None
    error = recent_error(account, now)
    if error is UNKNOWN or error is None or error.http_status < 500:
        return Finding("service_incident", "possible", incidents)
    return Finding("service_incident", "certain", (*incidents, error))


def key_revoked(account: Account, now: datetime) -> Verdict:
    """
    The key that was used is revoked, or is not listed while another one is revoked.

    Several keys may share an ending: one revoked key with it is enough, whosever it is.
    """
    cause, keys = "key_revoked", account.api_keys
    if account.last_error is None:
        return None
    if keys is not UNKNOWN and not any(key.status == "revoked" for key in keys):
        return None
    error = recent_error(account, now)
    if keys is UNKNOWN or error is UNKNOWN:
        return unchecked(cause, account, "api_keys", "last_error")
    if error is None or error.key_last4 is None:
        return None
    revoked = tuple(key for key in keys if key.status == "revoked")
    used = tuple(key for key in revoked if key.last4 == error.key_last4)
    if used:
        return Finding(cause, "certain", (*used, error))
    listed = any(key.last4 == error.key_last4 for key in keys)
    if error.http_status == 401 and not listed:
        return Finding(cause, "likely", (error, *revoked))
    return None


def key_of_other_account(account: Account, now: datetime) -> Verdict:
    """
    The key that was used belongs to another account, whose name nobody may hear.

    Several keys may share an ending: one of another account is enough.  A key that does
    not say whose it is counts as nobody else's.
    """
    cause, keys = "key_of_other_account", account.api_keys
    if account.last_error is None:
        return None
    error = recent_error(account, now)
    if keys is UNKNOWN or error is UNKNOWN:
        return unchecked(cause, account, "api_keys", "last_error")
    if error is None or error.key_last4 is None:
        return None
    others = tuple(key for key in keys if key.account not in (None, account.id))
    used = tuple(key for key in others if key.last4 == error.key_last4)
    return Finding(cause, "certain", (*used, error)) if used else None


def tier_too_low(account: Account, now: datetime) -> Verdict:
    """
    The model that was called asks for a higher tier.

    Decided without an error when no model is above the account's tier, and by the tier
    alone at the top: there even a ``min_tier`` of an unknown name asks for nothing more.
    """
    cause, tier, models = "tier_too_low", account.tier, account.model_access
    if account.last_error is None or tier == TIERS[-1]:
        return None
    if models is not UNKNOWN and tier is not UNKNOWN and _all_within(models, tier):
        return None
    error = recent_error(account, now)
    if models is UNKNOWN or tier is UNKNOWN or error is UNKNOWN:
        return unchecked(cause, account, "tier", "model_access", "last_error")
    called = _models_called(models, error)
    above = tuple(model for model in called if _asks_more(model, tier))
    if error is not None and above:
        return Finding(cause, "certain", (*above, error))
    if _all_within(called, tier):
        return None
    return Unchecked(cause, ("model_access.min_tier",))


def rate_limited(account: Account, now: datetime) -> Verdict:
    """Too many calls at once, unless the error's code speaks of money."""
    error = recent_error(account, now)
    if error is UNKNOWN:
        return unchecked("rate_limited", account, "last_error")
    if error is None or error.http_status != 429:
        return None
    code = (error.code or "").lower()
    if any(word in code for word in BILLING_WORDS):
        return None
    return Finding("rate_limited", "certain", (error,))


def request_rejected(account: Account, now: datetime) -> Verdict:
    """The call itself was at fault; an unchecked ``tier_too_low`` does not hold."""
    error = recent_error(account, now)
    if error is UNKNOWN:
        return unchecked("request_rejected", account, "last_error")
    if error is None or error.http_status not in REJECTED:
        return None
    if isinstance(tier_too_low(account, now), Finding):
        return None
    return Finding("request_rejected", "possible", (error,))


def needs_purchased_credits(account: Account, now: datetime) -> tuple[ModelAccess, ...]:
    """Return the entry of the recently called model if it asks for purchased credits."""
    error = recent_error(account, now)
    if account.model_access is UNKNOWN or error is UNKNOWN:
        return ()
    called = _models_called(account.model_access, error)
    return tuple(model for model in called if model.requires_purchased_credits)


def _models_called(
    models: tuple[ModelAccess, ...], error: LastError | None
) -> tuple[ModelAccess, ...]:
    if error is None or error.model is None:
        return ()
    return tuple(model for model in models if model.model == error.model)


def _asks_more(model: ModelAccess, tier: str) -> bool:
    if model.min_tier not in TIERS:
        return False
    return TIERS.index(model.min_tier) > TIERS.index(tier)


def _all_within(models: tuple[ModelAccess, ...], tier: str) -> bool:
    """Tell whether every model is known to ask for no more than ``tier``."""
    return not any(
        _asks_more(model, tier) or (model.min_tier is not None and model.min_tier not in TIERS)
        for model in models
    )
