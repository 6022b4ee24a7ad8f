"""
The sample accounts that ship with the package, for people who want to try supportbot.

Each shows one thing, which its name says; together they show every cause in
``supportbot.diagnosis``.  They are as of 23 November 2026, 08:58 UTC: errors of API calls
count for seven days, all else holds for as long as nobody changes it.
"""

from functools import cache
from importlib.resources import files

from pydantic import TypeAdapter

from supportbot.account import Account


@cache
def demo_records() -> tuple[Account, ...]:
    """Return the sample accounts, in the order of the file."""
    text = files("supportbot.accounts").joinpath("demo.json").read_bytes()
    return TypeAdapter(tuple[Account, ...]).validate_json(text, strict=True, extra="forbid")
