"""The only way in which anything is sent to a customer: by an agent, on what they have read."""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, Engine, Table, func, insert, select, update

from supportbot.errors import SupportbotError
from supportbot.store.audit import AuditRow, note
from supportbot.store.drafts import Settlement, settle_draft
from supportbot.store.engine import writing
from supportbot.store.faults import plain_faults
from supportbot.store.handoffs import PersonsReply
from supportbot.store.tables import handoffs, replies, slack_posts, slack_threads, turns


class Conflict(SupportbotError):
    """Somebody else has the ticket, or wrote in it meanwhile."""


@dataclass(frozen=True, slots=True)
class Version:
    """What there was of a conversation: turns of the customer, replies of persons."""

    turns: int
    replies: int

    def __str__(self) -> str:
        """Write it as forms carry it."""
        return f"{self.turns}-{self.replies}"


class Sending:
    """Holds tickets and sends replies.  Every method raises StoreUnavailable when it cannot."""

    def __init__(self, engine: Engine) -> None:
        """Use the database that ``engine`` opens."""
        self._engine = engine

    def version(self, conversation: str) -> Version:
        """Return the version of a conversation now."""
        with plain_faults(self._engine), self._engine.connect() as connection:
            return _version(connection, conversation)

    def send(self, sent: PersonsReply, seen: str, settlement: Settlement | None = None) -> None:
        """
        Keep what an agent wrote and queue it where the customer is, in one transaction.

        ``seen`` is the version that the agent has read.  The ticket is theirs by that;
        ``settlement`` is of the draft that they had.

        Raises:
            Conflict: another agent holds the ticket, or somebody wrote since; nothing is sent.
        """
        with plain_faults(self._engine), writing(self._engine).begin() as connection:
            _hold(connection, sent.conversation, sent.author, over=False)
            if str(_version(connection, sent.conversation)) != seen:
                raise Conflict("The conversation has changed since you opened it.")
            values = {name: getattr(sent, name) for name in PersonsReply.__dataclass_fields__}
            connection.execute(insert(replies), values)
            subject = f"{sent.conversation} {settlement.draft if settlement else ''}".rstrip()
            note(connection, AuditRow(sent.at, sent.author, "reply", subject))
            if settlement:
                settle_draft(connection, settlement)
            _to_slack(connection, sent)

    def take(self, conversation: str, agent: str) -> None:
        """Make a ticket an agent's, whoever had it; audited."""
        with plain_faults(self._engine), writing(self._engine).begin() as connection:
            _hold(connection, conversation, agent, over=True)
            note(connection, AuditRow(datetime.now(UTC), agent, "take over", conversation))

    def release(self, conversation: str, agent: str) -> None:
        """Let a ticket that an agent has be anybody's again; audited."""
        place = handoffs.c.conversation == conversation, handoffs.c.holder == agent
        with plain_faults(self._engine), writing(self._engine).begin() as connection:
            if connection.execute(update(handoffs).where(*place).values(holder=None)).rowcount:
                note(connection, AuditRow(datetime.now(UTC), agent, "release", conversation))


def _version(connection: Connection, conversation: str) -> Version:
    def count(table: Table) -> int:
        query = select(func.count()).where(table.c.conversation == conversation)
        return int(connection.execute(query).scalar_one())

    return Version(count(turns), count(replies))


def _hold(connection: Connection, conversation: str, agent: str, *, over: bool) -> None:
    """Write the holder; the row is locked by that until the transaction ends."""
    place = [handoffs.c.conversation == conversation]
    if not over:
        place.append(func.coalesce(handoffs.c.holder, agent) == agent)
    held = connection.execute(update(handoffs).where(*place).values(holder=agent))
    if held.rowcount == 0:
        raise Conflict("Another agent has this ticket.")


def _to_slack(connection: Connection, sent: PersonsReply) -> None:
    """Queue a reply for the thread in Slack that the conversation is, if it is one."""
    place = slack_threads.c.conversation == sent.conversation
    thread = connection.execute(select(slack_threads).where(place)).first()
    if thread is None:
        return
    own_id = secrets.token_hex(16)
    body = {
        "channel": thread.channel,
        "thread_ts": thread.thread,
        "text": sent.text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"),
        "metadata": {"event_type": "supportbot_answer", "event_payload": {"id": own_id}},
        "unfurl_links": False,
        "unfurl_media": False,
    }
    values = {
        "id": own_id,
        "team": thread.team,
        "method": "chat.postMessage",
        "body": body,
        "state": "waiting",
        "due": datetime.now(UTC),
        "tries": 0,
    }
    connection.execute(insert(slack_posts), values)
