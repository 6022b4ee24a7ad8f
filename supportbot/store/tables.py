"""The tables as they are now; the migrations say how they came to be so, and a test compares."""

from datetime import UTC, datetime
from typing import Final

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    DateTime,
    Dialect,
    Float,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.types import TypeDecorator

REVISION: Final = "0008"
"""The newest migration, so that a start on an up-to-date database need not import Alembic."""


class Instant(TypeDecorator[datetime]):
    """An instant; always read back in UTC, also from SQLite, which forgets offsets."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Store UTC; an instant without an offset would be a guess."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value.isoformat()} has no offset from UTC.")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Say that it is UTC where the database does not."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


metadata: Final = MetaData()

turns: Final = Table(
    "turns",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("conversation", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("asked_at", Instant, nullable=False),
    Column("account", String(64)),  # null: an anonymous visitor
    Column("user", Text),
    Column("text", Text, nullable=False),  # redacted
    Column("answer_id", String(64), nullable=False),
    Column("answer", Text, nullable=False),  # text, not JSON, so that it keeps its bytes
    Column("outcome", String(32), nullable=False),
    Column("context", JSON, nullable=False),
    Column("role", String(16)),  # of the asker in the account; null: not known
    UniqueConstraint("conversation", "key", name="turns_conversation_key"),
    Index("turns_answer_id", "answer_id"),
    Index("turns_asked_at", "asked_at", "outcome"),
    sqlite_autoincrement=True,  # a number is never given twice, so the order outlives erasure
)

accounts: Final = Table(
    "accounts",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("record", Text, nullable=False),
    Column("imported_at", DateTime(timezone=True), nullable=False),
)

receipts: Final = Table(
    "receipts",
    metadata,
    Column("identity", Text, primary_key=True),  # who sent it; empty: an anonymous visitor
    Column("key", String(255), primary_key=True),  # the Idempotency-Key
    Column("request", String(64), nullable=False),  # a hash of what was asked, and where
    Column("status", Integer, nullable=False),
    Column("body", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Index("receipts_at", "at"),
)

feedback: Final = Table(
    "feedback",
    metadata,
    Column("answer_id", String(64), primary_key=True),
    Column("helpful", Boolean, nullable=False),
    Column("reason", String(64)),
    Column("comment", Text),  # redacted
    Column("at", Instant, nullable=False),
)

handoffs: Final = Table(
    "handoffs",
    metadata,
    Column("conversation", Text, primary_key=True),
    Column("reference", String(32), nullable=False, unique=True),
    Column("account", String(64)),
    Column("user", Text),
    Column("reason", String(32), nullable=False),
    Column("contact", Text),
    Column("note", Text),  # redacted
    Column("state", String(16), nullable=False),
    Column("at", Instant, nullable=False),
    Column("holder", String(320)),  # the agent who is at it; null: nobody
)

replies: Final = Table(
    "replies",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("conversation", Text, nullable=False),
    Column("author", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Index("replies_conversation", "conversation"),
    sqlite_autoincrement=True,
)

slack_links: Final = Table(
    "slack_links",
    metadata,
    Column("team", String(32), primary_key=True),
    Column("user", String(32), primary_key=True),
    Column("account", String(64), nullable=False),
    Column("host_user", Text),  # the token's sub; null: an operator made the link
    Column("email", Text),
    Column("role", String(16)),
    Column("at", Instant, nullable=False),
    Column("enterprise", String(32)),  # null: of none, or an operator made the link
)

slack_nonces: Final = Table(
    "slack_nonces",
    metadata,
    Column("hash", String(64), primary_key=True),
    Column("team", String(32), nullable=False),
    Column("user", String(32), nullable=False),
    Column("until", Instant, nullable=False),
    Column("enterprise", String(32)),
)

slack_workspaces: Final = Table(
    "slack_workspaces",
    metadata,
    Column("team", String(32), primary_key=True),
    Column("enterprise", String(32)),
    Column("token", Text, nullable=False),  # the bot's, encrypted
    Column("bot_id", String(32)),
    Column("bot_user", String(32)),
    Column("scopes", Text, nullable=False),
    Column("installer", String(32)),
    Column("at", Instant, nullable=False),
)

slack_states: Final = Table(
    "slack_states",
    metadata,
    Column("hash", String(64), primary_key=True),
    Column("until", Instant, nullable=False),
)

slack_agents: Final = Table(
    "slack_agents",
    metadata,
    Column("team", String(32), primary_key=True),
    Column("user", String(32), primary_key=True),
    Column("email", String(320), nullable=False),
    Column("at", Instant, nullable=False),
)

slack_events: Final = Table(
    "slack_events",
    metadata,
    Column("id", String(128), primary_key=True),  # Slack's event id
    Column("message", String(160), unique=True),  # team, channel and time of a message
    Column("body", Text, nullable=False),
    Column("state", String(16), nullable=False),  # received, done, stopped
    Column("lease", Instant, nullable=False),  # until when somebody is at it
    Column("at", Instant, nullable=False),
)

slack_posts: Final = Table(
    "slack_posts",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("team", String(32), nullable=False),
    Column("method", String(32), nullable=False),
    Column("body", JSON, nullable=False),
    Column("state", String(16), nullable=False),  # waiting, unsure, sent, given_up, stopped
    Column("due", Instant, nullable=False),
    Column("tries", Integer, nullable=False),
    Index("slack_posts_state", "state", "due"),
)

slack_threads: Final = Table(
    "slack_threads",
    metadata,
    Column("conversation", Text, primary_key=True),
    Column("team", String(32), nullable=False),
    Column("channel", String(32), nullable=False),
    Column("thread", String(32), nullable=False),
)

agents: Final = Table(
    "agents",
    metadata,
    Column("email", String(320), primary_key=True),
    Column("password", Text),  # an argon2 hash; null: not set up yet
    Column("admin", Boolean, nullable=False),
    Column("at", Instant, nullable=False),
)

agent_keys: Final = Table(
    "agent_keys",
    metadata,
    Column("hash", String(64), primary_key=True),
    Column("email", String(320), nullable=False),
    Column("use", String(16), nullable=False),  # set-up, session
    Column("until", Instant, nullable=False),
)

desk_events: Final = Table(
    "desk_events",
    metadata,
    Column("key", String(160), primary_key=True),  # the helpdesk, and its delivery
    Column("desk", String(32), nullable=False),
    Column("ticket", String(64), nullable=False),
    Column("state", String(16), nullable=False),  # waiting, unsure, done, given_up
    Column("due", Instant, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("at", Instant, nullable=False),
    Column("told", JSON),  # what came with it, redacted, where the ticket cannot be read
    Index("desk_events_state", "state", "due"),
)

drafts: Final = Table(
    "drafts",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("kind", String(16), nullable=False),  # console, snippet, api, or a helpdesk's name
    Column("subject", Text, nullable=False),  # the conversation or ticket; empty: none
    Column("version", String(64), nullable=False),  # of the subject, when it was drafted
    Column("agent", String(320)),  # for whom; null: for whoever reads the note
    Column("at", Instant, nullable=False),
    Column("account", String(64)),
    Column("question", Text, nullable=False),  # redacted
    Column("body", Text, nullable=False),  # the Draft object, as JSON
    Column("outcome", String(16)),  # used, edited, rewritten, dismissed, superseded
    Column("distance", Float),  # from the draft to what was sent, 0 to 1
    Column("reason", String(32)),  # why it was dismissed
    Column("sent", Text),  # redacted
    Column("settled_at", Instant),
    Column("settled_by", String(320)),
    Index("drafts_subject", "kind", "subject"),
    Index("drafts_at", "at"),
)

draft_ratings: Final = Table(
    "draft_ratings",
    metadata,
    Column("draft", String(64), primary_key=True),
    Column("source", Integer, primary_key=True),  # its number; 0: the draft as a whole
    Column("agent", String(320), primary_key=True),
    Column("helpful", Boolean, nullable=False),
    Column("at", Instant, nullable=False),
)

audit: Final = Table(
    "audit",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("at", Instant, nullable=False),
    Column("actor", Text, nullable=False),
    Column("action", String(64), nullable=False),
    Column("subject", Text, nullable=False),
    Column("hash", String(64), nullable=False),  # of this row and of the hash before
    sqlite_autoincrement=True,
)

version: Final = Table(
    "alembic_version",
    MetaData(),  # Alembic's own, so not among ours
    Column("version_num", String(32), primary_key=True),
)
