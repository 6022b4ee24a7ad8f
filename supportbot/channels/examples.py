"""Examples for the OpenAPI document."""

from typing import Any, Final

ANSWER_EXAMPLE: Final[dict[str, Any]] = {
    "id": "ans_900150983cd24fb0d6963f7d28e17f72",
    "conversation": "cnv_5d41402abc4b2a76b9719d911017c592",
    "asked_at": "2026-11-23T09:00:00Z",
    "outcome": "answered",
    "intents": [{"name": "account_balance", "confidence": 0.98}],
    "text": "Your balance is $120.00. [1]",
    "citations": [
        {
            "n": 1,
            "kind": "account",
            "record": "balance",
            "id": "northwind",
            "field": "total",
            "raw": 12000,
            "shown": "$120.00",
            "as_of": "2026-11-23T08:58:00Z",
            "source": "http",
        }
    ],
    "findings": [],
    "ruled_out": [],
    "unchecked": [],
    "suggestions": [],
    "degraded": [],
    "handoff": None,
}
