"""
A Stripe that is not: one customer's situation, served over HTTP as Stripe would.

A scenario is a JSON object: ``customer``, and lists of ``invoices``, ``invoice_payments``,
``payment_intents``, ``payment_methods`` and ``credit_grants``, each object with only the fields
that matter; ``left`` says what is left of each grant, and of ``all``.  Objects are completed
from the examples of Stripe's API description in ../shared/specs, and validated against it before
anything is served, so that a state that Stripe cannot have fails at the start.
"""

import json
from collections.abc import Mapping, Sequence
from copy import deepcopy
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Final

import pytest
from jsonschema import Draft202012Validator

from supportbot.account import UNKNOWN, Account
from tests.fault_server import FaultServer, Request, Response

SPEC: Final = Path(__file__).parents[2] / "shared" / "specs" / "stripe-billing-subset.openapi.json"
SCENARIOS: Final = Path(__file__).parent / "scenarios" / "stripe"
KEY: Final = "rk_live_of_nobody_0123456789"
PATHS: Final[Mapping[str, tuple[str, str]]] = {
    "customer": ("/v1/customers/{customer}", "customer"),
    "invoices": ("/v1/invoices/{invoice}", "invoice"),
    "payment_intents": ("/v1/payment_intents/{intent}", "payment_intent"),
    "payment_methods": ("/v1/payment_methods/{payment_method}", "payment_method"),
    "credit_grants": ("/v1/billing/credit_grants/{id}", "billing.credit_grant"),
    "summary": ("/v1/billing/credit_balance_summary", "billing.credit_balance_summary"),
    "invoice_payments": ("/v1/invoice_payments", "invoice_payment"),
}
NEUTRAL: Final[Mapping[str, dict[str, Any]]] = {
    "customer": {},
    "invoices": {"due_date": None, "next_payment_attempt": None},
    "payment_intents": {"last_payment_error": None, "next_action": None, "canceled_at": None},
    "payment_methods": {},
    "credit_grants": {},
    "summary": {},
    "invoice_payments": {"status": "paid"},
}
LISTS: Final[Mapping[str, str]] = {
    "/v1/invoices": "invoices",
    "/v1/invoice_payments": "invoice_payments",
    "/v1/payment_intents": "payment_intents",
    "/v1/billing/credit_grants": "credit_grants",
}
FILTERS: Final = ("customer", "status", "type", "invoice")
DEFAULT_LIMIT: Final = 10


@cache
def spec() -> dict[str, Any]:
    if not SPEC.is_file():
        pytest.skip(f"{SPEC} is not there")
    loaded: dict[str, Any] = json.loads(SPEC.read_text(encoding="utf-8"))
    return loaded


def example(kind: str) -> dict[str, Any]:
    path, _ = PATHS[kind]
    content = spec()["paths"][path]["get"]["responses"]["200"]["content"]
    shown: dict[str, Any] = deepcopy(content["application/json"]["example"])
    first: dict[str, Any] = shown["data"][0] if shown.get("object") == "list" else shown
    return first


@cache
def validator(kind: str) -> Draft202012Validator:
    _, name = PATHS[kind]
    schemas = {key: _nullable(value) for key, value in spec()["components"]["schemas"].items()}
    schema = {"$ref": f"#/components/schemas/{name}", "components": {"schemas": schemas}}
    return Draft202012Validator(schema)


def _nullable(schema: Any) -> Any:
    """Turn OpenAPI 3.0's ``nullable`` into what a JSON Schema validator knows."""
    if isinstance(schema, list):
        return [_nullable(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    inner = {key: _nullable(value) for key, value in schema.items() if key != "nullable"}
    return {"anyOf": [inner, {"type": "null"}]} if schema.get("nullable") is True else inner


def completed(kind: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """Complete an object from its example; raise when Stripe could not have it so."""
    made = _merged(_merged(example(kind), NEUTRAL[kind]), given)
    problems = [
        f"{kind}: {each.json_path}: {each.message}" for each in validator(kind).iter_errors(made)
    ]
    if problems:
        raise ValueError("\n".join(problems))
    return made


def _merged(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(base)
    for key, value in over.items():
        inner = merged.get(key)
        both = isinstance(value, dict) and isinstance(inner, dict)
        merged[key] = _merged(inner, value) if both else value  # type: ignore[arg-type]
    return merged


class Stripe:
    """Answers requests about one customer."""

    def __init__(self, scenario: Mapping[str, Any]) -> None:
        self.customer = completed("customer", scenario["customer"])
        of = {"customer": self.customer["id"]}
        self.lists = {
            kind: [completed(kind, {**of, **each}) for each in scenario.get(kind, ())]
            for kind in ("invoices", "payment_intents", "payment_methods", "credit_grants")
        }
        self.lists["invoice_payments"] = [
            completed("invoice_payments", each) for each in scenario.get("invoice_payments", ())
        ]
        self.currency = self.customer["currency"] or "usd"
        self.left: Mapping[str, int] = scenario.get("left", {})

    def __call__(self, request: Request) -> Response:
        if request.headers.get("Authorization") != f"Bearer {KEY}":
            return _error(401, "invalid_request_error", "Invalid API Key provided")
        own = f"/v1/customers/{self.customer['id']}"
        if request.path == own:
            return Response(self.customer)
        if request.path == f"{own}/payment_methods":
            return self._page(request, self.lists["payment_methods"])
        if request.path == "/v1/customers/search":
            return Response(_list(request.path, self._found(request.asked("query") or "")))
        if request.path == "/v1/billing/credit_balance_summary":
            return Response(self._summary(request))
        if request.path in LISTS:
            return self._page(request, self.lists[LISTS[request.path]])
        return _error(404, "invalid_request_error", "No such object")

    def _found(self, query: str) -> list[dict[str, Any]]:
        pairs = self.customer["metadata"].items()
        wanted = [f"metadata['{name}']:'{value}'" for name, value in pairs]
        return [self.customer] if query in wanted else []

    def _summary(self, request: Request) -> dict[str, Any]:
        grant = request.asked("filter[credit_grant]")
        left = self.left.get(grant or "all")
        money = {"monetary": {"currency": self.currency, "value": left}, "type": "monetary"}
        balances = [] if left is None else [{"available_balance": money, "ledger_balance": money}]
        return completed("summary", {"balances": balances, "customer": self.customer["id"]})

    def _page(self, request: Request, objects: Sequence[dict[str, Any]]) -> Response:
        chosen = [each for each in objects if _passes(each, request)]
        limit = int(request.asked("limit") or DEFAULT_LIMIT)
        ids = [each["id"] for each in chosen]
        after = request.asked("starting_after")
        start = ids.index(after) + 1 if after in ids else 0
        page = chosen[start : start + limit]
        return Response(_list(request.path, page, more=start + limit < len(chosen)))


def _passes(found: Mapping[str, Any], request: Request) -> bool:
    asked = {name: request.asked(name) for name in FILTERS}
    return all(found.get(name) in (None, value) for name, value in asked.items() if value)


def _list(path: str, data: list[dict[str, Any]], *, more: bool = False) -> dict[str, Any]:
    return {"object": "list", "url": path, "has_more": more, "data": data}


def _error(status: int, kind: str, message: str) -> Response:
    return Response({"error": {"type": kind, "message": message}}, status)


def scenario(name: str) -> dict[str, Any]:
    """Read a situation's file."""
    loaded: dict[str, Any] = json.loads((SCENARIOS / f"{name}.json").read_text(encoding="utf-8"))
    return loaded


def stripe_server(about: Mapping[str, Any]) -> FaultServer:
    return FaultServer(Stripe(about))


def as_stripe(account: Account) -> dict[str, Any]:
    """Return an account as Stripe would have it: what Stripe cannot know is left out."""
    currency = account.currency.lower()
    customer = f"cus_{account.id}"
    methods = () if account.payment_methods is UNKNOWN else account.payment_methods
    invoices = () if account.invoices is UNKNOWN else account.invoices
    payments = () if account.payments is UNKNOWN else account.payments
    grants = () if account.credit_grants is UNKNOWN else account.credit_grants
    default = next((each.id for each in methods if each.default), None)
    left = {each.id: each.remaining for each in grants if each.remaining is not None}
    return {
        "customer": {
            "id": customer,
            "name": account.name,
            "currency": currency,
            "invoice_settings": {"default_payment_method": default},
            "metadata": {"account_id": account.id},
        },
        "payment_methods": [
            {
                "id": each.id,
                "card": {
                    "brand": each.brand or "unknown",
                    "last4": each.last4 or "0000",
                    "funding": each.funding,
                    "exp_month": each.exp_month or 1,
                    "exp_year": each.exp_year or 2030,
                },
            }
            for each in methods
        ],
        "invoices": [
            {
                "id": each.id,
                "number": each.number,
                "status": each.status,
                "currency": currency,
                "total": each.total,
                "amount_due": each.total,
                "amount_remaining": each.amount_remaining,
                "collection_method": (
                    "send_invoice" if each.collection == "send_invoice" else "charge_automatically"
                ),
                "attempt_count": each.attempts or 0,
                "due_date": _seconds(each.due_at),
                "next_payment_attempt": _seconds(each.next_attempt_at),
                "hosted_invoice_url": each.pay_url,
                "status_transitions": {
                    "finalized_at": _seconds(each.issued_at),
                    "paid_at": _seconds(each.paid_at),
                },
            }
            for each in invoices
        ],
        "invoice_payments": [
            {
                "id": f"inpay_{each.id}",
                "invoice": each.invoice,
                "currency": currency,
                "payment": {"type": "payment_intent", "payment_intent": each.id},
            }
            for each in payments
            if each.invoice
        ],
        "payment_intents": [
            {
                "id": each.id,
                "currency": currency,
                "amount": each.amount,
                "created": _seconds(each.created_at) or 0,
                "metadata": {"purpose": each.purpose},
                **_state(each.status, each.decline_code, each.method),
            }
            for each in payments
        ],
        "credit_grants": [
            {
                "id": each.id,
                "category": "paid" if each.kind == "purchased" else "promotional",
                "amount": {
                    "type": "monetary",
                    "monetary": {"currency": currency, "value": each.amount},
                },
                "created": _seconds(each.created_at) or 0,
                "effective_at": _seconds(each.effective_at),
                "expires_at": _seconds(each.expires_at),
                "voided_at": _seconds(each.voided_at),
                "metadata": {},
            }
            for each in grants
        ],
        "left": {**left, "all": sum(left.values())},
    }


def _state(status: str, code: str | None, method: str | None) -> dict[str, Any]:
    if status != "failed":
        return {"status": status, "payment_method": method}
    error: dict[str, Any] = {"type": "card_error", "code": "card_declined"}
    if code:
        error["decline_code"] = code
    if method:
        error["payment_method"] = completed("payment_methods", {"id": method})
    return {
        "status": "requires_payment_method",
        "payment_method": None,
        "last_payment_error": error,
    }


def _seconds(instant: datetime | None) -> int | None:
    return None if instant is None else int(instant.timestamp())
