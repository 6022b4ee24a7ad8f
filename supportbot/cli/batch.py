"""The lines of ``ask --batch``, all read before the first is answered."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from supportbot.cli.options import instant
from supportbot.conversation import Utterance, well_formed
from supportbot.errors import ConfigError, InputError


@dataclass(frozen=True, slots=True)
class Line:
    """One question; ``ref`` is the line's own ``id``, None if it has none."""

    ref: str | None
    asked: Utterance


def read_lines(text: str, name: str, defaults: Utterance) -> tuple[Line, ...]:
    """
    Read JSON Lines; what a line leaves out is taken from ``defaults``; blank lines are none.

    Raises:
        InputError: a line cannot be used; says which, and how to mend it.
    """
    return tuple(
        _line(written, f"{name}, line {number}", defaults)
        for number, written in enumerate(text.split("\n"), 1)  # splitlines() would cut strings
        if written.strip()
    )


def _line(written: str, where: str, defaults: Utterance) -> Line:
    values = _values(written, where)
    text = values.get("text")
    if not isinstance(text, str):
        problem = "is missing" if text is None else "is not a string"
        raise InputError(f'{where}: "text" {problem}; write {{"id": "1", "text": "a question"}}.')
    account = _given(values, "account", where)
    asked = replace(
        defaults,
        text=well_formed(text),
        account=defaults.account if account is None else account,
        user=_given(values, "user", where) or defaults.user,
        conversation=_given(values, "conversation", where) or defaults.conversation,
        at=_instant(_given(values, "at", where), where) or defaults.at,
    )
    return Line(_ref(values.get("id")), asked)


def _values(written: str, where: str) -> Mapping[str, object]:
    try:
        values: object = json.loads(written)
    except json.JSONDecodeError as error:
        raise InputError(
            f"{where}: this is not JSON ({error.msg}, column {error.colno}); "
            "each line must be one JSON object."
        ) from error
    except (RecursionError, ValueError) as error:
        raise InputError(f"{where}: this JSON is nested too deeply or too large.") from error
    if not isinstance(values, Mapping):
        raise InputError(f'{where}: this is no JSON object; write {{"id": "1", "text": "…"}}.')
    return values


def _given(values: Mapping[str, object], name: str, where: str) -> str | None:
    value = values.get(name)
    if value is None:
        return None
    if not isinstance(value, str):
        raise InputError(f'{where}: "{name}" is not a string; put it in quotes, or leave it out.')
    return well_formed(value)


def _instant(text: str | None, where: str) -> datetime | None:
    try:
        return None if text is None else instant(text, f'{where}: "at"')
    except ConfigError as error:
        raise InputError(str(error)) from error


def _ref(value: object) -> str | None:
    """Return the line's id as text; numbers are let pass as well."""
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)
