"""An answer in the forms that channels need: the Answer object, and plain text for a terminal."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from supportbot.answer import AccountCitation, Answer, Citation, ComputedCitation, DocCitation


def to_json(answer: Answer, ref: str | None = None) -> dict[str, Any]:
    """Return the Answer object of the public interface; ``ref`` is a batch line's own id."""
    numbers = {citation: n for n, citation in enumerate(answer.citations, 1)}
    identity = {"id": answer.id} if ref is None else {"id": answer.id, "ref": ref}
    return {
        **identity,
        "conversation": answer.conversation,
        "asked_at": instant(answer.asked_at),
        "outcome": answer.outcome,
        "intents": [{"name": i.name, "confidence": i.confidence} for i in answer.intents],
        "text": answer.text,
        "citations": [_citation(citation, numbers) for citation in answer.citations],
        "findings": [
            {"cause": f.cause, "grade": f.grade, "citations": list(f.citations)}
            for f in answer.findings
        ],
        "ruled_out": list(answer.ruled_out),
        "unchecked": list(answer.unchecked),
        "suggestions": list(answer.suggestions),
        "degraded": list(answer.degraded),
        "handoff": answer.handoff
        and {"reason": answer.handoff.reason, "summary": answer.handoff.summary},
    }


def instant(value: datetime) -> str:
    """Write an instant as RFC 3339, in UTC with a Z."""
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _citation(citation: Citation, numbers: Mapping[Citation, int]) -> dict[str, Any]:
    n = numbers[citation]
    if isinstance(citation, DocCitation):
        return {
            "n": n,
            "kind": "doc",
            "article": citation.article,
            "section": citation.section,
            "title": citation.title,
            "quote": citation.quote,
            "url": citation.url,
        }
    if isinstance(citation, AccountCitation):
        return {
            "n": n,
            "kind": "account",
            "record": citation.record,
            "id": citation.id,
            "field": citation.field,
            "raw": _raw(citation.raw),
            "shown": citation.shown,
            "as_of": instant(citation.as_of),
            **({"source": citation.source} if citation.source else {}),
        }
    return {
        "n": n,
        "kind": "computed",
        "formula": citation.formula,
        "from": [numbers[ground] for ground in citation.inputs],
        "raw": citation.raw,
        "shown": citation.shown,
    }


def _raw(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    return value


def source_line(n: int, citation: Citation) -> str:
    """Say in one line where a figure or a rule comes from."""
    if isinstance(citation, DocCitation):
        where = f" <{citation.url}>" if citation.url else ""
        return f"[{n}] Documentation, {citation.title}{where}: “{_one_line(citation.quote)}”"
    if isinstance(citation, ComputedCitation):
        return f"[{n}] Computed: {citation.formula} = {citation.shown}"
    record = citation.record.replace("_", " ")
    read = citation.as_of.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")
    where = f", {citation.source}" if citation.source else ""
    told = f"{record} {citation.id}, {citation.field}: {citation.shown}"
    return f"[{n}] Account, {told} (as of {read}{where})"


def _one_line(quote: str) -> str:
    return " ".join(quote.split())
