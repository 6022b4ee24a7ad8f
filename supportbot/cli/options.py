"""Options that several commands share, and reading what they hold."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Final

import typer

from supportbot.conversation import well_formed
from supportbot.errors import ConfigError, InputError

STDIN: Final = "-"
LARGEST_TEXT: Final = 1_000_000  # bytes of a question or a ticket; more is some other file


def _well_formed(value: str | None) -> str | None:
    return None if value is None else well_formed(value)


def _or_none(value: str | None) -> str | None:
    return well_formed(value) if value else None


Account = Annotated[
    str | None,
    typer.Option("--account", metavar="ID", callback=_well_formed, help="The customer's account."),
]
User = Annotated[
    str | None,
    typer.Option(
        "--user",
        metavar="EMAIL",
        callback=_or_none,
        help="Answer as this member is answered; default: as operator.",
    ),
]
Conversation = Annotated[
    str | None,
    typer.Option(
        "--conversation", metavar="ID", callback=_or_none, help="Go on with this conversation."
    ),
]
At = Annotated[
    str | None,
    typer.Option(
        "--at", metavar="INSTANT", help="When it is asked (RFC 3339 with offset); default: now."
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Demo = Annotated[bool, typer.Option("--demo", help="Use sample accounts; nothing is kept.")]


def instant(text: str, name: str = "--at") -> datetime:
    """
    Read an RFC 3339 instant, to UTC.

    Raises:
        ConfigError: it is none; ``name`` says where it stands.
    """
    from supportbot.account import RFC_3339

    problem = f"{name} is {text!r}; give a date, a time and an offset, like 2026-11-23T09:00:00Z."
    if RFC_3339.fullmatch(text.upper()) is None:
        raise ConfigError(problem)
    try:
        return datetime.fromisoformat(text.upper()).astimezone(UTC)
    except (ValueError, OverflowError):
        raise ConfigError(problem) from None


def instant_or_now(text: str | None) -> datetime:
    """Read ``--at``; without it, take this moment."""
    return datetime.now(UTC) if text is None else instant(text)


def read_bytes(source: str, largest: int | None = None) -> bytes:
    """
    Return what a file holds; ``-`` is standard input.

    Raises:
        InputError: it cannot be read, or has more than ``largest`` bytes.
    """
    limit = -1 if largest is None else largest + 1
    try:
        if source == STDIN:
            data = sys.stdin.buffer.read(limit)
        else:
            with Path(source).open("rb") as file:
                data = file.read(limit)
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        reason = getattr(error, "strerror", None) or error
        raise InputError(f"{place(source)} cannot be read: {reason}.") from error
    if largest is not None and len(data) > largest:
        raise InputError(f"{place(source)} is larger than {largest // 1_000_000} MB; shorten it.")
    return data


def read_text(source: str, largest: int | None = LARGEST_TEXT) -> str:
    """
    Return the UTF-8 text of a file or of standard input.

    Raises:
        InputError: it cannot be read, is too large, or is no such text.
    """
    data = read_bytes(source, largest)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise InputError(
            f"{place(source)}, line {line}: this is not UTF-8 text; save it as UTF-8."
        ) from error


def place(source: str) -> str:
    """Name a source as messages name it."""
    return "Standard input" if source == STDIN else source
