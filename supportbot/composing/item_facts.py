"""The menu of facts about one item of the record: an invoice, a card, a credit, a job."""

from typing import Final

from supportbot.composing.facts import (
    INVOICE_STATES,
    JOB_WORDS,
    PAYMENT_STATES,
    PURPOSE_WORDS,
    TIER_WORDS,
    FactEntry,
    card_expiry,
    card_name,
    code,
    day,
    grant_expired_on,
    invoice_number,
    item_field,
    money,
    pay_link,
    payment_card,
    payment_invoice,
    payment_reason,
    plain,
)
from supportbot.composing.sums import job_shortfall

ITEM_FACTS: Final = (
    FactEntry(
        "grant.amount", "what the credit was worth", "$25.00", item_field("grant", "amount", money)
    ),
    FactEntry(
        "grant.remaining",
        "what is left of the credit",
        "$12.00",
        item_field("grant", "remaining", money),
    ),
    FactEntry(
        "grant.created_on",
        "the day it was bought or given",
        "Nov 2, 2026",
        item_field("grant", "created_at", day),
    ),
    FactEntry(
        "grant.effective_on",
        "the day from which it counts",
        "Nov 25, 2026",
        item_field("grant", "effective_at", day),
    ),
    FactEntry(
        "grant.expires_on",
        "the day on which it expires or expired",
        "Dec 31, 2026",
        item_field("grant", "expires_at", day),
    ),
    FactEntry(
        "grant.expired_on",
        "the day on which it expired, if it did",
        "Nov 12, 2026",
        grant_expired_on,
    ),
    FactEntry(
        "grant.voided_on",
        "the day it was taken back",
        "Nov 12, 2026",
        item_field("grant", "voided_at", day),
    ),
    FactEntry(
        "invoice.number", 'the invoice number; "draft" without one', "INV-2041", invoice_number
    ),
    FactEntry(
        "invoice.status",
        "draft, open, paid, void or uncollectible",
        "open",
        item_field("invoice", "status", INVOICE_STATES),
    ),
    FactEntry(
        "invoice.total",
        "what the invoice came to",
        "$312.40",
        item_field("invoice", "total", money),
    ),
    FactEntry(
        "invoice.amount_remaining",
        "what is still to be paid of it",
        "$312.40",
        item_field("invoice", "amount_remaining", money),
    ),
    FactEntry(
        "invoice.period_start",
        "first day of the usage billed",
        "Oct 1, 2026",
        item_field("invoice", "period_start", day),
    ),
    FactEntry(
        "invoice.period_end",
        "the day on which the usage billed ends",
        "Nov 1, 2026",
        item_field("invoice", "period_end", day),
    ),
    FactEntry(
        "invoice.issued_on",
        "the day it was issued",
        "Nov 1, 2026",
        item_field("invoice", "issued_at", day),
    ),
    FactEntry(
        "invoice.due_on", "the day it is due", "Nov 15, 2026", item_field("invoice", "due_at", day)
    ),
    FactEntry(
        "invoice.paid_on",
        "the day it was paid",
        "Nov 3, 2026",
        item_field("invoice", "paid_at", day),
    ),
    FactEntry(
        "invoice.pay_url",
        "the link at which it is paid",
        "https://pay.example.com/2041",
        pay_link,
        billing_only=True,
    ),
    FactEntry(
        "payment.amount",
        "the amount of the payment",
        "$25.00",
        item_field("payment", "amount", money),
    ),
    FactEntry(
        "payment.purpose",
        "what it was for",
        "credit purchase",
        item_field("payment", "purpose", PURPOSE_WORDS),
    ),
    FactEntry(
        "payment.created_on",
        "the day it was tried",
        "Nov 20, 2026",
        item_field("payment", "created_at", day),
    ),
    FactEntry(
        "payment.status",
        "succeeded, failed, processing …",
        "succeeded",
        item_field("payment", "status", PAYMENT_STATES),
    ),
    FactEntry(
        "payment.reason",
        "why it was declined, in plain words",
        "declined by the bank",
        payment_reason,
        billing_only=True,
    ),
    FactEntry("payment.invoice", "the invoice that it was for", "INV-2041", payment_invoice),
    FactEntry(
        "payment.card",
        "the card that it was tried with",
        "Visa card ending 4242",
        payment_card,
        billing_only=True,
    ),
    FactEntry(
        "card.name",
        'the card; "default card" without billing rights',
        "Visa card ending 4242",
        card_name,
    ),
    FactEntry(
        "card.kind",
        "credit, debit, prepaid or unknown",
        "prepaid",
        item_field("card", "funding", plain),
    ),
    FactEntry("card.expires", "the card's last month", "12/2026", card_expiry),
    FactEntry(
        "key.last4", "the last characters of an API key", "a1b2", item_field("key", "last4", plain)
    ),
    FactEntry(
        "error.status",
        "the HTTP status of the latest failed call",
        "402",
        item_field("error", "http_status", plain),
    ),
    FactEntry(
        "error.code", "its error code", "`insufficient_quota`", item_field("error", "code", code)
    ),
    FactEntry(
        "error.model",
        "the model that was called",
        "`meta-llama/Llama-3.3-70B`",
        item_field("error", "model", code),
    ),
    FactEntry(
        "error.key",
        "the last characters of the key that was used",
        "a1b2",
        item_field("error", "key_last4", plain),
    ),
    FactEntry("error.on", "the day of that call", "Nov 22, 2026", item_field("error", "at", day)),
    FactEntry(
        "model.name", "a model", "`meta-llama/Llama-3.3-70B`", item_field("model", "model", code)
    ),
    FactEntry(
        "model.min_tier",
        "the tier that the model asks for",
        "Build Tier 5",
        item_field("model", "min_tier", TIER_WORDS),
    ),
    FactEntry(
        "quote.kind",
        "the job or endpoint asked for",
        "fine-tuning job",
        item_field("quote", "kind", JOB_WORDS),
    ),
    FactEntry("quote.name", "its name", "`support-model-v2`", item_field("quote", "name", code)),
    FactEntry(
        "quote.required_amount",
        "the balance that it needs",
        "$60.00",
        item_field("quote", "required_amount", money),
    ),
    FactEntry(
        "quote.missing",
        "what the balance lacks for it",
        "$15.00",
        job_shortfall,
        beside=("quote.required_amount", "balance.total"),
    ),
    FactEntry(
        "incident.service",
        "the service in trouble",
        "Dedicated endpoints",
        item_field("incident", "service", plain),
    ),
    FactEntry(
        "incident.summary",
        "what is known of it",
        "Elevated error rates",
        item_field("incident", "summary", plain),
    ),
    FactEntry(
        "incident.started_on",
        "the day it began",
        "Nov 23, 2026",
        item_field("incident", "started_at", day),
    ),
)
