"""In which workspaces of Slack the app is installed, with their tokens encrypted at rest."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from sqlalchemy import Engine, delete, insert, select

from supportbot.store.audit import AuditRow, note
from supportbot.store.engine import writing
from supportbot.store.faults import plain_faults
from supportbot.store.tables import slack_states, slack_workspaces

STATE_LIFE: Final = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Workspace:
    """A workspace that has installed the app; ids are Slack's."""

    team: str
    token: str = field(repr=False)
    enterprise: str | None = None
    bot_id: str | None = None
    bot_user: str | None = None
    scopes: str = ""
    installer: str | None = None


class SlackWorkspaces:
    """
    The tables of installations and of the states of those under way.

    Every method raises StoreUnavailable when it cannot.
    """

    def __init__(self, engine: Engine, keys: Sequence[str]) -> None:
        """``keys`` are Fernet keys: the first encrypts, all decrypt, so that they can change."""
        self._engine = engine
        self._cipher = MultiFernet([Fernet(key) for key in keys])

    def save(self, workspace: Workspace) -> None:
        """Keep an installation instead of any before; audited."""
        now = datetime.now(UTC)
        values = {name: getattr(workspace, name) for name in workspace.__dataclass_fields__}
        values["token"] = self._cipher.encrypt(workspace.token.encode()).decode()
        place = slack_workspaces.c.team == workspace.team
        who = f"slack {workspace.team} {workspace.installer}"
        with plain_faults(self._engine), writing(self._engine).begin() as connection:
            connection.execute(delete(slack_workspaces).where(place))
            connection.execute(insert(slack_workspaces), {**values, "at": now})
            note(connection, AuditRow(now, who, "install", workspace.team))

    def of(self, team: str) -> Workspace | None:
        """Return the installation of a workspace; None: there is none that can be read."""
        query = select(slack_workspaces).where(slack_workspaces.c.team == team)
        with plain_faults(self._engine), self._engine.connect() as connection:
            row = connection.execute(query).mappings().first()
        if row is None:
            return None
        try:
            token = self._cipher.decrypt(row["token"].encode()).decode()
        except InvalidToken:  # its key was taken away: as good as not installed
            return None
        kept = {name: row[name] for name in Workspace.__dataclass_fields__}
        return Workspace(**{**kept, "token": token})

    def remove(self, team: str) -> None:
        """Forget a workspace and its token."""
        with plain_faults(self._engine), writing(self._engine).begin() as connection:
            connection.execute(delete(slack_workspaces).where(slack_workspaces.c.team == team))

    def new_state(self) -> str:
        """Make a secret that an installation carries to Slack and back; it lives ten minutes."""
        state, now = secrets.token_urlsafe(24), datetime.now(UTC)
        with plain_faults(self._engine), writing(self._engine).begin() as connection:
            connection.execute(delete(slack_states).where(slack_states.c.until < now))
            values = {"hash": _hash(state), "until": now + STATE_LIFE}
            connection.execute(insert(slack_states), values)
        return state

    def use_state(self, state: str) -> bool:
        """Use a state; False: it is used, old, or none."""
        place = slack_states.c.hash == _hash(state), slack_states.c.until > datetime.now(UTC)
        with plain_faults(self._engine), writing(self._engine).begin() as connection:
            return connection.execute(delete(slack_states).where(*place)).rowcount == 1


def _hash(state: str) -> str:
    return hashlib.sha256(state.encode()).hexdigest()
