"""An account as it was read: the record, and where each part of it came from.  Plain values."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Final

from supportbot.account import UNKNOWN, Account

HEADER: Final = ("id", "name", "currency", "as_of", "timezone", "status_reason")
"""Fields of an account that are no parts: they come with whatever else is read."""

EVERY_PART: Final[frozenset[str]] = frozenset(
    each.name for each in fields(Account) if each.name not in HEADER
)
"""The parts of a record that can be asked for: ``invoices``, ``balance`` …"""


@dataclass(frozen=True, slots=True)
class Origin:
    """
    Which system a part was read from, and when that system had it so.

    ``caveat``: what the reader must know of the figure, a key of ``wording.CAVEATS``.
    """

    source: str
    as_of: datetime
    caveat: str = ""


@dataclass(frozen=True, slots=True)
class Failure:
    """
    A part that a source should know and could not tell; ``why`` is for the operator.

    ``part`` is empty when the source told nothing at all.
    """

    source: str
    part: str
    why: str


@dataclass(frozen=True, slots=True)
class Disagreement:
    """
    Two sources that tell two things of one field; the first one's was used.

    ``field`` is a path as ``path`` makes it.  The values are raw: minor units, instants, words.
    """

    field: str
    used: Origin
    value: object
    other: Origin
    other_value: object


@dataclass(frozen=True, slots=True)
class Snapshot:
    """
    An account as it was read.

    ``origins`` says where each known part is from, the parts of ``balance`` and ``limits``
    singly (``balance.total``) where they differ; what it does not name is of the record as a
    whole.  ``currency_known``: false when the source holds no money to tell it by.
    """

    account: Account
    origins: Mapping[str, Origin] = field(default_factory=dict)
    failures: tuple[Failure, ...] = ()
    disagreements: tuple[Disagreement, ...] = ()
    currency_known: bool = True

    def origin(self, part: str, name: str = "") -> Origin:
        """Return where a part, or one field of it, was read."""
        found = self.origins.get(f"{part}.{name}") or self.origins.get(part)
        return found or Origin("", self.account.as_of)


def whole(account: Account, source: str, failures: tuple[Failure, ...] = ()) -> Snapshot:
    """Return the snapshot of a record that one source gave in one piece."""
    origin = Origin(source, account.as_of)
    known = (part for part in sorted(EVERY_PART) if getattr(account, part) is not UNKNOWN)
    return Snapshot(account, dict.fromkeys((*known, *HEADER), origin), failures)


def path(part: str, name: str, item_id: str = "") -> str:
    """Name a field: ``tier``, ``balance.total``, ``invoices[in_2041].amount_remaining``."""
    if not part:
        return name
    return f"{part}[{item_id}].{name}" if item_id else f"{part}.{name}"
