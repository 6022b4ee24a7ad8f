"""
Account records from a file: a JSON array, or JSON Lines with one record a line.

All or nothing: either every record of the file is good, or the file is refused with a
sentence for every fault, and nothing has been written anywhere.  A fault names the line on
which its record begins; one of JSON itself, the line where reading stopped.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from re import compile as pattern
from typing import Final

from supportbot.account import Account
from supportbot.accounts.record import TOO_DEEP, TOO_LONG, Fault, check_record, mark_repeated
from supportbot.errors import InputError

LARGEST_FILE: Final = 50_000_000  # bytes; larger than any real list, small enough for memory
WHITE_SPACE: Final = pattern(r"[ \t\r\n]*")
DECODER: Final = json.JSONDecoder(object_pairs_hook=mark_repeated)

Placed = tuple[int, object]  # the line, and there a JSON value, or the Fault that hides it


def read_records(path: Path) -> tuple[Account, ...]:
    """
    Return the accounts of a file, in its order.

    Raises:
        InputError: the file cannot be used; ``faults`` names line and field of every fault.
    """
    accounts: list[Account] = []
    complaints: list[str] = []
    lines_of_ids: dict[str, int] = {}
    for number, (line, value) in enumerate(_placed_values(_text(path)), start=1):
        outcome = (value,) if isinstance(value, Fault) else check_record(value)
        problems = _same_id(value, line, lines_of_ids)
        if isinstance(outcome, Account):
            accounts.append(outcome)
        else:
            problems += outcome
        complaints += [f"{path}, line {line}, record {number}: {each}" for each in problems]
    if complaints:
        count = "1 fault" if len(complaints) == 1 else f"{len(complaints)} faults"
        raise InputError(f"{path} has {count} to mend; nothing was changed.", tuple(complaints))
    return tuple(accounts)


def _same_id(value: object, line: int, lines_of_ids: dict[str, int]) -> tuple[Fault, ...]:
    account_id = value.get("id") if isinstance(value, Mapping) else None
    if not isinstance(account_id, str):
        return ()
    if account_id in lines_of_ids:
        return (Fault("id", f'"{account_id}" stands on line {lines_of_ids[account_id]} already'),)
    lines_of_ids[account_id] = line
    return ()


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST_FILE + 1)
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}.") from error
    if len(data) > LARGEST_FILE:
        raise InputError(f"{path} is larger than 50 MB; split it, and import the pieces.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise InputError(f"{path}, line {line}: not UTF-8 text; save the file as UTF-8.") from error
    if not text.strip():
        raise InputError(f"{path} is empty; it should hold a JSON array or JSON Lines.")
    return text


def _placed_values(text: str) -> Iterator[Placed]:
    start = _skip_space(text, 0)
    if text.startswith("[", start):
        return _from_array(text, start + 1)
    value, end = _decode(text, start)
    if _skip_space(text, end) == len(text):  # a single record may run over many lines
        return iter([(_line_of(text, start), value)])
    return _from_lines(text)


def _from_lines(text: str) -> Iterator[Placed]:
    for number, line in enumerate(text.split("\n"), start=1):  # splitlines() would cut strings
        if not line.strip():
            continue
        value, end = _decode(line, _skip_space(line, 0))
        if not isinstance(value, Fault) and _skip_space(line, end) < len(line):
            value = _not_json("something follows the record", end + 1)
        yield number, value


def _from_array(text: str, position: int) -> Iterator[Placed]:
    line, counted = 1, 0
    start = _skip_space(text, position)
    more = not text.startswith("]", start)
    while more:
        line, counted = line + text.count("\n", counted, start), start
        value, position = _decode(text, start)
        yield (_line_of(text, position) if isinstance(value, Fault) else line), value
        if isinstance(value, Fault):
            return  # where the next record begins, nobody can tell
        start = _skip_space(text, position)
        more = text.startswith(",", start)
        start = _skip_space(text, start + 1) if more else start
    yield from _end_of_array(text, start)


def _end_of_array(text: str, position: int) -> Iterator[Placed]:
    if not text.startswith("]", position):
        yield _line_of(text, position), _not_json("a comma or the closing ] is missing")
    elif (after := _skip_space(text, position + 1)) < len(text):
        yield _line_of(text, after), _not_json("something follows the closing ]")


def _decode(text: str, start: int) -> tuple[object, int]:
    """Return the JSON value at ``start`` and its end, or a ``Fault`` and where reading stopped."""
    try:
        return DECODER.raw_decode(text, start)
    except json.JSONDecodeError as error:
        return _not_json(error.msg, error.colno), error.pos
    except RecursionError:
        return Fault("", TOO_DEEP), start
    except ValueError:
        return Fault("", TOO_LONG), start


def _not_json(problem: str, column: int | None = None) -> Fault:
    place = "" if column is None else f" (column {column})"
    return Fault("", f"is not good JSON: {problem}{place}")


def _skip_space(text: str, position: int) -> int:
    space = WHITE_SPACE.match(text, position)
    return space.end() if space else position


def _line_of(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1
