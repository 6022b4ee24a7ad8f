"""Labelled questions: what a file may hold, and what is said when it cannot be used."""

import json

import pytest

from supportbot.errors import InputError
from supportbot.evaluation.cases import Case, read_cases

KNOWN = frozenset({"credit_expiry", "credit_types", "account_balance", "greeting"})


def read_one(**values: object) -> Case:
    ((case,),) = read_cases(json.dumps(values), "questions.jsonl", KNOWN)
    return case


def fault_of(text: str) -> str:
    with pytest.raises(InputError) as fault:
        read_cases(text, "questions.jsonl", KNOWN)
    return str(fault.value)


def test_a_line_is_a_question_and_what_it_asks() -> None:
    case = read_one(id="w-1", text="do credits expire", intent="credit_expiry", also=["greeting"])

    assert case == Case("w-1", "do credits expire", ("credit_expiry",), ("greeting",))
    assert case.accepted == {"credit_expiry", "greeting"}


def test_a_line_without_an_id_is_named_by_its_number() -> None:
    text = '\n{"text": "hi", "intent": "greeting"}\n'

    ((case,),) = read_cases(text, "questions.jsonl", KNOWN)

    assert case.ref == "line 2"


def test_fields_of_others_are_let_pass() -> None:
    assert read_one(text="hi", intent="greeting", source="a forum", language="en").text == "hi"


def test_a_message_may_ask_several_things_in_order() -> None:
    case = read_one(text="balance? expiry?", intents=["account_balance", "credit_expiry"])

    assert case.several
    assert case.intents == ("account_balance", "credit_expiry")


def test_a_dialogue_is_read_turn_by_turn() -> None:
    turns = [{"text": "hi", "intent": "greeting"}, {"text": "x?", "intent": "credit_types"}]

    (dialogue,) = read_cases(json.dumps({"id": "d-1", "turns": turns}), "d.jsonl", KNOWN)

    assert [case.ref for case in dialogue] == ["d-1, turn 1", "d-1, turn 2"]


def test_half_a_character_is_no_reason_to_stop() -> None:
    assert read_one(text="hi \ud83d", intent="greeting").text == "hi ?"


def test_an_unknown_intent_is_named_with_the_nearest_that_there_is() -> None:
    text = '{"text": "hi", "intent": "greeting"}\n{"text": "x", "intent": "credits_expiry"}'

    assert fault_of(text) == (
        "questions.jsonl, line 2: \"intent\" is 'credits_expiry', which no article has. "
        "Did you mean 'credit_expiry'?"
    )


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("{", "this is not JSON"),
        ("[" * 100_000, "this is not JSON"),
        ('["hi"]', "this is no JSON object"),
        ('{"intent": "greeting"}', '"text" is missing'),
        ('{"text": 7, "intent": "greeting"}', '"text" is not a string'),
        ('{"text": "hi"}', '"intent" is missing'),
        ('{"text": "hi", "intent": 3}', '"intent" holds 3'),
        ('{"text": "hi", "intents": []}', '"intents" names none'),
        ('{"text": "hi", "intents": "greeting"}', '"intents" is not a list'),
        ('{"text": "hi", "intent": "greeting", "also": "thanks"}', '"also" is not a list'),
        ('{"text": "hi", "intent": "greeting", "also": ["x"]}', "\"also\" is 'x'"),
        ('{"text": "hi", "intent": "greeting", "intents": ["greeting"]}', "not both"),
        ('{"turns": []}', '"turns" must be a list of questions'),
        ('{"turns": ["hi"]}', "line 1, turn 1: this is no JSON object"),
        ('{"turns": [{"text": "hi", "intent": "hello"}]}', "line 1, turn 1:"),
    ],
)
def test_a_bad_line_is_named_with_its_problem(line: str, problem: str) -> None:
    said = fault_of(line)

    assert said.startswith("questions.jsonl, line 1")
    assert problem in said


def test_a_file_without_questions_says_how_they_are_written() -> None:
    assert fault_of("\n  \n").startswith("questions.jsonl holds no questions; write lines like {")
