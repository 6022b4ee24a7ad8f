"""
``accounts.toml``: how a platform's own tables make an account record, a SELECT for each part.

    [account]
    sql = "SELECT id, name, currency, tier FROM customers WHERE id = :account"

    [invoices]
    sql = "SELECT id, status, total, open AS amount_remaining FROM bills WHERE customer = :account"
    money = "decimal"
    naive = "UTC"

Columns are named as the fields of the record.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, Literal
from zoneinfo import ZoneInfo

from sqlalchemy import TextClause, text

from supportbot.errors import ConfigError
from supportbot.snapshot import EVERY_PART

ACCOUNT: Final = "account"
IN_ACCOUNT: Final = frozenset({"tier", "status", "lifetime_purchased"})
"""Parts that are columns of [account], not tables of their own."""

TABLES: Final = frozenset({ACCOUNT}) | (EVERY_PART - IN_ACCOUNT)
KEYS: Final = frozenset({"sql", "money", "naive"})
READS: Final = re.compile(r"\s*(SELECT|WITH)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Query:
    """
    One SELECT.

    ``decimal``: its amounts are decimals in major units, not whole minor units.  ``zone``: that
    of instants that come without an offset; None: such an instant is refused.
    """

    sql: TextClause
    decimal: bool = False
    zone: ZoneInfo | None = None


Queries = Mapping[str, Query]


def read_mapping(path: Path) -> Queries:
    """
    Read a mapping file.

    Raises:
        ConfigError: it cannot be used; names the file, the table and the mend.
    """
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(
            f"SUPPORTBOT_ACCOUNTS_MAPPING: {path} cannot be read: {error.strerror}."
        ) from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"SUPPORTBOT_ACCOUNTS_MAPPING: {path} is not TOML: {error}.") from error
    for name in tables.keys() - TABLES:
        where = "[account] as a column" if name in IN_ACCOUNT else "no part of the account record"
        raise ConfigError(f"{path}: [{name}] is {where}; there are {', '.join(sorted(TABLES))}.")
    if ACCOUNT not in tables:
        raise ConfigError(f"{path}: [account] is missing; it gives id, name and currency.")
    return MappingProxyType(
        {name: _query(f"{path}: [{name}]", table) for name, table in tables.items()}
    )


def _query(place: str, table: Any) -> Query:  # noqa: ANN401 -- whatever TOML holds
    if not isinstance(table, dict) or not isinstance(table.get("sql"), str):
        raise ConfigError(f'{place} needs sql = "SELECT …".')
    if unknown := sorted(table.keys() - KEYS):
        raise ConfigError(f"{place} has {unknown[0]}, which means nothing here; leave it out.")
    if table.get("money", "minor") not in ("minor", "decimal"):
        raise ConfigError(f'{place} has money = {table["money"]!r}; give "minor" or "decimal".')
    return Query(
        _statement(place, table["sql"]), table.get("money") == "decimal", _zone(place, table)
    )


def _statement(place: str, sql: str) -> TextClause:
    statement = sql.strip().removesuffix(";")
    if not READS.match(statement) or ";" in statement:
        raise ConfigError(f"{place} must be one SELECT.")
    clause = text(statement)
    if set(clause._bindparams) != {ACCOUNT}:
        raise ConfigError(f"{place} must choose the rows by :account, and by nothing else.")
    return clause


def _zone(place: str, table: Mapping[str, Any]) -> ZoneInfo | None:
    name = table.get("naive")
    if name is None:
        return None
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, TypeError, OSError):
        raise ConfigError(f'{place} has naive = {name!r}; give a time zone like "UTC".') from None


Shape = Literal["one", "one or none", "many"]
SHAPES: Final[Mapping[str, Shape]] = MappingProxyType(
    {
        ACCOUNT: "one",
        "balance": "one",
        "limits": "one",
        "auto_recharge": "one or none",
        "last_error": "one or none",
    }
)
"""How many rows a part has; all others have many.  None of "one or none" is known to be none."""
