"""Thresholds for each intent: the lowest that keep to the budget of wrong answers."""

from dataclasses import replace

import pytest

from supportbot.errors import InputError
from supportbot.evaluation.hearing import Heard
from supportbot.evaluation.tuning import FEWEST, NEVER, tune
from supportbot.understanding.model import Thresholds
from tests.evaluated import guessed, heard_several

CURRENT = Thresholds(1.0, answer=0.6, refuse=0.4, far=0.1)


def asked(intent: str, meant: str, confidences: list[float]) -> list[Heard]:
    return [guessed(meant, intent, confidence) for confidence in confidences]


SURE = asked("credit_expiry", "credit_expiry", [0.9] * 60 + [0.45] * 20)
CONFUSED = asked("free_trial", "free_trial", [0.95] * 10) + asked(
    "free_trial", "credit_types", [0.7] * 10
)


def test_an_intent_that_is_never_mistaken_answers_from_lower_than_one_that_is() -> None:
    found = tune([*SURE, *CONFUSED], CURRENT, 0.02).thresholds

    assert found.answers_from("credit_expiry") <= 0.45
    assert 0.7 < found.answers_from("free_trial") <= 0.95


def test_the_wrong_answers_stay_within_the_budget() -> None:
    for budget in (0.0, 0.02, 0.1):
        found = tune([*SURE, *CONFUSED], CURRENT, budget)

        assert found.wrong.count <= budget * found.wrong.of


def test_a_larger_budget_never_refuses_more() -> None:
    refused = [tune([*SURE, *CONFUSED], CURRENT, each).refused.count for each in (0.0, 0.05, 0.5)]

    assert refused == sorted(refused, reverse=True)


def test_an_intent_that_is_always_mistaken_never_answers() -> None:
    mistaken = asked("free_trial", "credit_types", [0.99] * 20)

    found = tune([*SURE, *mistaken], CURRENT, 0.0).thresholds

    assert found.answers_from("free_trial") == NEVER


def test_an_intent_of_few_questions_does_not_trust_its_luck() -> None:
    """Two lucky hits must not open an intent that others like it would get wrong."""
    lucky = asked("buy_credits", "buy_credits", [0.3, 0.32])
    others = ("free_trial", "invoices", "build_tier", "prepaid_card")
    right = [each for name in others for each in asked(name, name, [0.9] * 10)]
    wrong = [each for name in others for each in asked(name, "credit_types", [0.35] * 10)]

    found = tune([*right, *wrong, *lucky], CURRENT, 0.01).thresholds

    assert found.answers_from("buy_credits") > 0.35


def test_the_messages_that_flip_are_told_with_what_becomes_of_them() -> None:
    found = tune([*SURE, *CONFUSED], CURRENT, 0.02)

    assert {(each.before, each.after) for each in found.flips} == {
        ("refused", "right"),
        ("wrong", "refused"),
    }
    assert all(each.confidence in (0.45, 0.7) for each in found.flips)


def test_what_intents_that_refuse_need_stays_as_it_was() -> None:
    found = tune([*SURE, *CONFUSED], CURRENT, 0.02).thresholds

    assert replace(found, by_intent={}) == CURRENT


def test_messages_that_ask_several_things_do_not_count() -> None:
    several = [heard_several(("credit_expiry", "free_trial"), "credit_types")] * FEWEST

    with pytest.raises(InputError, match="Only 0 of the messages"):
        tune(several, CURRENT, 0.02)
