"""Which Slack user is whom: links, and the one-time links by which they are made."""

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import Connection, Engine, delete, insert, select

from supportbot.store.audit import AuditRow, note
from supportbot.store.engine import writing
from supportbot.store.faults import plain_faults
from supportbot.store.tables import slack_links, slack_nonces

NONCE_LIFE: Final = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class SlackUser:
    """A user of a workspace; all are Slack's ids.  ``enterprise`` None: of none."""

    team: str
    user: str
    enterprise: str | None = None

    def __str__(self) -> str:
        """Name the user as the audit does."""
        return f"slack {self.team} {self.user}"


@dataclass(frozen=True, slots=True)
class Link:
    """The account that a Slack user may hear of, and as whom at the host."""

    who: SlackUser
    account: str
    host_user: str | None = None
    email: str | None = None
    role: str | None = None


class SlackLinks:
    """The tables of links.  Every method raises StoreUnavailable when it cannot."""

    def __init__(self, engine: Engine) -> None:
        """Use the database that ``engine`` opens."""
        self._engine = engine

    def of(self, who: SlackUser) -> Link | None:
        """Return the link of a Slack user; None: there is none."""
        query = select(slack_links).where(
            slack_links.c.team == who.team, slack_links.c.user == who.user
        )
        with plain_faults(self._engine), self._engine.connect() as connection:
            row = connection.execute(query).first()
        if row is None or row.enterprise not in (None, who.enterprise):
            return None
        return Link(who, row.account, row.host_user, row.email, row.role)

    def bind(self, link: Link, actor: str) -> None:
        """Bind a Slack user to an account, instead of any before; audited."""
        with plain_faults(self._engine), writing(self._engine).begin() as connection:
            _bind(connection, link, actor)

    def unbind(self, who: SlackUser, actor: str) -> bool:
        """Unbind a Slack user at once; audited.  Return whether there was a link."""
        with plain_faults(self._engine), writing(self._engine).begin() as connection:
            gone = connection.execute(
                delete(slack_links).where(
                    slack_links.c.team == who.team, slack_links.c.user == who.user
                )
            ).rowcount
            if gone:
                note(connection, AuditRow(datetime.now(UTC), actor, "unlink", str(who)))
        return bool(gone)

    def unbind_team(self, team: str) -> int:
        """Unbind all users of a workspace that removed the app; return how many there were."""
        with plain_faults(self._engine), writing(self._engine).begin() as connection:
            gone = connection.execute(
                delete(slack_links).where(slack_links.c.team == team)
            ).rowcount
            note(connection, AuditRow(datetime.now(UTC), f"slack {team}", "uninstall", str(gone)))
        return gone

    def new_nonce(self, who: SlackUser) -> str:
        """Make a one-time link's secret for a Slack user; it lives for ten minutes."""
        nonce, now = secrets.token_urlsafe(24), datetime.now(UTC)
        values = {"hash": _hash(nonce), **asdict(who)}
        with plain_faults(self._engine), writing(self._engine).begin() as connection:
            connection.execute(delete(slack_nonces).where(slack_nonces.c.until < now))
            connection.execute(insert(slack_nonces), {**values, "until": now + NONCE_LIFE})
        return nonce

    def waiting(self, nonce: str) -> SlackUser | None:
        """Return for whom a nonce is, without using it; None: it is used, old, or none."""
        query = select(slack_nonces).where(
            slack_nonces.c.hash == _hash(nonce), slack_nonces.c.until > datetime.now(UTC)
        )
        with plain_faults(self._engine), self._engine.connect() as connection:
            row = connection.execute(query).first()
        return SlackUser(row.team, row.user, row.enterprise) if row else None

    def redeem(self, nonce: str, link: Callable[[SlackUser], Link]) -> SlackUser | None:
        """
        Use a nonce and bind its Slack user as ``link`` says, in one transaction.

        Returns None, and binds nobody, when the nonce is used, old, or none.
        """
        place = slack_nonces.c.hash == _hash(nonce)
        with plain_faults(self._engine), writing(self._engine).begin() as connection:
            row = connection.execute(
                select(slack_nonces).where(place, slack_nonces.c.until > datetime.now(UTC))
            ).first()
            if row is None or connection.execute(delete(slack_nonces).where(place)).rowcount != 1:
                return None
            made = link(SlackUser(row.team, row.user, row.enterprise))
            _bind(connection, made, f"host {made.host_user}")
        return made.who


def _bind(connection: Connection, link: Link, actor: str) -> None:
    who = link.who
    connection.execute(
        delete(slack_links).where(slack_links.c.team == who.team, slack_links.c.user == who.user)
    )
    values = {
        **asdict(who),
        "account": link.account,
        "host_user": link.host_user,
        "email": link.email,
        "role": link.role,
        "at": datetime.now(UTC),
    }
    connection.execute(insert(slack_links), values)
    note(connection, AuditRow(datetime.now(UTC), actor, "link", f"{who} to {link.account}"))


def _hash(nonce: str) -> str:
    return hashlib.sha256(nonce.encode()).hexdigest()
