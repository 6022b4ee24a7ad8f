"""What understanding is measured on is never learnt from."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from supportbot.knowledge.library import Library

ROOT = Path(__file__).parents[1]
SETS = sorted((ROOT / "tests" / "questions").rglob("*.jsonl"))
OWN = [path for path in SETS if path.name != "dialogues.jsonl"]
"""Turns of a dialogue such as "which tier am I on?" are everybody's words."""
REAL = ROOT.parent / "shared" / "questions" / "real_dev.jsonl"


def plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))


def texts(path: Path) -> Iterator[str]:
    for line in path.read_text(encoding="utf-8").splitlines():
        item = json.loads(line)
        yield from [turn["text"] for turn in item["turns"]] if "turns" in item else [item["text"]]


@pytest.fixture(scope="module")
def learnt() -> set[str]:
    articles = Library(ROOT / "knowledge").articles.values()
    return {
        plain(question)
        for article in articles
        for question in (*article.asked_as, *article.asked_abroad)
    }


@pytest.mark.parametrize("path", [*OWN, REAL], ids=lambda path: f"{path.parent.name}/{path.name}")
def test_no_measured_question_is_learnt(path: Path, learnt: set[str]) -> None:
    if not path.is_file():
        pytest.skip(f"{path} is not there")

    assert sorted({plain(text) for text in texts(path)} & learnt) == []
