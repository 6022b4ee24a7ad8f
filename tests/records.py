"""
A healthy, complete account for tests to bend: ``northwind``, on which nothing is wrong.

``record(**parts)`` gives it as JSON would, ``account(**parts)`` as the value that the bot uses.
A part given as ``UNKNOWN`` is left out.  ``account`` takes parts either as JSON
(``balance={"total": 0}``) or as values (``balance=Balance(total=0)``).
"""

import json
from copy import deepcopy
from dataclasses import is_dataclass, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, Final

import pytest

from supportbot.account import UNKNOWN, Account
from supportbot.accounts.record import parse_record

AS_OF: Final = datetime(2026, 11, 23, 8, 58, tzinfo=UTC)
NOW: Final = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)

SCHEMA: Final = Path(__file__).parents[2] / "shared" / "accounts" / "account.schema.json"

NORTHWIND: Final[dict[str, Any]] = {
    "id": "northwind",
    "name": "Northwind Traders",
    "currency": "USD",
    "as_of": "2026-11-23T08:58:00Z",
    "timezone": "America/Los_Angeles",
    "tier": "build_2",
    "status": "active",
    "status_reason": None,
    "members": [
        {"email": "olga@northwind.example", "role": "owner"},
        {"email": "adam@northwind.example", "role": "admin"},
        {"email": "bea@northwind.example", "role": "billing"},
        {"email": "max@northwind.example", "role": "member"},
    ],
    "balance": {"total": 12000, "purchased": 11000, "free": 1000, "pending": 0},
    "lifetime_purchased": 50000,
    "limits": {"negative_limit": 10000, "balance_limit": None, "spent_this_period": 4200},
    "credit_grants": [
        {
            "id": "cg_1",
            "kind": "purchased",
            "amount": 50000,
            "remaining": 11000,
            "created_at": "2026-09-14T17:20:00Z",
            "effective_at": "2026-09-14T17:20:00Z",
            "expires_at": None,
            "voided_at": None,
            "settlement": "settled",
            "payment": "pay_1",
        },
        {
            "id": "cg_2",
            "kind": "free",
            "amount": 2500,
            "remaining": 1000,
            "created_at": "2026-09-20T10:00:00Z",
            "effective_at": "2026-09-20T10:00:00Z",
            "expires_at": "2027-09-20T10:00:00Z",
            "voided_at": None,
            "settlement": "settled",
            "payment": None,
        },
    ],
    "invoices": [
        {
            "id": "in_2038",
            "number": "INV-2038",
            "status": "paid",
            "collection": "automatic",
            "total": 18420,
            "amount_remaining": 0,
            "period_start": "2026-10-01T07:00:00Z",
            "period_end": "2026-11-01T07:00:00Z",
            "issued_at": "2026-11-01T08:10:00Z",
            "due_at": None,
            "paid_at": "2026-11-01T09:15:00Z",
            "attempts": 1,
            "next_attempt_at": None,
            "pay_url": "https://pay.example.test/in_2038",
        },
        {
            "id": "in_2052",
            "number": None,
            "status": "draft",
            "collection": "automatic",
            "total": 4200,
            "amount_remaining": 4200,
            "period_start": "2026-11-01T07:00:00Z",
            "period_end": "2026-12-01T08:00:00Z",
            "issued_at": None,
            "due_at": None,
            "paid_at": None,
            "attempts": 0,
            "next_attempt_at": None,
            "pay_url": None,
        },
    ],
    "payments": [
        {
            "id": "pay_1",
            "purpose": "top_up",
            "invoice": None,
            "method": "pm_1",
            "amount": 50000,
            "status": "succeeded",
            "created_at": "2026-09-14T17:19:00Z",
            "decline_code": None,
        },
        {
            "id": "pay_2",
            "purpose": "invoice",
            "invoice": "in_2038",
            "method": "pm_1",
            "amount": 18420,
            "status": "succeeded",
            "created_at": "2026-11-01T09:15:00Z",
            "decline_code": None,
        },
    ],
    "payment_methods": [
        {
            "id": "pm_1",
            "type": "card",
            "brand": "visa",
            "last4": "4242",
            "funding": "credit",
            "exp_month": 12,
            "exp_year": 2028,
            "default": True,
        }
    ],
    "auto_recharge": {
        "enabled": True,
        "threshold": 2000,
        "amount": 2500,
        "last_run_at": "2026-09-14T17:19:00Z",
        "last_result": "succeeded",
    },
    "api_keys": [{"last4": "a1b2", "status": "active", "account": "northwind"}],
    "last_error": None,
    "model_access": [
        {"model": "meta-llama/Llama-3.3-70B", "min_tier": None, "requires_purchased_credits": False}
    ],
    "quotes": [],
    "incidents": [],
}


def record(**parts: Any) -> dict[str, Any]:
    """Return the healthy record with ``parts`` put in its place; UNKNOWN leaves a part out."""
    merged = deepcopy(NORTHWIND) | parts
    return {name: value for name, value in merged.items() if value is not UNKNOWN}


def account(**parts: Any) -> Account:
    """Return the healthy account with ``parts`` (JSON or values) put in their place."""
    values = {name: part for name, part in parts.items() if _is_value(part)}
    written = {name: part for name, part in parts.items() if name not in values}
    return replace(parse_record(record(**written)), **values)


@cache
def published_schema() -> Any:
    """Return a ``jsonschema`` validator of the account record; skip where there is none."""
    if not SCHEMA.exists():
        pytest.skip(f"the published schema is not at {SCHEMA}")
    pytest.importorskip("rfc3339_validator", reason="without it instants are not checked")
    jsonschema = pytest.importorskip("jsonschema")
    return jsonschema.Draft202012Validator(
        json.loads(SCHEMA.read_text("utf-8")), format_checker=jsonschema.FormatChecker()
    )


def _is_value(part: Any) -> bool:
    return part is UNKNOWN or is_dataclass(part) or isinstance(part, tuple | datetime)
