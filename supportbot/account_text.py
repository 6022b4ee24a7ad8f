"""An account record for people: every part, money written out, nothing left unsaid."""

from collections.abc import Iterator, Sequence
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from typing import Any, Final

from supportbot.account import UNKNOWN, Account
from supportbot.accounts.source import AccountSummary
from supportbot.composing.writing import TIER_NAMES, write_date
from supportbot.money import MONEY_FIELDS, format_money
from supportbot.render import instant
from supportbot.snapshot import HEADER, Disagreement, Origin, Snapshot

UNREAD: Final = "could not be read"
NONE: Final = "none"


def list_lines(summaries: Sequence[AccountSummary]) -> list[str]:
    """Return a line for each account, in columns."""
    rows = [(each.id, _tier(each.tier), instant(each.as_of), each.name) for each in summaries]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    return [
        "  ".join((*map(str.ljust, row[:3], widths), printable(row[3]))).rstrip() for row in rows
    ]


def summary_json(summary: AccountSummary) -> dict[str, str | None]:
    """Return a line of the list as JSON; a tier that could not be read is null."""
    tier = None if summary.tier is UNKNOWN else summary.tier
    return {
        "id": summary.id,
        "name": summary.name,
        "tier": tier,
        "as_of": instant(summary.as_of),
    }


def account_lines(account: Account) -> list[str]:
    """Return the whole record, a line for each value, instants in the account's time zone."""
    return [line for each in fields(account) for line in _part(each.name, account)]


def _part(name: str, account: Account) -> Iterator[str]:
    value, title = getattr(account, name), _title(name)
    if isinstance(value, tuple) and value:
        yield f"{title}:"
        for item in value:
            yield f"  - {_inline(item, account)}"
    elif is_dataclass(value):
        yield f"{title}:"
        for each in fields(value):
            shown = _value(each.name, getattr(value, each.name), account)
            yield f"  {_title(each.name)}: {shown}"
    else:
        yield f"{title}: {_value(name, value, account)}"


def _inline(item: Any, account: Account) -> str:  # noqa: ANN401 -- any dataclass of the record
    """Write an item in one line; what its record does not say is left out."""
    told = ((each.name, getattr(item, each.name)) for each in fields(item))
    return ", ".join(
        f"{_title(name).lower()} {_value(name, value, account)}"
        for name, value in told
        if value is not None
    )


def _value(name: str, value: object, account: Account) -> str:
    if value is UNKNOWN:
        return UNREAD
    if value is None or value == ():
        return NONE
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int) and name in MONEY_FIELDS:
        return format_money(value, account.currency)
    if isinstance(value, datetime):
        local = account.local(value)
        return f"{write_date(local)} {local:%H:%M}"
    return _tier(value) if name in ("tier", "min_tier") else printable(str(value))


def _title(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _tier(value: object) -> str:
    return UNREAD if value is UNKNOWN else TIER_NAMES.get(str(value), printable(str(value)))


def printable(text: str) -> str:
    """Replace what could steer a terminal."""
    return "".join(each if each.isprintable() else "�" for each in text)


def source_lines(read: Snapshot) -> list[str]:
    """Return what was read from where and when, what was not, and what sources differ on."""
    return [
        *(
            f"- {name.replace('_', ' ')}: {_from(origin)}"
            for name, origin in read.origins.items()
            if name not in HEADER
        ),
        *trouble_lines(read),
    ]


def trouble_lines(read: Snapshot) -> list[str]:
    """Return a line for each part that a source did not tell, and each that two differ on."""
    return [
        *(
            f"- not read: {each.part or 'anything'} from {each.source}. {each.why}"
            for each in read.failures
        ),
        *(_differing(each, read.account) for each in read.disagreements),
    ]


def _from(origin: Origin) -> str:
    age = (datetime.now(UTC) - origin.as_of).total_seconds()
    return f"{origin.source}, as of {instant(origin.as_of)} ({_ago(age)})"


def _ago(seconds: float) -> str:
    for size, unit in ((86_400, "days"), (3_600, "hours"), (60, "minutes")):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {unit} ago"
    return f"{max(0.0, seconds):.1f} s ago"


def _differing(found: Disagreement, account: Account) -> str:
    name = found.field.rpartition(".")[2]
    used, other = (_value(name, each, account) for each in (found.value, found.other_value))
    return (
        f"- {found.field}: {found.used.source} says {used}, which is used; "
        f"{found.other.source} says {other}"
    )
