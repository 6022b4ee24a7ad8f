"""What counts as right, refused and wrong, and what the figures say of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supportbot.evaluation.breakdown import (
    Confusion,
    IntentRow,
    by_intent,
    calibration,
    confusions,
    sweep,
)
from supportbot.evaluation.hearing import Heard
from supportbot.evaluation.scoring import Share, is_right, several, shares, verdict, wilson
from tests.evaluated import guessed, heard, heard_several

NOT_COVERED = "in_domain_not_covered"


def figure(name: str, *messages: Heard) -> tuple[int, int]:
    share = next(each for each in shares(messages) if each.name == name)
    return share.count, share.of


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        (heard("invoices", "invoices"), "right"),
        (heard("invoices", "invoices", "greeting"), "right"),
        (heard("invoices", "buy_credits", also=("buy_credits",)), "accepted"),
        (heard("invoices", "greeting", "invoices"), "accepted"),
        (heard("invoices"), "refused"),
        (heard("invoices", NOT_COVERED), "refused"),
        (heard("invoices", "out_of_scope"), "refused"),
        (heard("invoices", "buy_credits"), "wrong"),
        (heard("invoices", NOT_COVERED, "buy_credits"), "wrong"),
        (heard(NOT_COVERED, "invoices"), "wrong"),
        (heard("out_of_scope", "invoices"), "wrong"),
        (heard(NOT_COVERED, "out_of_scope"), "refused otherwise"),
        (heard("out_of_scope", NOT_COVERED), "refused otherwise"),
        (heard(NOT_COVERED), "refused"),
    ],
)
def test_the_verdict_on_a_message(message: Heard, expected: str) -> None:
    assert verdict(message.case, message.hearing.heard) == expected


def test_strict_accuracy_wants_what_was_meant_first_and_lenient_takes_alternatives() -> None:
    messages = (
        heard("invoices", "invoices"),
        heard("invoices", "buy_credits", also=("buy_credits",)),
        heard("invoices"),
    )

    assert figure("accuracy, strict", *messages) == (1, 3)
    assert figure("accuracy, lenient", *messages) == (2, 3)


def test_needless_refusals_are_counted_of_the_covered_questions_alone() -> None:
    messages = (heard("invoices", NOT_COVERED), heard("greeting", "greeting"), heard(NOT_COVERED))

    assert figure("covered questions refused", *messages) == (1, 2)
    assert figure("refused", *messages) == (2, 3)


def test_questions_that_are_not_covered_and_were_answered_are_counted_of_their_kind() -> None:
    messages = (heard(NOT_COVERED, "invoices"), heard("out_of_scope", NOT_COVERED))

    assert figure("not covered or out of scope, answered", *messages) == (1, 2)
    assert figure("wrong answers", *messages) == (1, 2)


def test_figures_of_what_was_not_asked_are_left_out() -> None:
    names = {share.name for share in shares([heard("invoices", "invoices")])}

    assert "not covered or out of scope, answered" not in names
    assert "dialogue turns right" not in names


def test_turns_of_dialogues_have_a_figure_of_their_own() -> None:
    messages = (heard("invoices", "invoices", turn=2), heard("invoices", turn=3), heard("thanks"))

    assert figure("dialogue turns right", *messages) == (1, 2)


def test_several_questions_are_scored_by_intents() -> None:
    scored = several(
        [
            heard_several(("invoices", "thanks"), "invoices", "thanks"),
            heard_several(("invoices", "thanks"), "thanks", "greeting"),
        ]
    )

    assert scored is not None
    assert (scored.asked, scored.heard, scored.found) == (4, 4, 3)
    assert scored.f1 == 0.75
    assert scored.in_order == 1


def test_an_alternative_among_several_neither_counts_nor_costs() -> None:
    scored = several([heard_several(("invoices",), "invoices", "thanks", also=("thanks",))])

    assert scored is not None
    assert scored.f1 == 1.0


def test_without_such_messages_there_is_no_score_of_several() -> None:
    assert several([heard("invoices", "invoices")]) is None


def test_several_questions_are_right_when_all_are_heard_and_nothing_else() -> None:
    assert is_right(heard_several(("invoices", "thanks"), "thanks", "invoices"))
    assert not is_right(heard_several(("invoices", "thanks"), "invoices"))
    assert not is_right(heard_several(("invoices", "thanks"), "invoices", "thanks", "greeting"))


@pytest.mark.parametrize(
    ("count", "of", "low", "high"),
    [(8, 10, 0.4902, 0.9433), (0, 50, 0.0, 0.0713), (1, 1, 0.2065, 1)],
)
def test_wilson_intervals_are_those_of_the_books(
    count: int, of: int, low: float, high: float
) -> None:
    assert wilson(count, of) == pytest.approx((low, high), abs=1e-4)


@given(of=st.integers(1, 5000), data=st.data())
def test_an_interval_holds_the_share_and_stays_within_nought_and_one(
    of: int, data: st.DataObject
) -> None:
    count = data.draw(st.integers(0, of))

    low, high = wilson(count, of)

    assert 0.0 <= low <= count / of + 1e-12
    assert count / of - 1e-12 <= high <= 1.0


def test_nothing_counted_says_nothing() -> None:
    assert Share("wrong answers", 0, 0).interval == (0.0, 1.0)
    assert Share("wrong answers", 0, 0).share == 0.0


def test_each_intent_has_a_row_with_precision_and_recall() -> None:
    rows = by_intent(
        [heard("invoices", "invoices"), heard("invoices", "thanks"), heard("invoices"), heard("x")]
    )

    assert rows == (
        IntentRow("invoices", 3, 1, 1, 1, heard=1, heard_rightly=1),
        IntentRow("thanks", 0, 0, 0, 0, heard=1, heard_rightly=0),
        IntentRow("x", 1, 0, 1, 0, heard=0, heard_rightly=0),
    )
    assert rows[0].precision == 1.0
    assert rows[0].recall == pytest.approx(1 / 3)
    assert rows[1].recall is None
    assert rows[2].precision is None


def test_a_part_that_was_passed_over_is_not_a_wrong_answer() -> None:
    (invoices, thanks) = by_intent([heard_several(("invoices", "thanks"), "invoices")])

    assert (thanks.refused, thanks.wrong) == (1, 0)
    assert invoices.right == 1


def test_confusions_are_counted_with_those_that_are_right_all_the_same() -> None:
    messages = [
        heard("invoices", "thanks"),
        heard("invoices", "thanks", also=("thanks",)),
        heard("thanks"),
    ]

    assert confusions(messages) == (
        Confusion("invoices", "thanks", 2, right=1),
        Confusion("thanks", "(unsure)", 1, right=0),
    )


def test_calibration_compares_confidence_with_what_came_of_it() -> None:
    said = calibration(
        [
            heard("invoices", "invoices", confidence=0.95),
            heard("invoices", "thanks", confidence=0.95),
            heard("invoices", "invoices", confidence=1.0),
            heard("invoices"),
        ]
    )

    (only,) = said.bins
    assert (only.low, only.n, only.right.count) == (0.9, 3, 2)
    assert said.error == pytest.approx(abs(2.9 / 3 - 2 / 3))


def test_a_confidence_on_a_boundary_belongs_to_the_upper_bin() -> None:
    (only,) = calibration([heard("invoices", "invoices", confidence=0.3)]).bins

    assert (only.low, only.high) == (0.3, 0.4)


def test_nothing_understood_gives_no_calibration() -> None:
    assert calibration([heard("invoices")]).bins == ()
    assert calibration([]).error == 0.0


def test_a_higher_threshold_trades_wrong_answers_for_refusals() -> None:
    points = {
        point.threshold: point
        for point in sweep(
            [
                heard("invoices", "invoices", confidence=0.9),
                heard("invoices", "thanks", confidence=0.6),
                guessed("invoices", "invoices", 0.4),
            ]
        )
    }

    assert (points[0.4].wrong.count, points[0.4].refused.count) == (1, 0)
    assert (points[0.5].wrong.count, points[0.5].refused.count) == (1, 1)
    assert (points[0.65].wrong.count, points[0.65].refused.count) == (0, 2)
    assert points[0.4].lenient.count == 2


def test_thresholds_for_answering_leave_refusals_as_they_are() -> None:
    points = sweep([heard(NOT_COVERED, NOT_COVERED, confidence=0.3)])

    assert {point.lenient.count for point in points} == {1}


def test_a_sweep_over_nothing_is_empty() -> None:
    assert sweep([heard_several(("invoices",), "invoices")]) == ()
