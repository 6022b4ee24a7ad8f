"""Our rules and the published JSON Schema agree on what an account record is."""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest

from supportbot.accounts.record import dump_record, faults
from tests.records import account, published_schema, record

VALUES: tuple[Any, ...] = (
    None,
    0,
    -1,
    13,
    10**12,
    1.5,
    True,
    "",
    "x",
    "USD",
    "4242",
    "build_2",
    "open",
    "failed",
    "unknown",
    "2026-11-23T09:00:00Z",
    "2026-11-23T09:00:00.25+05:30",
    "2026-11-23T09:00:00",
    "2026-11-23",
    "2026-02-29T09:00:00Z",
    [],
    {},
    [{}],
    [None],
    ["x"],
)
COMPLETE = record(
    last_error={
        "http_status": 402,
        "code": "past_due",
        "message": "Pay first.",
        "model": "big",
        "key_last4": "a1b2",
        "at": "2026-11-23T08:00:00Z",
    },
    quotes=[{"kind": "fine_tuning", "name": "nightly", "required_amount": 100}],
    incidents=[
        {
            "id": "inc_1",
            "service": "api",
            "state": "open",
            "summary": "Slow",
            "started_at": "2026-11-23T08:00:00Z",
        }
    ],
)
Steps = tuple[str | int, ...]


@pytest.fixture(scope="module")
def schema() -> Any:
    return published_schema()


def places(value: Any, path: Steps = ()) -> Iterator[Steps]:
    """Return the path of everything below ``value``; of a list, only what its first item has."""
    steps: list[Any] = list(value) if isinstance(value, dict) else [0] if value else []
    for step in steps if isinstance(value, dict | list) else []:
        yield (*path, step)
        yield from places(value[step], (*path, step))


def parent(bent: Any, path: Steps) -> Any:
    for step in path[:-1]:
        bent = bent[step]
    return bent


def bent_records(path: Steps) -> Iterator[dict[str, Any]]:
    for value in VALUES:
        bent = deepcopy(COMPLETE)
        parent(bent, path)[path[-1]] = value
        yield bent
    bent = deepcopy(COMPLETE)
    del parent(bent, path)[path[-1]]
    yield bent
    bent = deepcopy(COMPLETE)
    if isinstance(around := parent(bent, path), dict):
        around[f"{path[-1]}s_"] = 1
        yield bent


def refused_by_us_alone(path: Steps, bent: dict[str, Any]) -> bool:
    """Tell whether it is a time zone that does not exist, which a schema cannot know."""
    return path == ("timezone",) and isinstance(bent.get("timezone"), str)


@pytest.mark.parametrize("path", tuple(places(COMPLETE)), ids=lambda path: ".".join(map(str, path)))
def test_schema_and_reader_accept_and_refuse_alike(schema: Any, path: Steps) -> None:
    quarrels = [
        (parent(bent, path), faults(bent))
        for bent in bent_records(path)
        if schema.is_valid(bent) is bool(faults(bent)) and not refused_by_us_alone(path, bent)
    ]

    assert quarrels == []


def test_the_bent_record_has_every_field_of_the_schema(schema: Any) -> None:
    names = {path[-1] for path in places(COMPLETE)}

    assert names - {0} == set(properties(schema.schema))


def properties(schema: Any) -> Iterator[str]:
    if isinstance(schema, dict):
        yield from schema.get("properties", {})
        for part in (schema.get("items"), *schema.get("properties", {}).values()):
            yield from properties(part)


def test_what_we_write_is_valid(schema: Any) -> None:
    schema.validate(dump_record(account()))
    schema.validate(dump_record(account(**COMPLETE)))


@pytest.mark.parametrize("whole", [31240.0, 1e3])
def test_an_amount_written_as_a_fraction_is_refused_though_the_schema_lets_it_pass(
    schema: Any, whole: float
) -> None:
    bent = record(lifetime_purchased=whole)

    assert schema.is_valid(bent)
    assert [fault.field for fault in faults(bent)] == ["lifetime_purchased"]
