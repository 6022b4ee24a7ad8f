"""Many questions from a file."""

import json
import os
import pty
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.running import AT, BALANCE, ROOT, command, environment, program, supportbot


def lines(*values: dict[str, Any]) -> str:
    return "".join(json.dumps(value) + "\n" for value in values)


def answers(out: str) -> list[Any]:
    return [json.loads(line) for line in out.splitlines()]


def test_every_line_is_answered_in_order_under_its_own_id() -> None:
    batch = lines(
        {"id": "b", "text": BALANCE, "account": "northwind"},
        {"id": "a", "text": "hello"},
        {"id": 7, "text": ""},
        {"text": "hello"},
    )

    ran = supportbot("ask", "--batch", "-", "--demo", "--at", AT, stdin=f"\n{batch}\n")

    got = answers(ran.out)
    assert ran.code == 0
    assert [each.get("ref") for each in got] == ["b", "a", "7", None]
    assert [each["outcome"] for each in got] == ["answered", "smalltalk", "empty", "smalltalk"]
    assert "$150.00" in got[0]["text"]
    assert {each["asked_at"] for each in got} == {AT}


def test_a_line_may_say_when_and_where_and_the_options_hold_for_the_others() -> None:
    batch = lines(
        {"id": "1", "text": BALANCE, "at": "2026-01-01T00:00:00+01:00", "conversation": "x"},
        {"id": "2", "text": BALANCE, "account": "willow"},
        {"id": "3", "text": "hello", "conversation": "x", "at": None},
    )

    ran = supportbot(
        "ask", "--batch", "-", "--account", "northwind", "--demo", "--at", AT, stdin=batch
    )

    first, second, third = answers(ran.out)
    assert [each["asked_at"] for each in (first, second)] == ["2025-12-31T23:00:00Z", AT]
    assert "$150.00" in first["text"]
    assert "-$42.10" in second["text"]
    assert first["conversation"] == third["conversation"] == "cnv_x"


def test_without_an_instant_the_whole_run_has_the_same_one() -> None:
    ran = supportbot("ask", "--batch", "-", "--demo", stdin=lines({"text": "hi"}, {"text": "hey"}))

    assert len({each["asked_at"] for each in answers(ran.out)}) == 1


def test_an_account_that_is_not_there_keeps_exit_code_0() -> None:
    batch = lines({"id": "1", "text": BALANCE, "account": "nobody"})

    ran = supportbot("ask", "--batch", "-", "--demo", stdin=batch)

    assert ran.code == 0
    assert answers(ran.out)[0]["degraded"] == ["account"]


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        ("{", "this is not JSON"),
        ("[" * 100_000, "nested too deeply"),
        ('["text"]', "this is no JSON object"),
        ('{"id": "1"}', '"text" is missing'),
        ('{"text": null}', '"text" is missing'),
        ('{"text": 5}', '"text" is not a string'),
        ('{"text": "a", "account": 5}', '"account" is not a string'),
        ('{"text": "a", "at": "2026-11-23T09:00:00"}', '"at" is '),
        ('{"text": "a", "at": ""}', '"at" is '),
    ],
)
def test_a_bad_line_is_named_before_anything_is_answered(bad: str, said: str) -> None:
    ran = supportbot("ask", "--batch", "-", "--demo", stdin=f'{{"text": "hello"}}\n\n{bad}\n')

    assert ran.code == 2
    assert ran.out == ""
    assert ran.err.startswith("Standard input, line 3: ")
    assert said in ran.err
    assert ran.err.count("\n") == 1


def test_a_file_is_named_by_its_path(tmp_path: Path) -> None:
    file = tmp_path / "questions.jsonl"

    missing = supportbot("ask", "--batch", str(file), "--demo")
    file.write_bytes(b'{"text": "hello"}\n{"text": "\xff"}')
    not_text = supportbot("ask", "--batch", str(file), "--demo")

    assert missing.code == not_text.code == 2
    assert missing.err == f"{file} cannot be read: No such file or directory.\n"
    assert not_text.err.startswith(f"{file}, line 2: this is not UTF-8 text")


def test_odd_characters_pass_through() -> None:
    batch = '\ufeff{"id": "\\ud800", "text": "human \\ud800\\u0000 \u2028 please"}\n'

    ran = supportbot("ask", "--batch", "-", "--demo", stdin=batch)

    assert ran.code == 0
    assert answers(ran.out)[0]["ref"] == "\ud800"
    assert "\u2028" in answers(ran.out)[0]["handoff"]["summary"]


def test_output_is_utf8_whatever_the_locale() -> None:
    batch = '{"id": "é世", "text": "hello"}\n'.encode()

    ran = program(
        "ask",
        "--batch",
        "-",
        "--demo",
        stdin=batch,
        variables={"LC_ALL": "C", "PYTHONIOENCODING": "latin-1", "PYTHONUTF8": "0"},
    )

    assert '"ref": "é世"' in ran.out


def test_two_processes_give_the_same_bytes(tmp_path: Path) -> None:
    batch = lines(
        {"id": "1", "text": "why is my access blocked", "account": "northwind"},
        {"id": "2", "text": BALANCE, "account": "willow", "conversation": "x"},
        {"id": "3", "text": "and why is that?", "account": "willow", "conversation": "x"},
        {"id": "4", "text": "please a human"},
    ).encode()
    arguments = ("ask", "--batch", "-", "--at", AT)
    demo = [program(*arguments, "--demo", stdin=batch) for _ in range(2)]
    url = f"sqlite:///{tmp_path / 'same.db'}"
    kept = [program(*arguments, stdin=batch, DATABASE_URL=url) for _ in range(2)]

    assert demo[0].code == 0
    assert demo[0].out == demo[1].out
    assert kept[0].code == 0
    assert kept[0].out == kept[1].out


def test_a_reader_that_goes_away_causes_no_noise() -> None:
    batch = lines(*({"id": str(n), "text": f"{BALANCE} {n}"} for n in range(400))).encode()
    running = subprocess.Popen(
        command(("ask", "--batch", "-", "--demo")),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=os.environ | environment({}),
        cwd=ROOT,
    )
    assert running.stdin
    assert running.stdout
    assert running.stderr
    running.stdin.write(batch)
    running.stdin.close()
    running.stdout.readline()
    running.stdout.close()
    with running.stderr as err:
        said = err.read()

    assert running.wait(60) == 1
    assert said == b""


def test_on_a_terminal_a_bar_shows_beside_the_answers() -> None:
    ours, theirs = pty.openpty()
    batch = lines(*({"id": str(n), "text": f"{BALANCE} {n}"} for n in range(20))).encode()

    done = subprocess.run(
        command(("ask", "--batch", "-", "--demo")),
        input=batch,
        stdout=subprocess.PIPE,
        stderr=theirs,
        timeout=120,
        env=os.environ | environment({}) | {"TERM": "xterm"},
        cwd=ROOT,
    )
    shown = os.read(ours, 4096).decode("utf-8", "replace")
    os.close(theirs)
    os.close(ours)

    assert done.returncode == 0
    assert len(answers(done.stdout.decode())) == 20
    assert "Answering" in shown or "Learning" in shown


def test_no_questions_give_no_answers() -> None:
    ran = supportbot("ask", "--batch", "-", "--demo", stdin="")

    assert (ran.code, ran.out, ran.err) == (0, "", "")
