"""Drafts as they are kept, how far what was sent is from one, and whose sentences are in it."""

import json
import re
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from typing import Final, Literal

from rapidfuzz.distance import Levenshtein

from supportbot.drafting import GREETINGS, Draft, as_json, without_marks
from supportbot.redaction import redact
from supportbot.store.drafts import Drafted, KeptDraft, Settlement

REWRITTEN: Final = 0.4
CLOSINGS: Final = (
    "best regards", "kind regards", "regards", "sincerely", "best,", "thanks,", "thank you,",
    "cheers", "yours",
)  # fmt: skip
SENTENCE_END: Final = re.compile(r"(?<=[.!?])\s+(?=[^a-z])|\n+")


def core(text: str) -> str:
    """Return a reply on one line, without source numbers, emphasis, greeting and signature."""
    lines = [line.strip() for line in without_marks(text).replace("**", "").splitlines()]
    lines = [line for line in lines if line]
    if lines and lines[0].lower().startswith((*GREETINGS, "dear ")) and len(lines[0]) < 60:
        lines = lines[1:]
    end = next((n for n, line in enumerate(lines) if line.lower().startswith(CLOSINGS)), None)
    return " ".join(" ".join(lines[:end]).split())


def distance(drafted: str, sent: str) -> float:
    """Return how far ``sent`` is from the draft: 0 as it was, 1 nothing left."""
    return round(Levenshtein.normalized_distance(core(drafted), core(sent)), 4)


def kept_of(made: Draft, about: Drafted, own_id: str | None = None) -> KeptDraft:
    """Return a draft as it is kept, under its own id or another."""
    body = as_json(made)
    if own_id is not None:
        body["id"] = own_id
    kept = json.dumps(body, ensure_ascii=False)
    return KeptDraft(**asdict(about), id=str(body["id"]), body=kept)


def settlement(kept: KeptDraft, sent: str, at: datetime, by: str | None) -> Settlement:
    """Return what became of a draft when ``sent`` went to the customer."""
    far = distance(str(json.loads(kept.body)["text"]), sent)
    return Settlement(kept.id, outcome_of(far), at, by, far, sent=redact(sent).text)


def outcome_of(far: float) -> Literal["used", "edited", "rewritten"]:
    """Name a distance."""
    if far == 0:
        return "used"
    return "rewritten" if far > REWRITTEN else "edited"


def own_sentences(drafted: str, text: str) -> tuple[str, ...]:
    """Return the sentences of ``text`` that are not the draft's: no source stands behind them."""
    known = set(_sentences(core(drafted)))
    return tuple(each for each in _sentences(core(text)) if each not in known)


def _sentences(text: str) -> Iterator[str]:
    for each in SENTENCE_END.split(text):
        said = each.strip(" -•")
        if said:
            yield said
