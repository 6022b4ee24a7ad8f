"""
A Lago that is not: one customer's situation, served over HTTP as Lago would.

A scenario is a JSON object: ``customer``, and lists of ``invoices``, ``payments``,
``payment_methods`` and ``wallets``, each wallet with its ``transactions``; each object with only
the fields that matter.  Objects are completed from the examples of Lago's API description in
../shared/specs, and validated against it before anything is served.
"""

import json
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import pytest
from jsonschema import Draft202012Validator

from supportbot.account import UNKNOWN, Account
from tests.fault_server import FaultServer, Request, Response

SPEC: Final = Path(__file__).parents[2] / "shared" / "specs" / "lago-billing-subset.openapi.json"
SCENARIOS: Final = Path(__file__).parent / "scenarios" / "lago"
KEY: Final = "lago-key-of-nobody"
SCHEMAS: Final[Mapping[str, str]] = {
    "customer": "CustomerObjectExtended",
    "invoices": "InvoiceObject",
    "payments": "PaymentObject",
    "payment_methods": "PaymentMethodObject",
    "wallets": "WalletObject",
    "transactions": "WalletTransactionObject",
    "rules": "WalletRecurringTransactionRule",
}
NEUTRAL: Final[Mapping[str, dict[str, Any]]] = {
    "customer": {"metadata": [], "applicable_timezone": "UTC"},
    "invoices": {"customer": None, "payment_overdue": False},
    "payments": {"next_action": {}},
    "payment_methods": {},
    "wallets": {
        "recurring_transaction_rules": [],
        "terminated_at": None,
        "expiration_at": None,
        "rate_amount": "1.0",
        "balance": "0.0",  # required, but not described
    },
    "transactions": {},
    "rules": {},
}
PER_PAGE: Final = 20


@cache
def spec() -> dict[str, Any]:
    if not SPEC.is_file():
        pytest.skip(f"{SPEC} is not there")
    loaded: dict[str, Any] = json.loads(SPEC.read_text(encoding="utf-8"))
    return loaded


def _example(schema: Mapping[str, Any]) -> Any:
    """Build an example of what is required, from the examples of the fields."""
    if "$ref" in schema:
        named = schema["$ref"].rpartition("/")[2]
        return schema.get("example", _example(spec()["components"]["schemas"][named]))
    if "example" in schema:
        return schema["example"]
    if "enum" in schema:
        return schema["enum"][0]
    if "allOf" in schema or schema.get("type") == "object":
        return _object(schema)
    return [] if schema.get("type") == "array" else None


def _object(schema: Mapping[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for part in schema.get("allOf", ()):
        made |= _example(part)
    required = schema.get("required", ())
    made |= {k: _example(v) for k, v in schema.get("properties", {}).items() if k in required}
    return made


@cache
def validator(kind: str) -> Draft202012Validator:
    reference = f"#/components/schemas/{SCHEMAS[kind]}"
    return Draft202012Validator({"$ref": reference, "components": spec()["components"]})


def completed(kind: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """Complete an object from examples; raise when Lago could not have it so."""
    made = {**_example(spec()["components"]["schemas"][SCHEMAS[kind]]), **NEUTRAL[kind], **given}
    made = {name: value for name, value in made.items() if name != "customer" or value}
    faults = [f"{each.json_path}: {each.message}" for each in validator(kind).iter_errors(made)]
    if faults:
        raise ValueError("\n".join((kind, *faults)))
    return made


class Lago:
    """Answers requests about one customer."""

    def __init__(self, scenario: Mapping[str, Any]) -> None:
        self.customer = completed("customer", scenario["customer"])
        own = {"external_customer_id": self.customer["external_id"]}
        self.lists: dict[str, list[dict[str, Any]]] = {
            "invoices": [completed("invoices", each) for each in scenario.get("invoices", ())],
            "payments": [
                completed("payments", {**own, **each}) for each in scenario.get("payments", ())
            ],
            "payment_methods": [
                completed("payment_methods", each) for each in scenario.get("payment_methods", ())
            ],
            "wallets": [
                completed("wallets", {**own, **_without(each)})
                for each in scenario.get("wallets", ())
            ],
        }
        self.transactions = {
            each["lago_id"]: [
                completed("transactions", {"lago_wallet_id": each["lago_id"], **one})
                for one in each.get("transactions", ())
            ]
            for each in scenario.get("wallets", ())
        }

    def __call__(self, request: Request) -> Response:
        if request.headers.get("Authorization") != f"Bearer {KEY}":
            return Response({"status": 401, "error": "Unauthorized"}, 401)
        own = f"/api/v1/customers/{self.customer['external_id']}"
        if request.path == own:
            return Response({"customer": self.customer})
        name = request.path.rpartition("/")[2]
        if request.path == f"{own}/{name}" and name in self.lists:
            return _page(request, name, self.lists[name])
        wallet = request.path.removeprefix("/api/v1/wallets/").partition("/")[0]
        if name == "wallet_transactions" and wallet in self.transactions:
            return _page(request, name, self.transactions[wallet])
        return Response({"status": 404, "error": "Not Found", "code": "not_found"}, 404)


def _without(wallet: Mapping[str, Any]) -> dict[str, Any]:
    made = {name: value for name, value in wallet.items() if name != "transactions"}
    rules = made.get("recurring_transaction_rules", ())
    return {**made, "recurring_transaction_rules": [completed("rules", each) for each in rules]}


def _page(request: Request, name: str, objects: Sequence[dict[str, Any]]) -> Response:
    number, size = int(request.asked("page") or 1), int(request.asked("per_page") or PER_PAGE)
    pages = max(1, -(-len(objects) // size))
    meta = {
        "current_page": number,
        "next_page": number + 1 if number < pages else None,
        "prev_page": number - 1 if number > 1 else None,
        "total_pages": pages,
        "total_count": len(objects),
    }
    return Response({name: list(objects[(number - 1) * size : number * size]), "meta": meta})


def scenario(name: str) -> dict[str, Any]:
    """Read a situation's file."""
    loaded: dict[str, Any] = json.loads((SCENARIOS / f"{name}.json").read_text(encoding="utf-8"))
    return loaded


def lago_server(about: Mapping[str, Any]) -> FaultServer:
    return FaultServer(Lago(about))


class _Ids:
    """Makes ids that Lago could have: the same for the same name."""

    def __init__(self) -> None:
        self._made: dict[str, str] = {}

    def __call__(self, name: str | None) -> str | None:
        if name is None:
            return None
        number = self._made.setdefault(name, f"{len(self._made) + 1:012d}")
        return f"00000000-0000-4000-8000-{number}"


def as_lago(account: Account) -> dict[str, Any]:
    """Return an account as Lago would have it: what Lago cannot know is left out."""
    ids, zone = _Ids(), account.zone
    zones = spec()["components"]["schemas"]["Timezone"]["enum"]
    invoices = () if account.invoices is UNKNOWN else account.invoices
    payments = () if account.payments is UNKNOWN else account.payments
    total = 0 if account.balance is UNKNOWN else account.balance.total
    return {
        "customer": {
            "external_id": account.id,
            "name": account.name,
            "currency": account.currency,
            "applicable_timezone": account.timezone if account.timezone in zones else "UTC",
        },
        "invoices": [
            {
                "lago_id": ids(each.id),
                "number": each.number or "DRAFT",
                "invoice_type": "subscription",
                "status": _invoice_status(each.status),
                "payment_status": "succeeded" if each.status == "paid" else "pending",
                "currency": account.currency,
                "total_amount_cents": each.total,
                **_dates(each, zone),
            }
            for each in invoices
        ],
        "payments": [
            {
                "lago_id": ids(each.id),
                "invoice_ids": [ids(each.invoice)] if each.invoice else [],
                "amount_cents": each.amount,
                "amount_currency": account.currency,
                "payment_status": _payment_status(each.status),
                "next_action": {"type": "approve"} if each.status == "requires_action" else {},
                "created_at": each.created_at.isoformat() if each.created_at else "",
            }
            for each in payments
            if each.status != "canceled"
        ],
        "wallets": [_wallet(account, total, ids)],
    }


def _invoice_status(status: str) -> str:
    return {"draft": "draft", "void": "voided"}.get(status, "finalized")


def _payment_status(status: str) -> str:
    return {"requires_action": "pending"}.get(status, status)


def _dates(invoice: Any, zone: ZoneInfo) -> dict[str, Any]:
    issued = invoice.issued_at or invoice.period_end
    due = invoice.due_at or invoice.issued_at
    dates = {"issuing_date": issued.astimezone(zone).date().isoformat() if issued else None}
    made = {name: value for name, value in dates.items() if value}
    if issued:
        made["created_at"] = issued.isoformat()
    if due:
        made["payment_due_date"] = due.astimezone(zone).date().isoformat()
    return made


def _wallet(account: Account, total: int, ids: _Ids) -> dict[str, Any]:
    grants = () if account.credit_grants is UNKNOWN else account.credit_grants
    return {
        "lago_id": ids("wallet"),
        "status": "active",
        "currency": account.currency,
        "ongoing_balance_cents": total,
        "transactions": [
            {
                "lago_id": ids(each.id),
                "transaction_type": "inbound",
                "transaction_status": "purchased" if each.kind == "purchased" else "granted",
                "status": each.settlement or "settled",
                "source": "manual",
                "amount": _major(each.amount, account.currency),
                "remaining_amount_cents": each.remaining,
                "created_at": each.created_at.isoformat() if each.created_at else "",
                "settled_at": each.effective_at.isoformat() if each.effective_at else None,
                "lago_invoice_id": None,
            }
            for each in grants
            if each.voided_at is None and each.expires_at is None
        ],
    }


def _major(minor: int, currency: str) -> str:
    return str(minor) if currency == "JPY" else f"{minor / 100:.2f}"
