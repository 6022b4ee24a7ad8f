"""What is wrong with a field of a record, in plain words."""

import json
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from difflib import get_close_matches
from typing import Final

from pydantic_core import ErrorDetails

from supportbot import account

FORMS: Final = {
    r"^[A-Za-z0-9_.:-]{1,64}$": "1 to 64 letters, digits, or any of _ . : -",
    r"^[A-Z]{3}$": "a currency's code of three capital letters, like USD",
    r"^[0-9]{4}$": "exactly four digits",
}
KINDS: Final = [kind for kind in vars(account).values() if isinstance(kind, type)]
NAMES: Final = sorted({each.name for kind in KINDS if is_dataclass(kind) for each in fields(kind)})


def problem_in_words(error: ErrorDetails) -> str:
    """Return the rest of a sentence that begins with the field: "must be text, not 12"."""
    words = PROBLEMS.get(error["type"])
    if words is None:
        return f"cannot be read: {error['msg']}"
    return words(error)


def _must_be(what: str) -> Callable[[ErrorDetails], str]:
    return lambda error: f"must be {what}, not {_shown(error['input'])}"


def _one_of(error: ErrorDetails) -> str:
    return f"must be one of {error['ctx']['expected']}, not {_shown(error['input'])}"


def _form(error: ErrorDetails) -> str:
    form = FORMS.get(error["ctx"]["pattern"], "written differently")
    return f"must be {form}, not {_shown(error['input'])}"


def _extra(error: ErrorDetails) -> str:
    near = get_close_matches(str(error["loc"][-1]), NAMES, n=1)
    hint = f"; perhaps {near[0]} was meant" if near else "; leave it out"
    return f"is not a field of the account record here{hint}"


def _own_words(error: ErrorDetails) -> str:
    return f"{error['ctx']['error']}, not {_shown(error['input'])}"


def _not_json(error: ErrorDetails) -> str:
    if "recursion" in str(error["ctx"]["error"]):
        return "is nested too deeply to be an account record"
    return "holds text with half a character (a lone surrogate), which cannot be stored"


def _shown(value: object) -> str:
    if isinstance(value, Mapping | list):
        return "an object" if isinstance(value, Mapping) else "a list"
    written = json.dumps(value, ensure_ascii=False, default=repr)
    return written if len(written) <= 60 else f"{written[:57]}..."


PROBLEMS: Final[dict[str, Callable[[ErrorDetails], str]]] = {
    "missing": lambda _: "is missing",
    "unexpected_keyword_argument": _extra,
    "literal_error": _one_of,
    "string_type": _must_be("text"),
    "bool_type": _must_be("true or false"),
    "int_type": _must_be("a whole number (money in minor units, like cents)"),
    "int_from_float": _must_be("a whole number (money in minor units, like cents)"),
    "tuple_type": _must_be("a list"),
    "dataclass_type": _must_be("an object"),
    "string_pattern_mismatch": _form,
    "greater_than_equal": lambda error: _must_be(f"at least {error['ctx']['ge']}")(error),
    "less_than_equal": lambda error: _must_be(f"at most {error['ctx']['le']}")(error),
    "value_error": _own_words,
    "json_invalid": _not_json,
}
