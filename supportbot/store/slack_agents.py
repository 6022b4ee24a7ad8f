"""Which Slack users are support agents; an operator says so by hand."""

from datetime import UTC, datetime

from sqlalchemy import ColumnElement, Engine, delete, insert, select

from supportbot.store.audit import AuditRow, note
from supportbot.store.engine import writing
from supportbot.store.faults import plain_faults
from supportbot.store.slack_links import SlackUser
from supportbot.store.tables import slack_agents


class SlackAgents:
    """The table of agents in Slack.  Every method raises StoreUnavailable when it cannot."""

    def __init__(self, engine: Engine) -> None:
        """Use the database that ``engine`` opens."""
        self._engine = engine

    def add(self, who: SlackUser, email: str, by: str) -> None:
        """Let a Slack user work as the agent ``email``; audited."""
        now = datetime.now(UTC)
        values = {"team": who.team, "user": who.user, "email": email, "at": now}
        with plain_faults(self._engine), writing(self._engine).begin() as connection:
            connection.execute(delete(slack_agents).where(*_is(who)))
            connection.execute(insert(slack_agents), values)
            note(connection, AuditRow(now, by, "agent in slack", f"{who} is {email}"))

    def remove(self, who: SlackUser, by: str) -> bool:
        """Undo that at once; audited.  Return whether the user was an agent."""
        with plain_faults(self._engine), writing(self._engine).begin() as connection:
            gone = connection.execute(delete(slack_agents).where(*_is(who))).rowcount
            if gone:
                row = AuditRow(datetime.now(UTC), by, "no agent in slack", str(who))
                note(connection, row)
        return bool(gone)

    def email_of(self, who: SlackUser) -> str | None:
        """Return as which agent a Slack user works; None: as none."""
        query = select(slack_agents.c.email).where(*_is(who))
        with plain_faults(self._engine), self._engine.connect() as connection:
            return connection.execute(query).scalar()

    def note(self, email: str, action: str, subject: str) -> None:
        """Write into the audit what an agent did or looked at."""
        with plain_faults(self._engine), writing(self._engine).begin() as connection:
            note(connection, AuditRow(datetime.now(UTC), email, action, subject))


def _is(who: SlackUser) -> tuple[ColumnElement[bool], ...]:
    return slack_agents.c.team == who.team, slack_agents.c.user == who.user
