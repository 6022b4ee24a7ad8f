"""
Labelled questions, read from JSON Lines.

    {"text": "do credits expire", "intent": "credit_expiry", "also": ["credit_types"]}
    {"text": "my balance? and open invoices?", "intents": ["account_balance", "past_due_invoice"]}
    {"turns": [{"text": "…", "intent": "…"}, {"text": "and free ones?", "intent": "…"}]}

``id`` is kept when it is there; other fields are let pass.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from rapidfuzz import fuzz, process

from supportbot.errors import InputError

EXAMPLE: Final = '{"text": "do credits expire", "intent": "credit_expiry"}'


@dataclass(frozen=True, slots=True)
class Case:
    """
    One message and what it asks.

    ``intents`` has one name, or several for a message that asks ``several`` things, in the
    order of the text.  ``also`` are intents that are right as well.  ``ref`` is the line's
    ``id``, else where it stands.
    """

    ref: str
    text: str
    intents: tuple[str, ...]
    also: tuple[str, ...] = ()
    several: bool = False

    @property
    def intent(self) -> str:
        """The intent that was meant, or the first of several."""
        return self.intents[0]

    @property
    def accepted(self) -> frozenset[str]:
        """Every intent that counts as right."""
        return frozenset((*self.intents, *self.also))


Conversation = tuple[Case, ...]
"""Messages that follow each other; a question by itself is a conversation of one."""


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a value stands, and what it may name."""

    where: str
    known: Collection[str]


def read_cases(text: str, name: str, known: Collection[str]) -> tuple[Conversation, ...]:
    """
    Read the lines of a file ``name``; ``known`` are the intents that a label may name.

    Raises:
        InputError: a line cannot be used, or there is none; says which, and how to mend it.
    """
    found = tuple(
        _conversation(written, _Place(f"{name}, line {number}", known), number)
        for number, written in enumerate(text.split("\n"), 1)  # splitlines() would cut strings
        if written.strip()
    )
    if not found:
        raise InputError(f"{name} holds no questions; write lines like {EXAMPLE}.")
    return found


def _conversation(written: str, place: _Place, number: int) -> Conversation:
    values = _object(written, place.where)
    ref = str(values.get("id", f"line {number}"))
    if "turns" not in values:
        return (_case(values, ref, place),)
    turns = values["turns"]
    if not isinstance(turns, list) or not turns:
        raise InputError(f'{place.where}: "turns" must be a list of questions, like [{EXAMPLE}].')
    return tuple(
        _turn(turn, f"{ref}, turn {n}", _Place(f"{place.where}, turn {n}", place.known))
        for n, turn in enumerate(turns, 1)
    )


def _turn(values: object, ref: str, place: _Place) -> Case:
    if not isinstance(values, Mapping):
        raise InputError(f"{place.where}: this is no JSON object; write {EXAMPLE}.")
    return _case(values, ref, place)


def _object(written: str, where: str) -> Mapping[str, object]:
    try:
        values: object = json.loads(written)
    except (ValueError, RecursionError) as error:
        reason = error.msg if isinstance(error, json.JSONDecodeError) else "too deep or too large"
        raise InputError(f"{where}: this is not JSON ({reason}); write {EXAMPLE}.") from error
    if not isinstance(values, Mapping):
        raise InputError(f"{where}: this is no JSON object; write {EXAMPLE}.")
    return values


def _case(values: Mapping[str, object], ref: str, place: _Place) -> Case:
    text = values.get("text")
    if not isinstance(text, str):
        problem = "is missing" if text is None else "is not a string"
        raise InputError(f'{place.where}: "text" {problem}; write {EXAMPLE}.')
    several = "intents" in values
    if several and "intent" in values:
        raise InputError(f'{place.where}: give either "intent" or "intents", not both.')
    named = _names(values, "intents", place) if several else (_intent(values, place),)
    if not named:
        raise InputError(f'{place.where}: "intents" names none; give at least one.')
    also = _names(values, "also", place)
    return Case(ref, _whole(text), tuple(dict.fromkeys(named)), also, several)


def _intent(values: Mapping[str, object], place: _Place) -> str:
    if values.get("intent") is None:
        raise InputError(f'{place.where}: "intent" is missing; write {EXAMPLE}.')
    return _name(values["intent"], "intent", place)


def _names(values: Mapping[str, object], field: str, place: _Place) -> tuple[str, ...]:
    names = values.get(field)
    if names is None:
        return ()
    if not isinstance(names, Sequence) or isinstance(names, str):
        raise InputError(f'{place.where}: "{field}" is not a list; put the names in [ ].')
    return tuple(_name(name, field, place) for name in names)


def _name(name: object, field: str, place: _Place) -> str:
    if not isinstance(name, str):
        raise InputError(f'{place.where}: "{field}" holds {name!r}, which is not the name of one.')
    if name in place.known:
        return name
    nearest = process.extractOne(name, sorted(place.known), scorer=fuzz.ratio)
    hint = f" Did you mean {nearest[0]!r}?" if nearest else ""
    raise InputError(f'{place.where}: "{field}" is {name!r}, which no article has.{hint}')


def _whole(text: str) -> str:
    """Replace halves of characters, which no encoder reads."""
    return text.encode("utf-8", "replace").decode("utf-8")
