"""A file of records is used whole or not at all, and every fault is named by line and field."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from supportbot.accounts import importing
from supportbot.accounts.importing import read_records
from supportbot.errors import InputError
from tests.records import record


def written(tmp_path: Path, text: str | bytes) -> Path:
    path = tmp_path / "accounts.json"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def complaints(path: Path) -> list[str]:
    """Return the faults without the file's name, which every one must begin with."""
    with pytest.raises(InputError) as caught:
        read_records(path)
    faults = caught.value.faults
    assert all(fault.startswith(f"{path}, ") for fault in faults)
    return [fault.removeprefix(f"{path}, ") for fault in faults]


def lines(*records: dict[str, Any]) -> str:
    return "".join(json.dumps(each) + "\n" for each in records)


A, B = record(id="a"), record(id="b")


@pytest.mark.parametrize(
    "text",
    [
        json.dumps([A, B]),
        json.dumps([A, B], indent=4),
        lines(A, B),
        lines(A, B).strip(),
        lines(A) + "\r\n  \n" + lines(B),
        "\ufeff" + lines(A, B),
        "\ufeff \n" + json.dumps([A, B]),
    ],
    ids=["array", "pretty array", "lines", "no last newline", "gaps", "BOM lines", "BOM array"],
)
def test_an_array_and_json_lines_are_read_alike(tmp_path: Path, text: str) -> None:
    assert [account.id for account in read_records(written(tmp_path, text))] == ["a", "b"]


def test_one_record_may_run_over_many_lines(tmp_path: Path) -> None:
    path = written(tmp_path, json.dumps(A, indent=2))

    assert [account.id for account in read_records(path)] == ["a"]


def test_a_line_separator_inside_a_text_does_not_end_the_line(tmp_path: Path) -> None:
    text = json.dumps(record(name="A\u2028B\x85C"), ensure_ascii=False)

    assert read_records(written(tmp_path, text + "\n" + lines(B)))[0].name == "A\u2028B\x85C"


def test_an_array_without_records_has_none(tmp_path: Path) -> None:
    assert read_records(written(tmp_path, "[ ]")) == ()


def test_every_fault_of_every_line_is_named(tmp_path: Path) -> None:
    bad = record(id="bad", tier="gold", balance={"total": 1.5})
    path = written(tmp_path, lines(A, bad, B) + "{\n" + lines(record(id="c d")))

    found = complaints(path)

    assert [re.sub(r" must.*| is not.*", "", each) for each in found] == [
        "line 2, record 2: tier",
        "line 2, record 2: balance.total",
        "line 4, record 4: the record",
        "line 5, record 5: id",
    ]


def test_in_a_pretty_array_the_line_is_where_the_record_begins(tmp_path: Path) -> None:
    text = json.dumps([A, record(id="b", tier="gold")], indent=2)
    begins = 1 + text[: text.index('"id": "b"')].rstrip(" \n{").count("\n") + 1

    found = complaints(written(tmp_path, text))

    assert len(found) == 1
    assert found[0].startswith(f"line {begins}, record 2: tier must be one of")


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ('[\n{"id": "a",}\n]', "line 2, record 1: the record is not good JSON"),
        ("[\n{},\n]", "line 3, record 2: the record is not good JSON"),
        ("[\n" + json.dumps(A) + "\n", "line 3, record 2: the record is not good JSON: a comma"),
        (f"[{json.dumps(A)}]\n x", "line 2, record 2: the record is not good JSON: something fol"),
        (f"[{json.dumps(A)} {json.dumps(B)}]", "record 2: the record is not good JSON: a comma"),
        ("[", "line 1, record 1: the record is not good JSON"),
        (lines(A).strip() + json.dumps(B), "line 1, record 1: the record is not good JSON: somet"),
        ("nonsense", "line 1, record 1: the record is not good JSON"),
        ("42", "line 1, record 1: the record must be an object"),
        ("[[]]", "line 1, record 1: the record must be an object"),
        ("[" * 200_000, "line 1, record 1: the record is nested too deeply"),
        ("{" + '"x":{' * 200_000, "line 1, record 1: the record is nested too deeply"),
        ('{"id":' + "9" * 5000 + "}", "line 1, record 1: the record holds a number of thousands"),
        ('{"lifetime_purchased": NaN}', "record 1: lifetime_purchased must be a whole number"),
        ('{"lifetime_purchased": Infinity}', "lifetime_purchased must be a whole number"),
        ('{"lifetime_purchased": 1e999}', "lifetime_purchased must be a whole number"),
        ('{"id": "a", "id": "b"}', "line 1, record 1: id stands twice in the same object"),
    ],
)
def test_what_is_no_list_of_records_is_refused_where_it_goes_wrong(
    tmp_path: Path, text: str, complaint: str
) -> None:
    found = complaints(written(tmp_path, text))

    assert any(complaint in each for each in found), found


def test_the_same_id_twice_is_a_fault_even_on_one_line(tmp_path: Path) -> None:
    assert complaints(written(tmp_path, json.dumps([A, B, A]))) == [
        'line 1, record 3: id "a" stands on line 1 already'
    ]
    assert complaints(written(tmp_path, lines(A, B, A))) == [
        'line 3, record 3: id "a" stands on line 1 already'
    ]


@pytest.mark.parametrize("text", ["", " \n\t\n", "\ufeff"])
def test_an_empty_file_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(InputError, match=r"accounts\.json is empty"):
        read_records(written(tmp_path, text))


def test_text_that_is_not_utf_8_is_refused_with_its_line(tmp_path: Path) -> None:
    path = written(tmp_path, lines(A).encode() + b'{"name": "Caf\xe9"}')

    with pytest.raises(InputError, match=r"accounts\.json, line 2: not UTF-8"):
        read_records(path)


def test_a_file_that_is_not_there_or_is_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"none\.json cannot be read: No such file"):
        read_records(tmp_path / "none.json")
    with pytest.raises(InputError, match="cannot be read: Is a directory"):
        read_records(tmp_path)


def test_a_file_larger_than_50_mb_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "large.json"
    with path.open("wb") as file:
        file.truncate(importing.LARGEST_FILE + 1)

    with pytest.raises(InputError, match=r"large\.json is larger than 50 MB"):
        read_records(path)


def test_the_summary_counts_the_faults_and_says_that_nothing_changed(tmp_path: Path) -> None:
    path = written(tmp_path, lines(record(tier="gold", currency="x")))

    with pytest.raises(InputError) as caught:
        read_records(path)

    assert caught.value.summary == f"{path} has 2 faults to mend; nothing was changed."
