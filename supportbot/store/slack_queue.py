"""
What Slack sent and what is to be sent to it: the inbox and the outbox.

An event is stored before it is acknowledged, once, by a unique key.  What it leads to is put
into the outbox in the transaction that marks it done, so that it is answered once, however
often it comes and whoever dies meanwhile.
"""

import json
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Literal

from sqlalchemy import Connection, Engine, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from supportbot.store.engine import writing
from supportbot.store.faults import plain_faults
from supportbot.store.tables import slack_events, slack_posts, slack_threads, turns

LEASE: Final = timedelta(seconds=30)
KEPT: Final = timedelta(days=3)
Outcome = Literal["sent", "unsure", "later", "given_up"]


@dataclass(frozen=True, slots=True)
class Post:
    """A call of Slack's Web API that is to be made once; ``id`` goes with it as metadata."""

    id: str
    team: str
    method: str
    body: Mapping[str, Any]
    unsure: bool = False  # it may have been made already
    tries: int = 0


class SlackQueue:
    """The tables of events and posts.  Every method raises StoreUnavailable when it cannot."""

    def __init__(self, engine: Engine) -> None:
        """Use the database that ``engine`` opens."""
        self._engine = engine

    def take_in(self, event_id: str, message: str | None, body: Mapping[str, Any]) -> bool:
        """
        Store an event and take it on; False: somebody else has, or is at it.

        An event that was stored and not done, and that nobody is at any more, is taken on again.
        """
        now = datetime.now(UTC)
        values = {
            "id": event_id,
            "message": message,
            "body": json.dumps(body),
            "state": "received",
            "lease": now + LEASE,
            "at": now,
        }
        with plain_faults(self._engine):
            try:
                with writing(self._engine).begin() as connection:
                    connection.execute(delete(slack_events).where(slack_events.c.at < now - KEPT))
                    connection.execute(insert(slack_events), values)
                return True
            except IntegrityError:
                return self._lease(event_id, now)

    def left_behind(self) -> tuple[tuple[str, Mapping[str, Any]], ...]:
        """Take on events that were stored and not done, and that nobody is at any more."""
        now = datetime.now(UTC)
        query = select(slack_events.c.id, slack_events.c.body).where(
            slack_events.c.state == "received", slack_events.c.lease < now
        )
        with plain_faults(self._engine), self._engine.connect() as connection:
            rows = connection.execute(query.order_by(slack_events.c.at).limit(50)).all()
        return tuple((id_, json.loads(body)) for id_, body in rows if self._lease(id_, now))

    def done(
        self, event_id: str, posts: Iterable[Post], threads: Mapping[str, tuple[str, str, str]]
    ) -> None:
        """
        Mark an event done and queue what it leads to, in one transaction.

        ``threads`` says where conversations are: team, channel and thread.
        """
        place = slack_events.c.id == event_id
        with plain_faults(self._engine), writing(self._engine).begin() as connection:
            marked = connection.execute(
                update(slack_events)
                .where(place, slack_events.c.state == "received")
                .values(state="done", body="{}")
            )
            if not marked.rowcount:
                return
            for post in posts:
                connection.execute(insert(slack_posts), _row(post))
            for conversation, (team, channel, thread) in threads.items():
                _place(connection, conversation, team, channel, thread)

    def put(self, posts: Iterable[Post]) -> None:
        """Queue posts that no event leads to; one whose id is there already is there once."""
        with plain_faults(self._engine):
            for post in posts:
                with suppress(IntegrityError), writing(self._engine).begin() as connection:
                    connection.execute(insert(slack_posts), _row(post))

    def stop(self, team: str, channel: str, thread: str) -> bool:
        """
        Give up what is to be answered in a thread and was not posted yet.

        Return whether there was something; what is being posted at this moment is not stopped.
        """
        with plain_faults(self._engine), writing(self._engine).begin() as connection:
            events = connection.execute(
                select(slack_events.c.id, slack_events.c.body).where(
                    slack_events.c.state == "received"
                )
            ).all()
            asked = [id_ for id_, body in events if _is_in(json.loads(body), team, channel, thread)]
            waiting = connection.execute(
                select(slack_posts).where(
                    slack_posts.c.team == team, slack_posts.c.state == "waiting"
                )
            ).all()
            place = (channel, thread)
            posts = [
                row.id
                for row in waiting
                if (row.body.get("channel"), row.body.get("thread_ts")) == place
            ]
            connection.execute(
                update(slack_events)
                .where(slack_events.c.id.in_(asked))
                .values(state="stopped", body="{}")
            )
            connection.execute(
                update(slack_posts)
                .where(slack_posts.c.id.in_(posts))
                .values(state="stopped", body={})
            )
        return bool(asked or posts)

    def asked_in(self, team: str, channel: str, most: int) -> tuple[str, ...]:
        """Return what was last asked in a channel, the newest first."""
        query = (
            select(turns.c.text)
            .join(slack_threads, slack_threads.c.conversation == turns.c.conversation)
            .where(slack_threads.c.team == team, slack_threads.c.channel == channel)
            .order_by(turns.c.seq.desc())
            .limit(most)
        )
        with plain_faults(self._engine), self._engine.connect() as connection:
            return tuple(connection.execute(query).scalars())

    def due(self) -> tuple[Post, ...]:
        """Take on the posts that are due; each is left alone by others for a while."""
        now = datetime.now(UTC)
        ready = slack_posts.c.state.in_(("waiting", "unsure")), slack_posts.c.due <= now
        with plain_faults(self._engine), self._engine.connect() as connection:
            rows = connection.execute(select(slack_posts).where(*ready).limit(50)).all()
        return tuple(
            Post(r.id, r.team, r.method, r.body, r.state == "unsure", r.tries)
            for r in rows
            if self._hold(r.id, r.due, now)
        )

    def settle(self, post: Post, outcome: Outcome, seconds: float = 0.0) -> None:
        """Write down what became of a post; ``seconds`` until it may be tried again."""
        state = {"later": "unsure" if post.unsure else "waiting"}.get(outcome, outcome)
        values: dict[str, Any] = {
            "state": state,
            "due": datetime.now(UTC) + timedelta(seconds=seconds),
            "tries": post.tries + 1,
        }
        if outcome == "sent":
            values["body"] = {}  # what was told is not kept a second time
        with plain_faults(self._engine), writing(self._engine).begin() as connection:
            connection.execute(
                update(slack_posts).where(slack_posts.c.id == post.id).values(**values)
            )

    def _lease(self, event_id: str, now: datetime) -> bool:
        with plain_faults(self._engine), writing(self._engine).begin() as connection:
            taken = connection.execute(
                update(slack_events)
                .where(
                    slack_events.c.id == event_id,
                    slack_events.c.state == "received",
                    slack_events.c.lease < now,
                )
                .values(lease=now + LEASE)
            )
        return bool(taken.rowcount)

    def _hold(self, post_id: str, due: datetime, now: datetime) -> bool:
        with plain_faults(self._engine), writing(self._engine).begin() as connection:
            held = connection.execute(
                update(slack_posts)
                .where(slack_posts.c.id == post_id, slack_posts.c.due == due)
                .values(due=now + LEASE, state="unsure")
            )
        return bool(held.rowcount)


def _is_in(body: Mapping[str, Any], team: str, channel: str, thread: str) -> bool:
    event = body.get("event") or {}
    start = event.get("thread_ts") or event.get("ts")
    return (body.get("team_id"), event.get("channel"), start) == (team, channel, thread)


def _place(connection: Connection, conversation: str, team: str, channel: str, thread: str) -> None:
    same = slack_threads.c.conversation == conversation
    connection.execute(delete(slack_threads).where(same))
    values = {"conversation": conversation, "team": team, "channel": channel, "thread": thread}
    connection.execute(insert(slack_threads), values)


def _row(post: Post) -> dict[str, Any]:
    return {
        "id": post.id,
        "team": post.team,
        "method": post.method,
        "body": dict(post.body),
        "state": "waiting",
        "due": datetime.now(UTC),
        "tries": 0,
    }
