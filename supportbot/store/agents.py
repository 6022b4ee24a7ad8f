"""Who may work in the console: agents, their passwords, one-time links and sessions."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Final, Literal

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import Connection, Engine, delete, insert, select, update

from supportbot.store.audit import AuditRow, note
from supportbot.store.engine import writing
from supportbot.store.faults import plain_faults
from supportbot.store.tables import agent_keys, agents

SET_UP_LIFE: Final = timedelta(hours=24)
SESSION_LIFE: Final = timedelta(hours=10)
LIVES: Final = {"set-up": SET_UP_LIFE, "session": SESSION_LIFE}
Use = Literal["set-up", "session"]
_HASHER: Final = PasswordHasher()


@dataclass(frozen=True, slots=True)
class Agent:
    """Somebody who works in the console."""

    email: str
    admin: bool = False


class AgentStore:
    """The tables of agents.  Every method raises StoreUnavailable when it cannot."""

    def __init__(self, engine: Engine) -> None:
        """Use the database that ``engine`` opens."""
        self._engine = engine

    def add(self, agent: Agent, by: str = "operator") -> str:
        """
        Add an agent, or let one that is there choose a new password, and return a one-time key.

        Whatever password and sessions there were end at once; audited.
        """
        now = datetime.now(UTC)
        with plain_faults(self._engine), writing(self._engine).begin() as connection:
            connection.execute(delete(agents).where(agents.c.email == agent.email))
            connection.execute(delete(agent_keys).where(agent_keys.c.email == agent.email))
            values = {"email": agent.email, "password": None, "admin": agent.admin, "at": now}
            connection.execute(insert(agents), values)
            note(connection, AuditRow(now, by, "agent added", agent.email))
            return _new_key(connection, agent.email, "set-up")

    def agent(self, email: str) -> Agent | None:
        """Return an agent; None: nobody works under that address."""
        query = select(agents.c.email, agents.c.admin).where(agents.c.email == email)
        with plain_faults(self._engine), self._engine.connect() as connection:
            row = connection.execute(query).first()
        return Agent(row.email, row.admin) if row else None

    def remove(self, email: str, by: str) -> bool:
        """Let an agent in no more; their sessions end at once.  Return whether there was one."""
        with plain_faults(self._engine), writing(self._engine).begin() as connection:
            connection.execute(delete(agent_keys).where(agent_keys.c.email == email))
            gone = connection.execute(delete(agents).where(agents.c.email == email)).rowcount
            if gone:
                note(connection, AuditRow(datetime.now(UTC), by, "agent removed", email))
        return bool(gone)

    def set_up(self, key: str, password: str) -> Agent | None:
        """Use a one-time key to choose a password; None: it is used, old, or none."""
        hashed = _HASHER.hash(password)
        with plain_faults(self._engine), writing(self._engine).begin() as connection:
            found = _holder(connection, key, "set-up")
            if found is None:
                return None
            connection.execute(delete(agent_keys).where(agent_keys.c.hash == _hash(key)))
            connection.execute(
                update(agents).where(agents.c.email == found.email).values(password=hashed)
            )
        return found

    def sign_in(self, email: str, password: str) -> str | None:
        """Return a session's key; None: no such agent, or another password: it takes as long."""
        query = select(agents.c.password).where(agents.c.email == email)
        with plain_faults(self._engine), self._engine.connect() as connection:
            kept = connection.execute(query).scalar()
        try:
            _HASHER.verify(kept or _nobody(), password)
        except (VerificationError, InvalidHashError):
            return None
        if kept is None:
            return None
        with plain_faults(self._engine), writing(self._engine).begin() as connection:
            note(connection, AuditRow(datetime.now(UTC), email, "sign-in", email))
            return _new_key(connection, email, "session")

    def sign_in_by_oidc(self, email: str) -> str | None:
        """Return a session's key for whom a provider vouches; None: no agent has that address."""
        if self.agent(email) is None:
            return None
        with plain_faults(self._engine), writing(self._engine).begin() as connection:
            note(connection, AuditRow(datetime.now(UTC), email, "sign-in", f"{email} by OIDC"))
            return _new_key(connection, email, "session")

    def holder(self, key: str, use: Use) -> Agent | None:
        """Return whose key it is; None: it is used, old, or none."""
        with plain_faults(self._engine), self._engine.connect() as connection:
            return _holder(connection, key, use)

    def sign_out(self, key: str) -> None:
        """End a session."""
        with plain_faults(self._engine), writing(self._engine).begin() as connection:
            connection.execute(delete(agent_keys).where(agent_keys.c.hash == _hash(key)))

    def note(self, agent: Agent, action: str, subject: str) -> None:
        """Write into the audit what an agent did or looked at."""
        with plain_faults(self._engine), writing(self._engine).begin() as connection:
            note(connection, AuditRow(datetime.now(UTC), agent.email, action, subject))


def is_address(email: str) -> bool:
    """Whether it can be an e-mail address; whether somebody has it, only a letter would tell."""
    return "@" in email.strip("@") and email.isprintable() and " " not in email


@cache
def _nobody() -> str:
    """Return a hash to compare with where there is none, so that it takes as long."""
    return _HASHER.hash("nobody has this password")


def csrf_of(key: str) -> str:
    """Return what the forms of a session carry; it cannot be made without the session's key."""
    return hashlib.sha256(f"csrf {key}".encode()).hexdigest()


def _holder(connection: Connection, key: str, use: Use) -> Agent | None:
    query = (
        select(agents.c.email, agents.c.admin)
        .join(agent_keys, agent_keys.c.email == agents.c.email)
        .where(
            agent_keys.c.hash == _hash(key),
            agent_keys.c.use == use,
            agent_keys.c.until > datetime.now(UTC),
        )
    )
    row = connection.execute(query).first()
    return Agent(row.email, row.admin) if row else None


def _new_key(connection: Connection, email: str, use: Use) -> str:
    key, now = secrets.token_urlsafe(32), datetime.now(UTC)
    connection.execute(delete(agent_keys).where(agent_keys.c.until < now))
    values = {"hash": _hash(key), "email": email, "use": use, "until": now + LIVES[use]}
    connection.execute(insert(agent_keys), values)
    return key


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
