"""`supportbot evaluate`, as people and their scripts meet it."""

import json
from pathlib import Path
from typing import Any

import pytest

from supportbot.cli import run
from tests.small_knowledge import small_knowledge

QUESTIONS = [
    {"id": "q-1", "text": "do my credits run out at some point?", "intent": "credit_expiry"},
    {"id": "q-2", "text": "can I use a prepaid card", "intent": "prepaid_card"},
    {"id": "q-3", "text": "can I use a prepaid card", "intent": "invoices", "also": ["thanks"]},
    {"id": "q-4", "text": "¿Los créditos caducan después de un año?", "intent": "credit_expiry"},
    {"id": "q-5", "text": "", "intent": "credit_expiry"},
    {"id": "q-6", "text": "x " * 3000, "intent": "out_of_scope"},
]
TURNS = [
    {"text": "can I use a prepaid card", "intent": "prepaid_card"},
    {"text": "why?", "intent": "prepaid_card"},
]
BOTH = {
    "text": "Can I use a prepaid card? Do credits expire?",
    "intents": ["prepaid_card", "credit_expiry"],
}


@pytest.fixture(scope="module")
def learnt(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a small knowledge base, and a cache beside it."""
    folder = tmp_path_factory.mktemp("evaluate")
    small_knowledge(folder / "knowledge")
    return folder


@pytest.fixture
def questions(learnt: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file of labelled questions where commands are typed."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SUPPORTBOT_KNOWLEDGE", str(learnt / "knowledge"))
    monkeypatch.setenv("SUPPORTBOT_CACHE_DIR", str(learnt / "cache"))
    monkeypatch.setenv("SUPPORTBOT_DATABASE_URL", "sqlite:////nowhere/that/is/needed.db")
    lines = [*QUESTIONS, {"id": "d-1", "turns": TURNS}, {"id": "m-1", **BOTH}]
    return written(tmp_path / "questions.jsonl", *lines)


def written(path: Path, *lines: object) -> Path:
    path.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    return path


def evaluated(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    capsys.readouterr()
    assert run(["evaluate", *arguments, "--json"]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def test_questions_dialogues_and_several_at_once_are_scored(
    questions: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = evaluated(capsys, "questions.jsonl")

    assert found["source"] == "questions.jsonl"
    assert found["messages"] == 9
    assert found["figures"]["accuracy_lenient"]["of"] == 8
    assert found["figures"]["dialogue_turns_right"]["count"] == 2
    assert found["several"]["f1"] == 1.0


def test_errors_say_why_and_what_misled(
    questions: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    errors = {each["ref"]: each for each in evaluated(capsys, "questions.jsonl")["errors"]}

    assert errors["q-3"]["verdict"] == "wrong"
    assert errors["q-3"]["misled_by"]["topic"] == "prepaid-card"
    assert errors["q-4"]["kind"] == "foreign"
    assert errors["q-5"]["kind"] == "empty"
    assert errors["q-5"]["misled_by"] is None
    assert errors["q-6"]["kind"] == "unsure"
    assert "d-1, turn 2" not in errors


def test_the_same_questions_give_the_same_bytes(
    questions: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first = evaluated(capsys, "questions.jsonl", "--report", "one.html")
    again = evaluated(capsys, "questions.jsonl", "--report", "two.html")

    assert json.dumps(first) == json.dumps(again)
    one, two = (tmp_path / name for name in ("one.html", "two.html"))
    assert one.read_bytes() == two.read_bytes()


def test_people_get_tables_and_the_list_of_errors(
    questions: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = run(["evaluate", "questions.jsonl"])

    printed = capsys.readouterr().out
    assert code == 0
    assert printed.startswith("questions.jsonl: 9 messages\nEncoder: all-mpnet-base-v2-billing@")
    for title in ("Figures", "Intents", "Taken for another", "Calibration", "Errors"):
        assert f"\n{title}" in printed
    assert "q-3, wrong: meant invoices (or thanks); heard prepaid_card" in printed


def test_on_a_terminal_tables_have_rules(
    questions: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)

    code = run(["evaluate", "questions.jsonl"])

    assert code == 0
    assert "┏" in capsys.readouterr().out


def test_a_broken_budget_is_said_and_fails(
    questions: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = run(["evaluate", "questions.jsonl", "--max-wrong", "0.02"])

    printed = capsys.readouterr()
    assert code == 1
    assert printed.err.startswith("--max-wrong 0.02 is broken: wrong answers 1 of 8 (12.5%)")
    assert "Figures" in printed.out


def test_a_budget_that_is_kept_passes(questions: Path) -> None:
    kept = ["--max-wrong", "0.2", "--max-refused", "0.6", "--min-accuracy", "0.4"]

    assert run(["evaluate", "questions.jsonl", *kept]) == 0


def test_questions_can_come_from_standard_input(
    questions: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with questions.open(encoding="utf-8") as file:
        monkeypatch.setattr("sys.stdin", file)

        assert evaluated(capsys, "-")["source"] == "Standard input"


def test_an_unknown_intent_is_wrong_usage_and_named_with_its_line(
    questions: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    written(tmp_path / "bad.jsonl", QUESTIONS[0], {"text": "x", "intent": "invoice"})

    code = run(["evaluate", "bad.jsonl"])

    assert code == 2
    assert capsys.readouterr().err == (
        "bad.jsonl, line 2: \"intent\" is 'invoice', which no article has. "
        "Did you mean 'invoices'?\n"
    )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "Give either a file of labelled questions, or --cross-validate."),
        (["questions.jsonl", "--cross-validate"], "Give either a file"),
        (["questions.jsonl", "--folds", "3"], "--folds goes with --cross-validate"),
        (["nowhere.jsonl"], "nowhere.jsonl cannot be read"),
        (["questions.jsonl", "--max-wrong", "2"], "--max-wrong"),
        (["questions.jsonl", "--report", "no/such/folder.html"], "name another file."),
    ],
)
def test_wrong_usage_says_what_to_do(
    questions: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    code = run(["evaluate", *arguments])

    assert said in capsys.readouterr().err
    assert code == 2


def test_the_knowledge_is_cross_validated(
    questions: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = evaluated(capsys, "--cross-validate", "--folds", "2", "--report", "cv.html")

    assert found["source"] == "Cross-validation of the knowledge base, 2 folds, seed 7"
    assert found["messages"] == sum(row["n"] for row in found["intents"]) == 128
    assert len(found["thresholds"]) == 2
    assert "Cross-validation" in Path("cv.html").read_text(encoding="utf-8")


def test_without_an_encoder_the_words_alone_are_evaluated_and_it_is_said(
    questions: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SUPPORTBOT_ENCODER", "onnx:/no/such/folder")

    found = evaluated(capsys, "questions.jsonl")

    assert found["encoder"] is None
    assert run(["evaluate", "--cross-validate"]) == 1
    assert "There is no encoder" in capsys.readouterr().err
