"""What an event of Slack leads to: which posts, and who may see what in them."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, cast

from supportbot.account import Role
from supportbot.answer import AccountCitation, Answer, ComputedCitation
from supportbot.bot import Bot, derived_id
from supportbot.channels.silence import left_to_person
from supportbot.channels.slack.blocks import PRIVATE_TEXT, answer_blocks, plain, public_text
from supportbot.channels.slack.posting import POST, Place, post_in
from supportbot.channels.slack.words import ONLY_YOU
from supportbot.conversation import Turn, Utterance, well_formed
from supportbot.store.handoffs import Handoff, HandoffStore
from supportbot.store.slack_links import Link, SlackLinks, SlackUser
from supportbot.store.slack_queue import Post

Event = Mapping[str, Any]
DIRECT: Final = "im"


@dataclass(frozen=True, slots=True)
class Message:
    """A message that is to be answered."""

    who: SlackUser
    channel: str
    thread: str  # the time of its first message
    ts: str
    text: str
    direct: bool
    shared: bool = False  # with another organisation

    @property
    def at(self) -> datetime:
        """When it was written: the same at every delivery."""
        return datetime.fromtimestamp(float(self.ts), UTC)


def message_of(body: Event) -> Message:
    """Read an event in its envelope."""
    event = body["event"]
    return Message(
        SlackUser(str(body.get("team_id")), str(event["user"]), body.get("enterprise_id")),
        str(event["channel"]),
        str(event.get("thread_ts") or event["ts"]),
        str(event["ts"]),
        well_formed(str(event.get("text") or "")),
        event.get("channel_type") == DIRECT,
        bool(body.get("is_ext_shared_channel") or event.get("is_ext_shared_channel")),
    )


def conversation_of(message: Message, audience: str) -> str:
    """Name the conversation of a thread; what all may see is kept apart from what one may."""
    place = "\0".join((message.who.team, message.channel, message.thread, audience))
    return f"cnv_{hashlib.sha256(place.encode()).hexdigest()[:32]}"


def threads_of(message: Message) -> dict[str, Place]:
    """Say where the conversations of a message's thread are, for the replies of people."""
    place = (message.who.team, message.channel, message.thread)
    audiences = ("own",) if message.direct else ("public",)
    return {conversation_of(message, audience): place for audience in audiences}


@dataclass(frozen=True, slots=True)
class Answering:
    """Turns messages into posts; ``is_member`` says whether somebody may hear of an account."""

    bot: Callable[[], Bot]
    links: SlackLinks
    handoffs: HandoffStore
    is_member: Callable[[SlackUser], bool]
    answered: Callable[[Answer], None] = lambda _: None

    def posts(self, message: Message) -> tuple[Post, ...]:
        """Return what is to be posted; nothing while a person is on, who reads it instead."""
        handed_over = self._handed_over(message)
        if handed_over is not None:
            self.bot().store.append(_unanswered(message, handed_over))
            return ()
        if message.direct:
            answer = self.answer(message, self.link_of(message), "own")
            return (_direct(message, answer),)
        public = self.answer(message, None, "public")
        link = None if public.handoff else self.link_of(message)  # one ticket, of what all see
        own = self.answer(message, link, "own") if link else None
        posts = [_threaded(message, public)]
        if own is not None and _is_about_account(own):
            posts.append(_only_to_the_asker(message, own))
        return tuple(posts)

    def link_of(self, message: Message) -> Link | None:
        """Return the asker's link, if it counts here: not where other organisations are."""
        link = None if message.shared else self.links.of(message.who)
        return link if link and self.is_member(message.who) else None

    def answer(self, message: Message, link: Link | None, audience: str) -> Answer:
        """Answer a message, as nobody or as the linked member."""
        role = cast(Role | None, link.role) if link else None
        made = self.bot().answer(
            Utterance(
                message.text,
                message.at,
                link.account if link else None,
                (link.host_user or str(link.who)) if link else None,
                role,
                conversation_of(message, audience),
                link.email if link else None,
            )
        )
        self.answered(made)
        return made

    def _handed_over(self, message: Message) -> Handoff | None:
        kept = (
            self.handoffs.handoff_of(conversation_of(message, audience))
            for audience in ("own", "public")
        )
        return next((each for each in kept if each and each.state == "open"), None)


def _unanswered(message: Message, handoff: Handoff) -> Turn:
    key = f"{message.who.user} {message.ts}"
    answer_id = derived_id("ans", f"{handoff.conversation} {key}")
    return left_to_person(handoff, message.text, message.at, key, answer_id)[1]


def _is_about_account(answer: Answer) -> bool:
    return any(
        isinstance(each, AccountCitation | ComputedCitation) for each in answer.citations
    ) or bool(answer.findings)


def _post(message: Message, answer: Answer, kind: str, method: str, body: dict[str, Any]) -> Post:
    place = "\0".join((message.who.team, message.channel, message.ts, kind))
    own_id = hashlib.sha256(place.encode()).hexdigest()[:32]
    if method == POST:
        here = (message.who.team, message.channel, message.thread)
        return post_in(here, own_id, body, answer=answer.id)
    whole = {"channel": message.channel, "thread_ts": message.thread, **body}
    return Post(own_id, message.who.team, method, whole)


def _direct(message: Message, answer: Answer) -> Post:
    text = PRIVATE_TEXT if _is_about_account(answer) else public_text(answer)
    body = {"text": text, "blocks": answer_blocks(answer)}
    return _post(message, answer, "direct", POST, body)


def _threaded(message: Message, answer: Answer) -> Post:
    """Post the documentation's half where all can read it: it was made without any account."""
    body = {"text": public_text(answer), "blocks": answer_blocks(answer)}
    return _post(message, answer, "thread", POST, body)


def _only_to_the_asker(message: Message, answer: Answer) -> Post:
    blocks = [*answer_blocks(answer, buttons=False), *plain(ONLY_YOU)]
    body = {"text": PRIVATE_TEXT, "blocks": blocks, "user": message.who.user}
    return _post(message, answer, "own", "chat.postEphemeral", body)
