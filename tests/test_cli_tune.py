"""`supportbot tune`, as people meet it."""

import json
from pathlib import Path

import pytest

from tests.running import Ran, supportbot

ASKED = [
    ("how much credit do I have left", "account_balance"),
    ("what is left on my account", "account_balance"),
    ("do credits run out one day", "credit_expiry"),
    ("is a prepaid card fine", "prepaid_card"),
    ("can credits pay my overdue invoice", "past_due_invoice"),
    ("give me my money back", "in_domain_not_covered"),
    ("let me talk to somebody", "human_handoff"),
    ("every call fails with 402 although I have credits", "access_blocked"),
]


@pytest.fixture
def questions(tmp_path: Path) -> str:
    lines = [{"text": f"{text} {n}", "intent": intent} for text, intent in ASKED for n in range(8)]
    path = tmp_path / "questions.jsonl"
    path.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    return str(path)


@pytest.fixture
def cache(tmp_path: Path) -> str:
    return str(tmp_path / "cache")


def thresholds(cache: str) -> list[Path]:
    return list(Path(cache).glob("trained/*.thresholds.json"))


def evaluated(questions: str, cache: str) -> dict[str, float]:
    ran = supportbot("evaluate", questions, "--json", CACHE_DIR=cache)
    assert ran.code == 0, ran.err
    return dict(ran.json["thresholds"][0]["by_intent"])


def tuned(questions: str, cache: str, *options: str) -> Ran:
    ran = supportbot("tune", questions, *options, CACHE_DIR=cache)
    assert ran.code == 0, ran.err
    return ran


def test_what_is_tuned_is_kept_beside_what_was_learnt_and_used_from_then_on(
    questions: str, cache: str
) -> None:
    assert evaluated(questions, cache) == {}

    ran = tuned(questions, cache, "--max-wrong", "0.05")

    assert "Budget: at most 5.0% wrong answers" in ran.out
    assert "95% interval" in ran.out
    assert str(thresholds(cache)[0]) in ran.out
    assert json.loads(thresholds(cache)[0].read_text())["budget"] == 0.05
    assert evaluated(questions, cache)


def test_a_dry_run_says_what_would_flip_and_changes_nothing(questions: str, cache: str) -> None:
    ran = tuned(questions, cache, "--dry-run")

    assert "messages would be taken otherwise" in ran.out
    assert "Nothing was changed." in ran.out
    assert thresholds(cache) == []


def test_a_reset_takes_the_thresholds_away(questions: str, cache: str) -> None:
    tuned(questions, cache)

    ran = supportbot("tune", "--reset", CACHE_DIR=cache)
    again = supportbot("tune", "--reset", CACHE_DIR=cache)

    assert (ran.code, again.code) == (0, 0)
    assert thresholds(cache) == []
    assert "nothing was changed" in again.out


def test_a_damaged_file_of_thresholds_is_as_good_as_none(questions: str, cache: str) -> None:
    tuned(questions, cache)
    thresholds(cache)[0].write_text('{"by_intent": 3')

    assert evaluated(questions, cache) == {}


def test_too_few_questions_are_refused(tmp_path: Path, cache: str) -> None:
    path = tmp_path / "few.jsonl"
    path.write_text(json.dumps({"text": "refund", "intent": "in_domain_not_covered"}))

    ran = supportbot("tune", str(path), CACHE_DIR=cache)

    assert ran.code == 2
    assert "thresholds need at least 50" in ran.err


@pytest.mark.parametrize("arguments", [(), ("questions.jsonl", "--reset")])
def test_a_file_or_a_reset_but_not_both(arguments: tuple[str, ...], cache: str) -> None:
    ran = supportbot("tune", *arguments, CACHE_DIR=cache)

    assert ran.code == 2
    assert "either a file of labelled questions, or --reset" in ran.err
