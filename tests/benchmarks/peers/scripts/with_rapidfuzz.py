"""rapidfuzz: the known question with the highest ``token_set_ratio``, its best scorer here."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path

from rapidfuzz import fuzz, process, utils


def learn(examples: Sequence[dict[str, str]], kept: Path) -> None:
    """Fold the questions' case and punctuation once."""
    folded = [(utils.default_process(each["text"]), each["label"]) for each in examples]
    (kept / "questions.json").write_text(json.dumps(folded), encoding="utf-8")


def load(kept: Path) -> Callable[[str], str | None]:
    """Compare with every question."""
    folded = json.loads((kept / "questions.json").read_text(encoding="utf-8"))
    texts, labels = [text for text, _ in folded], [label for _, label in folded]

    def answer(text: str) -> str | None:
        asked = utils.default_process(text)
        hit = process.extractOne(asked, texts, scorer=fuzz.token_set_ratio)
        label: str | None = labels[hit[2]] if hit else None
        return label

    return answer
