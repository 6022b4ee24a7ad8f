"""
The account record: JSON on one side, ``Account`` on the other.

The rules are those of the record's JSON Schema, and stricter where a guess would cost money:
an amount is a whole number written as one (``31240``, never ``31240.0``), nothing unknown is
let in, a name stands once in an object.  An absent part becomes ``UNKNOWN``, and an unknown
part is left out when written.  Two items of a list may have the same id; both are kept.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from supportbot.account import Account
from supportbot.accounts.wording import problem_in_words
from supportbot.errors import InputError

TOO_DEEP: Final = "is nested too deeply to be an account record"
TOO_LONG: Final = "holds a number of thousands of digits"  # Python refuses to read or write it
TWICE: Final = "stands twice in the same object"


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong in one place; ``field`` is a path like ``invoices[2].total``, or empty."""

    field: str
    problem: str

    def __str__(self) -> str:
        """Return one sentence, without its full stop: "invoices[2].total is missing"."""
        return f"{self.field or 'the record'} {self.problem}"


class Repeated(dict[str, object]):
    """A JSON object in which a name stood twice, which ``json`` would let pass."""

    names: tuple[str, ...] = ()


def parse_record(data: bytes | str | Mapping[str, object]) -> Account:
    """
    Return the account that a JSON record holds.

    Raises:
        InputError: the record breaks a rule; ``faults`` has a sentence for every place.
    """
    outcome = check_record(data)
    if isinstance(outcome, Account):
        return outcome
    raise InputError("This account record cannot be used.", tuple(map(str, outcome)))


def faults(data: bytes | str | Mapping[str, object]) -> tuple[Fault, ...]:
    """Return everything that is wrong with a record; empty when all is well."""
    outcome = check_record(data)
    return () if isinstance(outcome, Account) else outcome


def check_record(data: bytes | str | object) -> Account | tuple[Fault, ...]:
    """Return the account, or everything that is wrong with its record."""
    try:
        record = _load(data) if isinstance(data, bytes | str) else data
        return _validate(record, tuple(_repeated(record, ())))
    except UnicodeDecodeError:
        return (Fault("", "is not UTF-8 text"),)
    except json.JSONDecodeError as error:
        return (Fault("", f"is not good JSON: {error.msg}, line {error.lineno}"),)
    except RecursionError:
        return (Fault("", TOO_DEEP),)
    except ValueError:
        return (Fault("", TOO_LONG),)


def dump_record(account: Account) -> dict[str, Any]:
    """Return the record as JSON would hold it; what is unknown or was not given is left out."""
    record: dict[str, Any] = _adapter().dump_python(account, mode="json", exclude_defaults=True)
    return record


def mark_repeated(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Build an object, as ``json``'s ``object_pairs_hook``, marked if a name stood twice."""
    built = dict(pairs)
    if len(built) == len(pairs):
        return built
    counts = Counter(name for name, _ in pairs)
    marked = Repeated(built)
    marked.names = tuple(name for name, times in counts.items() if times > 1)
    return marked


def _load(data: bytes | str) -> object:
    text = data.decode("utf-8-sig") if isinstance(data, bytes) else data
    loaded: object = json.loads(text, object_pairs_hook=mark_repeated)
    return loaded


def _validate(record: object, repeated: tuple[Fault, ...]) -> Account | tuple[Fault, ...]:
    """Judge the record as JSON text: only there does pydantic take lists and instants strictly."""
    text = json.dumps(dict(record) if isinstance(record, Mapping) else record)
    try:
        account = _adapter().validate_json(text, strict=True, extra="forbid")
    except ValidationError as error:
        found = error.errors(include_url=False)
        return repeated + tuple(Fault(_path(each["loc"]), problem_in_words(each)) for each in found)
    return repeated or account


def _repeated(value: object, path: tuple[int | str, ...]) -> Iterator[Fault]:
    if isinstance(value, Repeated):
        yield from (Fault(_path((*path, name)), TWICE) for name in value.names)
    if isinstance(value, Mapping):
        for name, item in value.items():
            yield from _repeated(item, (*path, name))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _repeated(item, (*path, index))


def _path(steps: tuple[int | str, ...]) -> str:
    """Write ``("invoices", 2, "total")`` as ``invoices[2].total``."""
    written = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps)
    return written.removeprefix(".")


@cache
def _adapter() -> TypeAdapter[Account]:
    return TypeAdapter(Account)  # tens of milliseconds: paid by those who read records
